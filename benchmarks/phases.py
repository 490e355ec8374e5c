"""Where a run's time goes, and the same run by pyoperon beside it.

    python benchmarks/phases.py                        # a compiled run, phase by phase
    python benchmarks/phases.py --readable             # the readable path, numpy's functions
    python benchmarks/phases.py --peer PYTHON          # and pyoperon, under this interpreter

Pagie's function, population 500, 50 generations, tournaments of 3, crossover 0.9, depth 17; CPU
time in microseconds an individual, medians of seeds 1 to 5. The interpreter of the peer needs
pyoperon, scikit-learn, sympy and pandas; the two take turns. pyoperon computes in float32, and
its trees have constants and at most 100 nodes. Needs gegp[fast].
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

POPULATION, GENERATIONS, SEEDS = 500, 50, (1, 2, 3, 4, 5)
TOTAL, REST = "whole run", "all else"


class Clock:
    """CPU time by phase; what a phase calls that is a phase itself is not counted twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = [0.0]

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose time belongs to a phase."""

        def call(*arguments: Any, **options: Any) -> Any:
            self._inside.append(0.0)
            begun = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                taken = time.process_time() - begun
                self.seconds[phase] += taken - self._inside.pop()
                self._inside[-1] += taken

        return call


def compiled_phases(problem: Any) -> list[tuple[Any, str, str]]:
    """The functions that a compiled run spends its time in."""
    from gegp.batch.dsge import BatchDSGE
    from gegp.batch.language import Language

    return [
        (BatchDSGE, "breed", "selection, crossover, mutation, mapping"),
        (BatchDSGE, "write", "programs as text"),
        (Language, "programs", "programs as postfix"),
        (type(problem.entry), "evaluate_programs", "evaluation"),
    ]


def readable_phases(problem: Any) -> list[tuple[Any, str, str]]:
    """Those of the readable path."""
    from gegp import DSGE, search

    module = sys.modules[type(problem.entry).__module__]
    return [
        (search, "breed", "selection"),
        (DSGE, "crossover", "crossover"),
        (DSGE, "mutate", "mutation"),
        (DSGE, "derive", "mapping to text"),
        (module, "compile_expression", "reading the text"),
        (type(problem.entry), "evaluate", "evaluation"),
    ]


@contextmanager
def by_phase(clock: Clock, phases: list[tuple[Any, str, str]]) -> Iterator[None]:
    """Within the block the clock runs."""
    from gegp import evolution
    from gegp.evaluation import Evaluator
    from gegp.store import Store

    places = [
        *phases,
        (Evaluator, "__call__", "keys, outcomes, journal records"),
        (Store, "save", "snapshot, tables, disk"),
        (evolution, "describe_state", "statistics"),
    ]
    patches = [
        patch.object(owner, name, clock.timed(phase, getattr(owner, name)))
        for owner, name, phase in places
    ]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def own_run(rate: str, seed: int, *, readable: bool = False) -> dict[str, float]:
    """The CPU time of each phase of a run."""
    from gegp import Observer, load_problem, run

    settings = {
        **{"population": POPULATION, "generations": GENERATIONS, "mutation_rate": rate},
        **{"max_depth": 17, "tournament_size": 3, "crossover_rate": 0.9, "elitism": 0.01},
    }
    assignments = [f"search.{name}={value}" for name, value in settings.items()]
    way = ("false", "numpy") if readable else ("true", "own")
    assignments += [f"search.compiled={way[0]}", f"options.functions={way[1]}"]
    problem = load_problem("symbolic_regression", assignments=assignments)
    phases = readable_phases(problem) if readable else compiled_phases(problem)
    clock = Clock()
    with tempfile.TemporaryDirectory() as directory, by_phase(clock, phases):
        begun = time.process_time()
        found = run(problem, seed=seed, out=Path(directory) / "run", observer=Observer())
        total = time.process_time() - begun
        error = found.best.fitness.values[0]
    slots = POPULATION * GENERATIONS
    times = {phase: 1e6 * taken / slots for phase, taken in clock.seconds.items()}
    rest = 1e6 * total / slots - sum(times.values())
    return {**times, REST: rest, TOTAL: 1e6 * total / slots, "best error (no time)": error}


PEER = """
import json, sys, time
import numpy as np
from pyoperon.sklearn import SymbolicRegressor
population, generations, seed = map(int, sys.argv[1:])
axis = np.linspace(-5, 5, 26)
x, y = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
cases, target = np.column_stack([x, y]), 1 / (1 + x**-4.0) + 1 / (1 + y**-4.0)
model = SymbolicRegressor(
    allowed_symbols="add,sub,mul,div,sin,cos,exp,log,constant,variable", max_length=100,
    max_depth=17, population_size=population, pool_size=population, generations=generations,
    tournament_size=3, crossover_probability=0.9, optimizer_iterations=0, n_threads=1,
    random_state=seed, objectives=["r2"], epsilon=1e-12, initialization_max_length=20)
begun = time.process_time()
model.fit(cases, target)
taken = time.process_time() - begun
rest = target - model.predict(cases)
error = np.sqrt((rest**2).sum() / ((target - target.mean()) ** 2).sum())
print(json.dumps([1e6 * taken / population / generations, float(error)]))
"""


def peer_run(python: str, seed: int) -> dict[str, float]:
    """The same of pyoperon, as a whole."""
    command = [python, "-c", PEER, *map(str, (POPULATION, GENERATIONS, seed))]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    taken, error = json.loads(text.splitlines()[-1])
    return {TOTAL: taken, "best error (no time)": error}


def show(title: str, runs: list[dict[str, float]]) -> None:
    print(title)
    for phase in sorted(runs[0], key=lambda phase: (phase == TOTAL, phase == REST)):
        found = [one.get(phase, 0.0) for one in runs]
        spread = f"{min(found):.2f} to {max(found):.2f}"
        print(f"    {phase:42} {statistics.median(found):8.2f}   {spread}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter with pyoperon")
    parser.add_argument("--readable", action="store_true", help="the readable path")
    given = parser.parse_args()
    peer, readable = given.peer, given.readable
    if not readable:
        from gegp.batch.warming import warm_up

        warm_up()
        own_run("0.1", 1)  # loads what is compiled
    peers = []
    for rate in ("0.1", '"1/used"'):
        runs = []
        for seed in SEEDS:
            runs.append(own_run(rate, seed, readable=readable))
            peers += [peer_run(peer, seed)] if peer else []
        show(f"mutation rate {rate}", runs)
    if peers:
        show("pyoperon", peers)


if __name__ == "__main__":
    sys.exit(main())
