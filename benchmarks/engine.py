"""The parts of a search by themselves, and a whole run, against DEAP's tree GP as a baseline.

Both sides evolve formulas for the same cases in the same process, with the same
population, generations and tournament, and numpy evaluates the formulas of both.
Prints microseconds an individual (process CPU time, median of repeats) and ratios.
"""

from __future__ import annotations

import operator
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from deap import algorithms, base, gp, tools

from gegp import DSGE, load_problem, run
from gegp.individual import Fitness
from gegp.rng import stream

POPULATION, GENERATIONS, REPEATS = 200, 20, 5


def microseconds(work: Callable[[], object], individuals: int) -> float:
    """The median CPU time of a piece of work, for each individual."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1e6 * statistics.median(times) / individuals


def gegp_parts() -> None:
    representation = DSGE(load_problem("symbolic_regression").grammar)
    made = [representation.create(stream(1, 0, slot)) for slot in range(2000)]
    expansions = sum(sum(representation.derive(one).used) for one in made) / len(made)
    pairs = list(zip(made, reversed(made), strict=True))
    parts = {
        "create": lambda: [representation.create(stream(1, 0, slot)) for slot in range(2000)],
        "derive": lambda: [representation.derive(one) for one in made],
        "mutate": lambda: [representation.mutate(stream(1, 1), one) for one in made],
        "crossover": lambda: [representation.crossover(stream(1, 2), a, b) for a, b in pairs],
    }
    print(f"{expansions:.1f} expansions an individual")
    for name, work in parts.items():
        print(f"{name:10} {microseconds(work, len(made)):8.1f} us")


def gegp_run() -> None:
    settings = [f"search.population={POPULATION}", f"search.generations={GENERATIONS}"]
    problem = load_problem("symbolic_regression", assignments=settings)
    with tempfile.TemporaryDirectory() as directory:
        run(problem, seed=1, out=Path(directory) / "run")


class Tree(gp.PrimitiveTree):  # type: ignore[misc]
    """A tree with a fitness, as DEAP's creator would make it."""

    def __init__(self, content: object) -> None:
        super().__init__(content)
        self.fitness = Fitness((-1.0,))


def deap_run() -> None:
    random.seed(1)
    primitives = gp.PrimitiveSet("formula", 2)
    for function in (operator.add, operator.sub, operator.mul):
        primitives.addPrimitive(function, 2)
    for function in (np.sin, np.cos):
        primitives.addPrimitive(function, 1)
    cases = load_problem("symbolic_regression").entry._cases
    x, y = cases.variables.values()

    def evaluate(tree: Tree) -> tuple[float]:
        formula = gp.compile(tree, primitives)
        with np.errstate(all="ignore"):
            error = np.sum((formula(x, y) - cases.target) ** 2)
        return (float(error) if np.isfinite(error) else 1e30,)

    toolbox = base.Toolbox()
    toolbox.register("expr", gp.genHalfAndHalf, pset=primitives, min_=1, max_=4)
    toolbox.register("individual", tools.initIterate, Tree, toolbox.expr)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("select", tools.selTournament, tournsize=3)
    toolbox.register("mate", gp.cxOnePoint)
    toolbox.register("grow", gp.genFull, min_=0, max_=2)
    toolbox.register("mutate", gp.mutUniform, expr=toolbox.grow, pset=primitives)
    toolbox.register("evaluate", evaluate)
    limit = gp.staticLimit(operator.attrgetter("height"), 17)
    toolbox.decorate("mate", limit)
    toolbox.decorate("mutate", limit)
    population = toolbox.population(n=POPULATION)
    algorithms.eaSimple(population, toolbox, 0.9, 0.1, GENERATIONS - 1, verbose=False)


if __name__ == "__main__":
    gegp_parts()
    ours = microseconds(gegp_run, POPULATION * GENERATIONS)
    theirs = microseconds(deap_run, POPULATION * GENERATIONS)
    print(f"whole run  {ours:8.1f} us, DEAP's tree GP {theirs:.1f} us, ratio {theirs / ours:.2f}")
