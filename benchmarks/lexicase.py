"""Lexicase selections beside DEAP's, which choose the same: ``python benchmarks/lexicase.py``.

For populations and numbers of cases the time to select as many parents as there are individuals
(median of three), and how many times longer DEAP's takes.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from deap import tools

from gegp.lexicase import select_epsilon_lexicase, select_lexicase

SELECTIONS = {
    "lexicase": (select_lexicase, tools.selLexicase),
    "epsilon": (select_epsilon_lexicase, tools.selAutomaticEpsilonLexicase),
}
SIZES = ((500, 100), (1000, 200))
ERRORS: dict[str, Callable[[random.Random, float], float]] = {
    "right or wrong": lambda rng, share: float(rng.random() < share),
    "one of 50 values": lambda rng, share: float(rng.randrange(50)),
    "any value": lambda rng, share: rng.random() * share,
}


def main() -> None:
    """Print a line for each size and kind of errors."""
    for name, selectors in SELECTIONS.items():
        for kind, error in ERRORS.items():
            for size, cases in SIZES:
                population = individuals(size, cases, error)
                ours, theirs = (
                    statistics.median(seconds(select, population) for _ in range(3))
                    for select in selectors
                )
                print(
                    f"{name:9} {kind:17} {size:5} individuals {cases:4} cases  "
                    f"{ours * 1e3:6.1f} ms, DEAP {theirs / ours:.1f} times as long"
                )


def individuals(size: int, cases: int, error: Callable[[random.Random, float], float]) -> list[Any]:
    """Individuals of different ability."""
    rng = random.Random(1)
    population = []
    for _ in range(size):
        share = rng.random()
        values = tuple(error(rng, share) for _ in range(cases))
        fitness = SimpleNamespace(values=values, weights=(-1.0,) * cases)
        population.append(SimpleNamespace(fitness=fitness))
    return population


def seconds(select: Callable[[list[Any], int], list[Any]], population: list[Any]) -> float:
    """How long it takes to select as many as there are."""
    begun = time.perf_counter()
    select(population, len(population))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
