"""DEAP's own algorithms and tools run on the toolbox, unchanged."""

import copy
import multiprocessing
import pickle
import random

import numpy as np
import pytest
from deap import algorithms, tools

from gegp import build_toolbox, load_problem
from gegp.individual import Fitness, Individual
from gegp.rng import stream


@pytest.fixture
def problem():
    return load_problem("symbolic_regression", profile="quartic")


def test_ea_simple_improves(problem):
    random.seed(1)
    toolbox = build_toolbox(problem, seed=1)
    population = toolbox.population(n=60)
    statistics = tools.Statistics(lambda individual: individual.fitness.values[0])
    statistics.register("min", np.min)
    best = tools.HallOfFame(1)
    population, log = algorithms.eaSimple(
        population, toolbox, cxpb=0.9, mutpb=1.0, ngen=15, stats=statistics, halloffame=best,
        verbose=False,
    )  # fmt: skip
    assert len(population) == 60
    assert best[0].fitness.values[0] < log[0]["min"]
    assert best[0].fitness.values == pytest.approx(toolbox.evaluate(best[0]))
    assert all(individual.derivation.depth <= 17 for individual in population)


def test_ea_simple_repeats_if_both_seeds_are_set(problem):
    def last_generation():
        random.seed(5)
        toolbox = build_toolbox(problem, seed=5)
        population, _ = algorithms.eaSimple(
            toolbox.population(n=20), toolbox, 0.9, 0.5, 5, verbose=False
        )
        return [individual.genotype for individual in population]

    assert last_generation() == last_generation()


def test_deaps_selector_can_take_the_place_of_ours(problem):
    random.seed(1)
    toolbox = build_toolbox(problem, seed=1)
    toolbox.register("select", tools.selTournament, tournsize=3)
    population, _ = algorithms.eaMuPlusLambda(
        toolbox.population(n=20), toolbox, 20, 20, 0.5, 0.5, 5, verbose=False
    )
    assert all(individual.fitness.valid for individual in population)


def test_evaluation_in_a_pool(problem):
    toolbox = build_toolbox(problem, seed=1)
    population = toolbox.population(n=8)
    expected = [toolbox.evaluate(individual) for individual in population]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        toolbox.register("map", pool.map)
        assert list(toolbox.map(toolbox.evaluate, population)) == expected


def test_settings_and_grammar_can_be_given(problem, tmp_path):
    from gegp.grammar.reader import parse_grammar

    grammar = parse_grammar("<e> ::= x")
    toolbox = build_toolbox(problem, seed=1, grammar=grammar, search={"init_depth": 1})
    assert {individual.phenotype for individual in toolbox.population(n=5)} == {"x"}


def test_a_failure_is_the_worst_value(problem):
    toolbox = build_toolbox(problem, seed=1)
    individual = toolbox.individual()
    bad = Individual(
        individual.genotype, type(individual.derivation)("1/0", 1, ()), individual.fitness
    )
    bad.fitness.values = toolbox.evaluate(bad)
    assert bad.fitness.values == (1e30,)
    assert bad.fitness.failed


def test_individuals_copy_and_pickle(problem):
    toolbox = build_toolbox(problem, seed=1)
    individual = toolbox.individual()
    individual.fitness.values = (0.5,)
    for twin in (copy.deepcopy(individual), pickle.loads(pickle.dumps(individual))):
        assert twin == individual
        assert hash(twin) == hash(individual)
        assert twin.fitness.values == (0.5,)
        assert twin.phenotype == individual.phenotype
        del twin.fitness.values
        assert individual.fitness.valid
    with pytest.raises(AttributeError):
        individual.genotype = ()
    assert len(individual) == sum(individual.derivation.used)
    assert individual.phenotype in repr(individual)


def test_fitness_of_several_objectives():
    one, two = Fitness((1.0, -1.0), (0.9, 3.0)), Fitness((1.0, -1.0), (0.9, 4.0))
    assert one > two
    assert one.dominates(two)
    assert not Fitness((1.0,)).failed


def test_operators_return_the_parent_if_nothing_changed(problem):
    toolbox = build_toolbox(problem, seed=1, search={"mutation_rate": 0.0})
    individual = toolbox.individual(rng=stream(3))
    assert toolbox.mutate(individual)[0] is individual
    twin = copy.deepcopy(individual)
    assert toolbox.mate(individual, twin) == (individual, twin)
    assert toolbox.mate(individual, twin)[0] is individual
