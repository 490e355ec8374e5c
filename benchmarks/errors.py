"""Whether compiled runs with own functions find formulas as good as the readable path's.

    python benchmarks/errors.py [RUNS]

Pagie's function, population 200, 30 generations, by default 20 runs each way. With the same
functions the two ways are equal to the bit; with numpy's the last bits of errors differ, and so the
runs. Prints the quartiles of the best errors and the exact Mann-Whitney test. Needs gegp[fast].
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from gegp import Observer, load_problem, run
from gegp.comparison import a12, mann_whitney

WAYS = {
    "readable, numpy's functions": ("false", "numpy"),
    "compiled, own functions": ("true", "own"),
}


def best_error(compiled: str, functions: str, rate: str, seed: int) -> float:
    assignments = [
        *("search.population=200", "search.generations=30", f"search.mutation_rate={rate}"),
        *(f"search.compiled={compiled}", f"options.functions={functions}"),
    ]
    problem = load_problem("symbolic_regression", assignments=assignments)
    with tempfile.TemporaryDirectory() as directory:
        found = run(problem, seed=seed, out=Path(directory) / "run", observer=Observer())
        return found.best.fitness.values[0]


def main(runs: int) -> None:
    for rate in ("0.1", '"1/used"'):
        errors = {
            name: [best_error(*way, rate, seed) for seed in range(1, runs + 1)]
            for name, way in WAYS.items()
        }
        for name, found in errors.items():
            quartiles = ", ".join(f"{q:.3f}" for q in statistics.quantiles(found, n=4))
            print(f"rate {rate:8} {name:28} quartiles of {runs} runs {quartiles}", flush=True)
        readable, compiled = errors.values()
        print(
            f"rate {rate:8} Mann-Whitney p = {mann_whitney(readable, compiled):.2f}, A12 of the "
            f"readable path's errors {a12(readable, compiled):.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
