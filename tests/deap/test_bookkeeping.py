"""What DEAP writes down about a run: statistics, halls of fame, genealogies."""

import copy
import pickle
import statistics

import numpy as np
import pytest
from deap import algorithms, tools

from gegp import build_toolbox
from gegp.rng import stream


def error(individual):
    return individual.fitness.values[0]


@pytest.fixture
def every(quartic):
    """A toolbox, and the list of all that it evaluates."""
    toolbox = build_toolbox(quartic, seed=1, search={"mutation_rate": 0.1})
    seen, evaluate = [], toolbox.evaluate

    def noted(individual):
        values = evaluate(individual)
        seen.append((values[0], individual.genotype))
        return values

    toolbox.register("evaluate", noted)
    return toolbox, seen


def test_statistics_of_several_kinds_fill_the_chapters_of_a_logbook(quartic):
    toolbox = build_toolbox(quartic, seed=1)
    kinds = tools.MultiStatistics(
        error=tools.Statistics(error),
        size=tools.Statistics(len),
        depth=tools.Statistics(lambda one: one.derivation.depth),
    )
    kinds.register("best", np.min)
    kinds.register("median", np.median)
    population, log = algorithms.eaSimple(
        toolbox.population(n=30), toolbox, 0.9, 0.9, 6, stats=kinds, verbose=False
    )
    assert log.select("gen") == list(range(7))
    assert log[0]["nevals"] == 30
    assert log.chapters["error"].select("best")[-1] == min(map(error, population))
    assert log.chapters["size"][-1]["median"] == statistics.median(
        sum(one.derivation.used) for one in population
    )
    assert log.chapters["depth"][-1]["best"] == min(one.derivation.depth for one in population)
    assert log.chapters["error"].select("median")[-1] < log.chapters["error"].select("median")[0]
    assert "median" in str(log) and log.stream.count("\n") > 6
    assert pickle.loads(pickle.dumps(log)).chapters["size"] == log.chapters["size"]


def test_a_hall_of_fame_holds_the_best_of_all(every):
    toolbox, seen = every
    best = tools.HallOfFame(5)
    population, _ = algorithms.eaSimple(
        toolbox.population(n=30), toolbox, 0.9, 0.9, 8, halloffame=best, verbose=False
    )
    genotypes = {one.genotype for one in best}
    assert len(genotypes) == 5
    assert [error(one) for one in best] == sorted(map(error, best))
    assert error(best[0]) == min(values for values, _ in seen)
    assert error(best[-1]) <= min(values for values, one in seen if one not in genotypes)
    assert not any(one is kept for one in population for kept in best)


def test_a_pareto_front_holds_what_nothing_dominates(two):
    toolbox = build_toolbox(two, seed=1, search={"mutation_rate": 0.2})
    toolbox.register("select", tools.selNSGA2)
    seen, evaluate = set(), toolbox.evaluate

    def noted(individual):
        seen.add(evaluate(individual))
        return evaluate(individual)

    toolbox.register("evaluate", noted)
    front = tools.ParetoFront(similar=lambda one, two: one.fitness == two.fitness)
    algorithms.eaMuPlusLambda(
        toolbox.population(n=30), toolbox, 30, 30, 0.5, 0.5, 8, halloffame=front, verbose=False
    )
    best = {
        one
        for one in seen
        if not any(other != one and other[0] <= one[0] and other[1] <= one[1] for other in seen)
    }
    assert {one.fitness.values for one in front} == best
    assert len(front) == len(best) > 3


def descent(toolbox, cxpb, mutpb):
    history = tools.History()
    toolbox.decorate("mate", history.decorator)
    toolbox.decorate("mutate", history.decorator)
    population = toolbox.population(n=12)
    history.update(population)
    population, _ = algorithms.eaSimple(population, toolbox, cxpb, mutpb, 6, verbose=False)
    return history, population


def test_a_history_knows_the_parents(bits):
    history, population = descent(build_toolbox(bits, seed=1), 0.9, 0.0)
    known = history.genealogy_history
    founders, born = range(1, 13), range(13, len(known) + 1)
    assert len(born) > 30
    assert all(history.genealogy_tree[index] == () for index in founders)
    strangers = 0
    for index in born:
        parents = history.genealogy_tree[index]
        assert len(parents) == 2 and max(parents) < index
        # The crossover exchanges whole rules: each is one of a parent, and of few others.
        rules = list(enumerate(known[index].genotype))
        assert all(rule in {known[one].genotype[at] for one in parents} for at, rule in rules)
        strangers += any(rule not in {known[1].genotype[at]} for at, rule in rules)
    assert strangers > 10
    for one in population:
        assert known[one.history_index] == one
        tree = history.getGenealogy(one)
        assert {index for index, parents in tree.items() if not parents} <= set(founders)


def test_a_history_knows_what_a_mutant_was(bits):
    toolbox = build_toolbox(bits, seed=1, search={"mutation_rate": 0.05})
    history, _ = descent(toolbox, 0.0, 1.0)
    for index in range(13, len(history.genealogy_tree) + 1):
        (parent,) = history.genealogy_tree[index]
        one, other = (history.genealogy_history[at].phenotype for at in (index, parent))
        assert sum(a != b for a, b in zip(one, other, strict=True)) <= 5


@pytest.mark.parametrize("representation", ["cfggp", "ge"])
@pytest.mark.parametrize("crossover", ["own", "subtree"])
def test_a_history_works_with_every_kind_of_operator(quartic, representation, crossover):
    search = {"representation": representation}
    if crossover == "subtree" and representation == "ge":
        search = {"representation": "dsge", "crossover": "subtree", "mutation": "subtree"}
    toolbox = build_toolbox(quartic, seed=1, search=search)
    history, population = descent(toolbox, 0.5, 0.5)
    for one in population:
        tree = history.getGenealogy(one)
        assert {index for index, parents in tree.items() if not parents} <= set(range(1, 13))


def test_clones_and_pickles(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)
    population = evaluated(toolbox, 10)
    tools.History().update(population)
    tools.selNSGA2(population, 10)
    for twins in (
        copy.deepcopy(population),
        [toolbox.clone(one) for one in population],
        pickle.loads(pickle.dumps(population)),
    ):
        for twin, one in zip(twins, population, strict=True):
            assert twin == one and twin is not one
            assert hash(twin) == hash(one)
            assert twin.fitness.values == one.fitness.values
            assert twin.phenotype == one.phenotype
            assert twin.history_index == one.history_index
            del twin.fitness.values
            assert one.fitness.valid
    assert toolbox.clone(population[0]).genotype is population[0].genotype


def test_a_pickled_population_can_be_selected_from(two, evaluated):
    toolbox = build_toolbox(two, seed=1)
    population = tools.selNSGA2(evaluated(toolbox, 8), 8)
    restored = pickle.loads(pickle.dumps(population))
    assert [one.fitness.crowding_dist for one in restored] == [
        one.fitness.crowding_dist for one in population
    ]
    assert len(tools.selTournamentDCD(restored, 8)) == 8


def test_individuals_cannot_be_changed_and_tell_their_size(quartic):
    individual = build_toolbox(quartic, seed=1).individual(rng=stream(3))
    for name in ("genotype", "derivation", "phenotype"):
        with pytest.raises(AttributeError):
            setattr(individual, name, ())
    assert len(individual) == sum(individual.derivation.used) > 0
    assert individual.phenotype in repr(individual)
