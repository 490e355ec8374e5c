"""DEAP's selectors run on the toolbox's individuals, unchanged."""

import statistics
from collections import Counter

import pytest
from deap import algorithms, tools

from gegp import build_toolbox

WORST_CORNER = (1.0, 60.0)
POINTS = tools.uniform_reference_points(nobj=2, p=12)


def area(population):
    """What the front of two objectives dominates, up to a corner that is bad in both."""
    covered, (width, height) = 0.0, WORST_CORNER
    for error, length in sorted(one.fitness.values for one in population):
        if error < width and length < height:
            covered += (width - error) * (height - length)
            height = length
    return covered


def test_the_area_of_a_front():
    class One:
        def __init__(self, *values):
            self.fitness = type("", (), {"values": values})

    assert area([One(0.5, 30.0)]) == 15.0
    assert area([One(0.5, 30.0), One(0.75, 10.0), One(0.9, 20.0), One(2.0, 1.0)]) == 20.0


def by_error(individual):
    return sum(individual.fitness.values)


def plus(toolbox, population, generations=12):
    return algorithms.eaMuPlusLambda(
        list(population),
        toolbox,
        len(population),
        len(population),
        0.6,
        0.4,
        generations,
        verbose=False,
    )[0]


@pytest.mark.parametrize(
    ("selector", "options"),
    [
        (tools.selNSGA2, {}),
        (tools.selNSGA2, {"nd": "log"}),
        (tools.selNSGA3, {"ref_points": POINTS}),
        (tools.selNSGA3, {"ref_points": POINTS, "nd": "standard"}),
        (tools.selNSGA3WithMemory(POINTS), {}),
        (tools.selSPEA2, {}),
    ],
    ids=["nsga2", "nsga2-log", "nsga3", "nsga3-standard", "nsga3-memory", "spea2"],
)
def test_a_selector_for_two_objectives_moves_the_front(two, evaluated, selector, options):
    toolbox = build_toolbox(two, seed=1, search={"mutation_rate": 0.2})
    toolbox.register("select", selector, **options)
    first = evaluated(toolbox, 40)
    last = plus(toolbox, first)
    assert len(last) == 40
    assert area(last) > 1.1 * area(first)
    assert len({one.fitness.values for one in last}) > 3
    front = tools.sortNondominated(first, 40, first_front_only=True)[0]
    assert not any(old.fitness.dominates(new.fitness) for old in front for new in front)


def test_nsga2_by_hand(two, evaluated):
    toolbox = build_toolbox(two, seed=1, search={"mutation_rate": 0.2})
    first = population = tools.selNSGA2(evaluated(toolbox, 40), 40)
    for _ in range(12):
        parents = tools.selTournamentDCD(population, 40)
        assert max(Counter(map(id, parents)).values()) <= 2
        children = algorithms.varAnd(parents, toolbox, 0.9, 0.9)
        for child in children:
            if not child.fitness.valid:
                child.fitness.values = toolbox.evaluate(child)
        population = tools.selNSGA2(population + children, 40)
    assert area(population) > 1.1 * area(first)


def test_a_crowded_tournament_is_won_by_dominance(two, evaluated):
    toolbox = build_toolbox(two, seed=1)
    population = tools.selNSGA2(evaluated(toolbox, 20), 20)
    good, bad = population[:2], [toolbox.clone(one) for one in population[-2:]]
    assert good[0].fitness.dominates(bad[0].fitness)
    for one in (*good, *bad):
        one.fitness.values, one.fitness.crowding_dist = (1.0, 9.0), 0.0
    for one in bad:
        one.fitness.values, one.fitness.crowding_dist = (2.0, 9.0), 5.0
    for _ in range(20):
        chosen = tools.selTournamentDCD([*good, *bad], 4)
        # A bad one is chosen only where it meets the other bad one.
        assert sum(one in good for one in chosen) >= 2
        assert Counter(id(one) for one in chosen).most_common(1)[0][1] <= 2


@pytest.mark.parametrize("selector", [tools.selLexicase, tools.selAutomaticEpsilonLexicase])
def test_lexicase_over_many_objectives(cases, evaluated, selector):
    toolbox = build_toolbox(cases, seed=1, search={"mutation_rate": 0.2})
    toolbox.register("select", selector)
    first = evaluated(toolbox, 40)
    columns = list(zip(*(one.fitness.values for one in first), strict=True))
    limits = []
    for column in columns:
        middle = statistics.median(column)
        deviation = statistics.median(abs(value - middle) for value in column)
        limits.append(min(column) + (deviation if selector is not tools.selLexicase else 0.0))
    for one in toolbox.select(first, 40):
        within = [value <= limit for value, limit in zip(one.fitness.values, limits, strict=True)]
        assert any(within)
    assert len(limits) == 20
    last = algorithms.eaSimple(list(first), toolbox, 0.8, 0.8, 12, verbose=False)[0]
    assert min(map(by_error, last)) < 0.8 * min(map(by_error, first))


def test_epsilon_lexicase_with_a_width(cases, evaluated):
    toolbox = build_toolbox(cases, seed=1)
    population = evaluated(toolbox, 40)
    wide = tools.selEpsilonLexicase(population, 200, epsilon=1e9)
    narrow = tools.selEpsilonLexicase(population, 200, epsilon=0.0)
    assert len(set(map(id, narrow))) < len(set(map(id, wide)))


@pytest.mark.parametrize("fitness_first", [True, False])
def test_double_tournament_takes_the_length_for_the_size(quartic, evaluated, fitness_first):
    toolbox = build_toolbox(quartic, seed=1)
    population = evaluated(toolbox, 60)

    def mean_size(parsimony):
        chosen = tools.selDoubleTournament(population, 400, 3, parsimony, fitness_first)
        return statistics.mean(sum(one.derivation.used) for one in chosen)

    assert mean_size(2.0) < 0.8 * mean_size(1.0)


def test_double_tournament_in_a_loop(letters, evaluated):
    toolbox = build_toolbox(letters, seed=1, search={"mutation_rate": 0.1})
    toolbox.register(
        "select",
        tools.selDoubleTournament,
        fitness_size=5,
        parsimony_size=1.2,
        fitness_first=True,
    )
    first = evaluated(toolbox, 60)
    last = algorithms.eaSimple(list(first), toolbox, 0.8, 0.8, 12, verbose=False)[0]
    assert min(map(by_error, last)) < 0.8 * min(map(by_error, first))


def test_universal_sampling_takes_each_in_proportion_to_its_value(score, evaluated):
    population = evaluated(build_toolbox(score, seed=1), 30)
    chosen = Counter(map(id, tools.selStochasticUniversalSampling(population, 300)))
    total = sum(map(by_error, population))
    assert len({one.fitness.values for one in population}) > 5
    for one in population:
        assert abs(chosen[id(one)] - 300 * one.fitness.values[0] / total) < 1


def test_roulette_takes_each_in_proportion_to_its_value(score, evaluated):
    population = evaluated(build_toolbox(score, seed=1), 30)
    values = [one.fitness.values[0] for one in population]
    expected = sum(value * value for value in values) / sum(values)
    chosen = tools.selRoulette(population, 5000)
    assert expected > 1.05 * statistics.mean(values)
    assert statistics.mean(map(by_error, chosen)) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("selector", [tools.selRoulette, tools.selStochasticUniversalSampling])
def test_proportional_selection_in_a_loop(score, evaluated, selector):
    toolbox = build_toolbox(score, seed=1, search={"mutation_rate": 0.1})
    toolbox.register("select", selector)
    first = evaluated(toolbox, 60)
    last = algorithms.eaSimple(list(first), toolbox, 0.8, 0.8, 20, verbose=False)[0]
    assert statistics.mean(map(by_error, last)) > 1.2 * statistics.mean(map(by_error, first))


def test_a_tournament_of_deap_takes_the_place_of_ours(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)
    toolbox.register("select", tools.selTournament, tournsize=60)
    population = evaluated(toolbox, 20)
    best = min(map(by_error, population))
    chosen = toolbox.select(population, 50)
    assert statistics.mean(by_error(one) == best for one in chosen) > 0.8


def test_the_failed_are_the_worst_for_every_plain_selector(quartic, evaluated):
    toolbox = build_toolbox(quartic, seed=1)
    population = evaluated(toolbox, 10)
    failed = toolbox.encode("exp(exp(exp(exp((exp(exp(1.0)) * 1.0)))))")
    failed.fitness.values = toolbox.evaluate(failed)
    assert failed.fitness.failed
    assert tools.selWorst([failed, *population], 1) == [failed]
    assert tools.selBest([failed, *population], 10)[-1] != failed
