"""The parts of a search by themselves, and a whole run, against DEAP's tree GP as a baseline.

Both sides evolve formulas for the same cases in the same process, with the same
population, generations and tournament, and numpy evaluates the formulas of both.
Prints microseconds an individual (process CPU time, median of repeats) and ratios.

The parts are compared with a plain mapper, the least that one would write: on strings and
dictionaries, without depth, limits or repair. Its rate is how often it could map the same
individuals in the time that a part takes.
"""

from __future__ import annotations

import operator
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import numpy as np
from deap import algorithms, base, gp, tools

from gegp import DSGE, load_problem, run
from gegp.grammar.model import Grammar
from gegp.individual import Fitness
from gegp.representations.base import Genotype
from gegp.rng import stream

POPULATION, GENERATIONS, REPEATS = 200, 20, 5
INDIVIDUALS = 300


def microseconds(work: Callable[[], object], individuals: int) -> float:
    """The median CPU time of a piece of work, for each individual."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1e6 * statistics.median(times) / individuals


def plain_mapper(grammar: Grammar) -> Callable[[Mapping[str, list[int]]], str]:
    """A mapper of lists of codons by the name of their rule."""
    names = [f"<{rule.name}>" for rule in grammar.rules]
    rules = {
        name: [[part if isinstance(part, str) else names[part] for part in parts] for parts in rule]
        for name, rule in zip(names, grammar.parts, strict=True)
    }

    def mapped(genotype: Mapping[str, list[int]]) -> str:
        position = dict.fromkeys(rules, 0)
        text = []
        stack = [names[0]]
        while stack:
            symbol = stack.pop()
            if symbol in rules:
                production = genotype[symbol][position[symbol]]
                position[symbol] += 1
                stack.extend(reversed(rules[symbol][production]))
            else:
                text.append(symbol)
        return "".join(text)

    return mapped


def grown(representation: DSGE, least: int, most: int) -> list[Genotype]:
    """Genotypes of programs of so many expansions."""
    made: list[Genotype] = []
    for slot in count():
        genotype = representation.create(stream(1, 0, slot))
        if least <= sum(representation.derive(genotype).used) <= most:
            made.append(genotype)
            if len(made) == INDIVIDUALS:
                return made
    raise AssertionError("count() does not end")


def gegp_parts(least: int, most: int) -> None:
    grammar = load_problem("symbolic_regression").grammar
    representation = DSGE(grammar, init_depth=9)
    made = grown(representation, least, most)
    expansions = sum(sum(representation.derive(one).used) for one in made) / len(made)
    pairs = list(zip(made, reversed(made), strict=True))
    plain = plain_mapper(grammar)
    named = [
        {f"<{rule.name}>": list(codons) for rule, codons in zip(grammar.rules, one, strict=True)}
        for one in made
    ]
    assert [plain(one) for one in named] == [representation.derive(one).phenotype for one in made]
    parts = {
        "plain": lambda: [plain(one) for one in named],
        "derive": lambda: [representation.derive(one) for one in made],
        "mutate": lambda: [representation.mutate(stream(1, 1), one) for one in made],
        "crossover": lambda: [representation.crossover(stream(1, 2), a, b) for a, b in pairs],
    }
    took = {name: microseconds(work, len(made)) for name, work in parts.items()}
    print(f"{expansions:.1f} expansions an individual")
    for name, time_ in took.items():
        print(f"{name:10} {time_:8.1f} us, {took['plain'] / time_:5.2f} of plain mapping")


def creation() -> None:
    representation = DSGE(load_problem("symbolic_regression").grammar)

    def create() -> list[Genotype]:
        return [representation.create(stream(1, 0, slot)) for slot in range(2000)]

    print(f"create     {microseconds(create, 2000):8.1f} us")


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
    creation()
    gegp_parts(20, 40)
    gegp_parts(80, 120)
    ours = microseconds(gegp_run, POPULATION * GENERATIONS)
    theirs = microseconds(deap_run, POPULATION * GENERATIONS)
    print(f"whole run  {ours:8.1f} us, DEAP's tree GP {theirs:.1f} us, ratio {theirs / ours:.2f}")
