"""DEAP's own loops and variation run on every representation, unchanged."""

import copy
import random

import pytest
from deap import algorithms, tools

from gegp import build_toolbox
from gegp.representations.table import OWN

LOOPS = {
    "eaSimple": (0.8, 0.8),
    "eaMuPlusLambda": (60, 60, 0.5, 0.5),
    "eaMuCommaLambda": (30, 60, 0.5, 0.5),
}


def best_values():
    statistics = tools.Statistics(lambda individual: individual.fitness.values[0])
    statistics.register("best", min)
    return statistics


def evolved(toolbox, loop, generations=20, **options):
    return getattr(algorithms, loop)(
        toolbox.population(n=60),
        toolbox,
        *LOOPS[loop],
        generations,
        stats=best_values(),
        verbose=False,
        **options,
    )


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("representation", OWN)
def test_every_loop_improves_every_representation(letters, representation, loop):
    search = {"representation": representation, "mutation_rate": 0.1}
    toolbox = build_toolbox(letters, seed=2, search=search)
    best = tools.HallOfFame(1)
    population, log = evolved(toolbox, loop, halloffame=best)
    assert len(population) == (30 if loop == "eaMuCommaLambda" else 60)
    assert best[0].fitness.values[0] == min(log.select("best")) < 0.6 * log[0]["best"]
    assert log[-1]["best"] < 0.6 * log[0]["best"]
    for individual in population:
        assert individual.derivation.depth <= toolbox.representation.max_depth
        assert individual.derivation == toolbox.representation.derive(individual.genotype)
        assert individual.fitness.values == toolbox.evaluate(individual)


def test_what_survives_among_parents_and_children_never_gets_worse(quartic):
    _, log = evolved(build_toolbox(quartic, seed=1), "eaMuPlusLambda")
    assert log.select("best") == sorted(log.select("best"), reverse=True)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_repeats_if_both_seeds_are_set(quartic, loop):
    def last_generation(of_loop):
        random.seed(of_loop)
        population, _ = evolved(build_toolbox(quartic, seed=5), loop, 4)
        return [individual.genotype for individual in population]

    assert last_generation(5) == last_generation(5)
    assert last_generation(5) != last_generation(6)


@pytest.mark.parametrize("representation", OWN)
def test_var_and_leaves_the_parents_as_they_were(quartic, evaluated, representation):
    toolbox = build_toolbox(quartic, seed=1, search={"representation": representation})
    parents = evaluated(toolbox, 20)
    before = copy.deepcopy(parents)
    children = algorithms.varAnd(parents, toolbox, 1.0, 1.0)
    assert len(children) == 20
    assert not any(child.fitness.valid for child in children)
    assert children != parents == before
    assert [one.fitness for one in parents] == [one.fitness for one in before]


def test_var_and_clones_what_it_does_not_vary(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)
    parents = evaluated(toolbox, 10)
    children = algorithms.varAnd(parents, toolbox, 0.0, 0.0)
    assert children == parents
    for child, parent in zip(children, parents, strict=True):
        assert child is not parent
        assert child.fitness.values == parent.fitness.values


@pytest.mark.parametrize("representation", OWN)
def test_var_or_varies_or_reproduces(quartic, evaluated, representation):
    search = {"representation": representation, "mutation_rate": 0.5}
    toolbox = build_toolbox(quartic, seed=1, search=search)
    parents = evaluated(toolbox, 20)
    values = [one.fitness.values for one in parents]
    children = algorithms.varOr(parents, toolbox, 90, 0.3, 0.3)
    assert len(children) == 90
    reproduced = [child for child in children if child.fitness.valid]
    assert 20 < len(reproduced) < 55
    assert all(any(child is parent for parent in parents) for child in reproduced)
    assert [one.fitness.values for one in parents] == values
    new = [child for child in children if not child.fitness.valid]
    assert sum(child not in parents for child in new) > len(new) / 3
