"""Which operators of DSGE solve shipped problems: ``python benchmarks/operators.py [PROBLEM...]``.

For each problem, with the settings that it ships with but for its operators, and a population of
1,000: how many of five runs (seeds 1 to 5) solve it, and the generations of the median run, a run
that does not solve it counted as 100 or as many as it may take.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from gegp import Observer, load_problem, run

PROBLEMS = {
    "ant": "",
    "string_match": "",
    "boolean": "",
    "boolean parity3": "parity3",
    "program_synthesis": "",
    "program_synthesis last_index_of_zero": "last_index_of_zero",
    "symbolic_regression sextic": "polynomials",
}
OPERATORS = {
    "mask 0.9, per_codon 0.05": ("mask", 0.9, "per_codon", 0.05),
    "no crossover, per_codon 1/used": ("mask", 0.0, "per_codon", '"1/used"'),
    "subtree 0.9, subtree 0.1": ("subtree", 0.9, "subtree", 0.1),
    "subtree 0.1, subtree 0.9": ("subtree", 0.1, "subtree", 0.9),
}
SEEDS = range(1, 6)


def main(chosen: list[str]) -> None:
    """Print a line for each problem and choice of operators."""
    for name, profile in PROBLEMS.items():
        if chosen and name not in chosen:
            continue
        for label, (crossover, crossed, mutation, mutated) in OPERATORS.items():
            settings = [
                "search.population=1000",
                f"search.crossover={crossover}",
                f"search.crossover_rate={crossed}",
                f"search.mutation={mutation}",
                f"search.mutation_rate={mutated}",
            ]
            if name.endswith("sextic"):
                settings.append("options.target=sextic")
            problem = load_problem(name.split()[0], profile=profile, assignments=settings)
            solved, generations = 0, []
            for seed in SEEDS:
                with tempfile.TemporaryDirectory() as directory:
                    out = Path(directory) / "run"
                    found = run(problem, seed=seed, out=out, observer=Observer())
                    solved += found.best.fitness.values[0] <= problem.settings.search.target
                    generations.append(len(found.history))
            print(
                f"{name:38} {label:32} {solved} of {len(SEEDS)}, "
                f"{statistics.median(generations)} generations",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
