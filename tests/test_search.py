import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp import build_toolbox, load_problem
from gegp.individual import Fitness, Individual
from gegp.outcome import Outcome, failure
from gegp.representations.base import Derivation
from gegp.rng import stream
from gegp.search import evolve
from gegp.selection import Tournament
from gegp.variation import elites


def population_of(*values, weight=1.0):
    return [
        Individual((i,), Derivation(str(i), 1, (1,)), Fitness((weight,), (value,)))
        for i, value in enumerate(values)
    ]


@given(st.lists(st.floats(-100, 100), min_size=1), st.integers(0, 5), st.sampled_from([1.0, -1.0]))
def test_elites_are_the_best(values, k, weight):
    kept = elites(population_of(*values, weight=weight), k)
    expected = sorted(values, reverse=weight > 0)[:k]
    assert [individual.fitness.values[0] for individual in kept] == expected


def test_failed_candidates_are_no_elites():
    assert [one.fitness.values[0] for one in elites(population_of(-1e30, 3.0, -1e30), 2)] == [3.0]


def test_tournaments_prefer_the_better():
    population = population_of(*range(10))
    winners = Tournament(5)(population, 500, rng=stream(1))
    assert sum(one.fitness.values[0] for one in winners) / 500 > 7
    lone = Tournament(1)(population, 500, rng=stream(1))
    assert 4 < sum(one.fitness.values[0] for one in lone) / 500 < 5
    assert len(Tournament(100)(population, 3, rng=stream(1))) == 3


@pytest.fixture
def problem(make_problem):
    return load_problem(
        make_problem(
            "def evaluate(phenotype):\n    return 0.0\n",
            grammar="<s> ::= <b><b><b><b><b><b><b><b>\n<b> ::= 0 | 1\n",
            toml='objectives = ["max ones"]\n[search]\npopulation = 10\nmutation_rate = 0.2',
        )
    )


def states(problem, evaluate, count, seed=1, **search):
    toolbox = build_toolbox(problem, seed=seed, search=search)
    settings = msgspec.structs.replace(problem.settings.search, **search)
    states = evolve(toolbox, settings, evaluate, seed=seed)
    return [next(states) for _ in range(count)]


def count_ones(generation, phenotypes):
    return [Outcome("ok", (float(text.count("1")),)) for text in phenotypes]


def test_the_best_never_gets_worse_and_is_found(problem):
    found = states(problem, count_ones, 40)
    bests = [state.best.fitness.values[0] for state in found]
    assert bests == sorted(bests)
    assert bests[-1] == 8.0
    for state in found:
        assert len(state.population) == 10
        assert state.found <= state.generation
        assert max(one.fitness for one in state.population) == state.best.fitness


def test_elites_are_kept_without_a_new_evaluation(problem):
    asked = []

    def evaluate(generation, phenotypes):
        asked.append(len(phenotypes))
        return count_ones(generation, phenotypes)

    states(problem, evaluate, 3, elitism=4)
    assert asked[0] == 10
    assert all(count <= 6 for count in asked[1:])


def test_children_come_from_those_that_could_be_evaluated(problem):
    """With nothing but the selection at work, only the lines of successes survive."""

    def evaluate(generation, phenotypes):
        good = [text.startswith("1") for text in phenotypes]
        return [Outcome("ok", (1.0,)) if one else failure("error", "zero") for one in good]

    first, second = states(
        problem, evaluate, 2, tournament_size=1, mutation_rate=0.0, crossover_rate=0.0
    )
    assert {one.fitness.failed for one in first.population} == {True, False}
    assert not any(one.fitness.failed for one in second.population)


def test_a_generation_of_failures_goes_on(problem):
    last = states(problem, lambda g, texts: [failure("error", text) for text in texts], 3)[-1]
    assert last.best is None
    assert len(last.population) == 10


def test_a_slot_depends_on_the_state_only(problem):
    one = [[i.genotype for i in state.population] for state in states(problem, count_ones, 5)]
    two = [[i.genotype for i in state.population] for state in states(problem, count_ones, 5)]
    other = [[i.genotype for i in s.population] for s in states(problem, count_ones, 5, seed=2)]
    assert one == two
    assert one != other
