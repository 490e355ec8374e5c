"""What it saves that AutoLR trains equal schedules once, and shared beginnings once.

Each search is run three times in this process, with the same seed: every new candidate trained
in full, as the method's reference does; equal tables once; shared prefixes too. Prints epochs
trained, seconds and ratios, and checks that best policy and fitness values are the same to
the bit. Example:

    python benchmarks/autolr_sharing.py --populations 5:50 50:20 --seeds 1 2 3
    python benchmarks/autolr_sharing.py --populations 5:50 --seeds 1 --set dataset=fashion-mnist
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from gegp import load_problem
from gegp.outcome import Outcome, attempt
from gegp.problem import Problem
from gegp.search import evolve
from gegp.toolbox import build_toolbox

MODES = ("in full", "equal tables once", "shared prefixes too")
FASHION = ("train_size=700", "validation_size=150", "test_size=150", "batch_size=50")


@dataclass
class Cost:
    epochs: int = 0
    seconds: float = 0.0
    best: Any = None


def count_epochs(problem: Problem, cost: Cost) -> None:
    """Have every epoch that is really trained counted."""
    _, trainer = problem.entry.trainer
    train = trainer._train_epoch

    def counted(*arguments: Any) -> None:
        cost.epochs += 1
        train(*arguments)

    trainer._train_epoch = counted


def evaluation(problem: Problem, seed: int, mode: str) -> Callable[..., list[Outcome]]:
    known: dict[str, Outcome] = {}

    def evaluate(_: int, phenotypes: Sequence[str]) -> list[Outcome]:
        if mode == "in full":
            return [attempt(problem, phenotype, seed) for phenotype in phenotypes]
        new = {problem.key(one): one for one in phenotypes if problem.key(one) not in known}
        for key in sorted(new, key=lambda key: problem.own_key(new[key])):
            known[key] = attempt(problem, new[key], seed)
        return [known[problem.key(phenotype)] for phenotype in phenotypes]

    return evaluate


def search(assignments: Sequence[str], generations: int, seed: int, mode: str) -> Cost:
    cost = Cost()
    with tempfile.TemporaryDirectory() as scratch:
        problem = load_problem("autolr", assignments=assignments)
        shared = scratch if mode == MODES[2] else ""
        problem = Problem(msgspec.structs.replace(problem.settings, scratch=shared))
        problem.grammar  # noqa: B018
        count_epochs(problem, cost)
        toolbox = build_toolbox(problem, seed=seed)
        states = evolve(
            toolbox, problem.settings.search, evaluation(problem, seed, mode), seed=seed
        )
        start = time.perf_counter()
        for state in islice(states, generations):
            last = state
        cost.seconds = time.perf_counter() - start
    cost.best = [(one.phenotype, one.fitness.values) for one in (last.best, *last.population)]
    return cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--populations", nargs="+", default=["5:50"], metavar="SIZE:GENERATIONS")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--set", nargs="*", default=[], metavar="OPTION=VALUE")
    arguments = parser.parse_args()
    options = [*arguments.set]
    if "dataset=fashion-mnist" in options:
        options += FASHION
    for population, generations in (map(int, one.split(":")) for one in arguments.populations):
        settings = [f"search.population={population}", *(f"options.{one}" for one in options)]
        totals = {mode: Cost() for mode in MODES}
        for seed in arguments.seeds:
            costs = {mode: search(settings, generations, seed, mode) for mode in MODES}
            for mode, cost in costs.items():
                totals[mode].epochs += cost.epochs
                totals[mode].seconds += cost.seconds
                assert cost.best == costs["in full"].best, f"{mode} is not the same"
            report(f"population {population}, {generations} generations, seed {seed}", costs)
        if len(arguments.seeds) > 1:
            report(f"population {population}, all seeds", totals)


def report(title: str, costs: dict[str, Cost]) -> None:
    print(title)
    full = costs["in full"]
    for mode, cost in costs.items():
        print(
            f"  {mode:20} {cost.epochs:7} epochs ({full.epochs / cost.epochs:4.2f}x fewer)"
            f"  {cost.seconds:7.1f} s ({full.seconds / cost.seconds:4.2f}x faster)",
            flush=True,
        )


if __name__ == "__main__":
    main()
