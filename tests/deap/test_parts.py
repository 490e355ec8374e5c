"""Parts of the toolbox in other hands: pools, islands, a user's operators, decorators."""

import copy
import multiprocessing
import operator
import random
from concurrent.futures import ProcessPoolExecutor

import pytest
from deap import algorithms, gp, tools

from gegp import build_toolbox
from gegp.grammar.reader import parse_grammar
from gegp.individual import Fitness, Individual
from gegp.rng import stream


def error(individual):
    return individual.fitness.values[0]


def spawned_pool():
    return multiprocessing.get_context("spawn").Pool(2)


def spawned_executor():
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("make", [spawned_pool, spawned_executor])
def test_a_loop_whose_evaluations_go_to_a_pool(two, make):
    def values(map_):
        random.seed(3)
        toolbox = build_toolbox(two, seed=1)
        toolbox.register("select", tools.selNSGA2)
        toolbox.register("map", map_)
        population, _ = algorithms.eaMuPlusLambda(
            toolbox.population(n=12), toolbox, 12, 12, 0.5, 0.5, 3, verbose=False
        )
        return [(one.genotype, one.fitness.values) for one in population]

    called = []

    with make() as pool:

        def noted(*arguments):
            called.append(arguments)
            return pool.map(*arguments)

        assert values(noted) == values(map)
    assert len(called) == 4


def test_a_ring_carries_the_best_over(quartic, evaluated):
    populations = [evaluated(build_toolbox(quartic, seed=seed), 10) for seed in (1, 2)]
    before = [list(population) for population in populations]
    best = [tools.selBest(population, 2) for population in before]
    worst = [tools.selWorst(population, 2) for population in before]
    tools.migRing(populations, 2, tools.selBest, tools.selWorst)
    for deme, other in ((0, 1), (1, 0)):
        assert len(populations[deme]) == 10
        arrived = [one for one in populations[deme] if one not in before[deme]]
        assert sorted(map(error, arrived)) == sorted(map(error, best[other]))
        left = [one for one in before[deme] if one not in populations[deme]]
        assert sorted(map(error, left)) == sorted(map(error, worst[deme]))


def test_a_ring_without_replacement_exchanges(quartic, evaluated):
    populations = [evaluated(build_toolbox(quartic, seed=seed), 10) for seed in (1, 2, 3)]
    best = [tools.selBest(population, 1)[0] for population in populations]
    places = [population.index(one) for population, one in zip(populations, best, strict=True)]
    tools.migRing(populations, 1, tools.selBest)
    arrived = [population[at] for population, at in zip(populations, places, strict=True)]
    assert all(one is other for one, other in zip(arrived, [best[2], *best[:2]], strict=True))


def test_a_mutation_of_ones_own(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1, search={"representation": "ge"})
    length = len(toolbox.individual().genotype)
    rng = stream(9)

    def one_codon_more(individual):
        codons = list(individual.genotype)
        codons[rng.below(len(codons))] = rng.below(256)
        return (toolbox.express(tuple(codons)),)

    toolbox.register("mutate", one_codon_more)
    first = evaluated(toolbox, 60)
    for child, parent in zip(algorithms.varAnd(first, toolbox, 0.0, 1.0), first, strict=True):
        assert len(child.genotype) == length
        assert sum(a != b for a, b in zip(child.genotype, parent.genotype, strict=True)) <= 1
    last, _ = algorithms.eaSimple(list(first), toolbox, 0.5, 1.0, 12, verbose=False)
    assert min(map(error, last)) < min(map(error, first))


def test_a_crossover_of_ones_own_over_programs(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)

    def sum_of_both(first, second):
        child = toolbox.encode(f"({first.phenotype} + {second.phenotype})")
        return child, second

    toolbox.register("mate", gp.staticLimit(len, 40)(sum_of_both))
    short = [one for one in evaluated(toolbox, 60) if len(one) < 15]
    children = algorithms.varAnd(short, toolbox, 1.0, 0.0)
    pairs = zip(short[::2], short[1::2], children[::2], strict=False)
    for first, second, child in pairs:
        assert child.phenotype == f"({first.phenotype} + {second.phenotype})"


def test_a_static_limit_on_what_is_mated(quartic):
    def deepest(limited):
        toolbox = build_toolbox(quartic, seed=1, search={"init_depth": 4})
        if limited:
            for name in ("mate", "mutate"):
                toolbox.decorate(name, gp.staticLimit(operator.attrgetter("derivation.depth"), 6))
        population, _ = algorithms.eaSimple(
            toolbox.population(n=40), toolbox, 0.9, 0.9, 8, verbose=False
        )
        return max(one.derivation.depth for one in population)

    assert deepest(limited=True) <= 6 < deepest(limited=False)


def test_a_penalty_on_what_is_infeasible(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)
    limit = tools.DeltaPenalty(lambda one: len(one) <= 10, 100.0, lambda one: len(one) - 10)
    plain = evaluated(toolbox, 30)
    toolbox.decorate("evaluate", limit)
    assert {len(one) > 10 for one in plain} == {True, False}
    for one in plain:
        expected = error(one) if len(one) <= 10 else 100.0 + len(one) - 10
        assert toolbox.evaluate(one) == (expected,)


def test_settings_and_grammar_can_be_given(quartic):
    toolbox = build_toolbox(
        quartic, seed=1, grammar=parse_grammar("<e> ::= x"), search={"init_depth": 1}
    )
    assert {individual.phenotype for individual in toolbox.population(n=5)} == {"x"}


def test_a_failure_is_the_worst_value(quartic):
    toolbox = build_toolbox(quartic, seed=1)
    individual = toolbox.individual()
    bad = Individual(
        individual.genotype, type(individual.derivation)("1/0", 1, ()), individual.fitness
    )
    bad.fitness.values = toolbox.evaluate(bad)
    assert bad.fitness.values == (1e30,)
    assert bad.fitness.failed


def test_fitness_of_several_objectives():
    one, two = Fitness((1.0, -1.0), (0.9, 3.0)), Fitness((1.0, -1.0), (0.9, 4.0))
    assert one > two
    assert one.dominates(two)
    assert not Fitness((1.0,)).failed


def test_operators_return_the_parent_if_nothing_changed(quartic):
    toolbox = build_toolbox(quartic, seed=1, search={"mutation_rate": 0.0})
    individual = toolbox.individual(rng=stream(3))
    assert toolbox.mutate(individual)[0] is individual
    twin = copy.deepcopy(individual)
    assert toolbox.mate(individual, twin) == (individual, twin)
    assert toolbox.mate(individual, twin)[0] is individual
