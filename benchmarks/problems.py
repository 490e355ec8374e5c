"""Whether shipped problems reach what their READMEs say, on ten seeds with their own settings.

    python benchmarks/problems.py [PROBLEM...]

For each problem: in how many runs the best is as good as said, the generations that these took
(median and most), and the CPU time that a run took in this process (median).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from gegp import Observer, load_problem, run

SEEDS = range(1, 11)


class Promise(NamedTuple):
    """A problem and a profile, and what the best first objectives are no worse than."""

    problem: str
    profile: str
    bound: float
    settings: tuple[str, ...] = ()


SYNTHESIS = (
    "",
    "number_io",
    "smallest",
    "compare_string_lengths",
    "mirror_image",
    "last_index_of_zero",
    "small_or_large",
)
PROMISES = [
    Promise("ant", "", 0.0),
    Promise("autolr", "", 0.84),
    Promise("boolean", "", 0.0),
    Promise("boolean", "parity3", 0.0),
    Promise("boolean", "gates", 0.0),
    Promise("classification", "", 0.04),
    *(Promise("program_synthesis", profile, 0.0) for profile in SYNTHESIS),
    Promise("string_match", "", 0.0),
    Promise("symbolic_regression", "", 0.95),
    Promise("symbolic_regression", "polynomials", 1e-9),
    Promise("symbolic_regression", "polynomials", 1e-9, ("options.target=quintic",)),
    Promise("symbolic_regression", "polynomials", 1e-9, ("options.target=sextic",)),
    Promise("symbolic_regression", "size", 0.75),
]


def main(names: list[str]) -> int:
    """0 if all runs reach what was promised."""
    missed = 0
    for promise in PROMISES:
        if names and promise.problem not in names:
            continue
        problem = load_problem(
            promise.problem, profile=promise.profile, assignments=promise.settings
        )
        values, generations, seconds = [], [], []
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as directory:
                begun = time.process_time()
                found = run(problem, seed=seed, out=Path(directory) / "run", observer=Observer())
                seconds.append(time.process_time() - begun)
                best = found.best
                values.append(best.fitness.values[0] if best else float("nan"))
                generations.append(len(found.history))
        weight = problem.weights[0]
        reached = sum(value * weight >= promise.bound * weight for value in values)
        median = statistics.median(generations)
        missed += len(values) - reached
        how = " ".join((promise.profile, *promise.settings))
        print(
            f"{promise.problem:20} {how:35} {promise.bound:g} or better in {reached} of "
            f"{len(values)} runs, {min(values):.4g} to {max(values):.4g}; generations {median:g}, "
            f"at most {max(generations)}; {statistics.median(seconds):.1f} s a run",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
