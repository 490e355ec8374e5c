"""Lexicase selections draw and choose as DEAP's do."""

import random
from types import SimpleNamespace

import pytest
from deap import tools
from hypothesis import given
from hypothesis import strategies as st

from gegp.lexicase import select_epsilon_lexicase, select_lexicase

PAIRS = pytest.mark.parametrize(
    ("own", "deaps"),
    [
        (select_lexicase, tools.selLexicase),
        (select_epsilon_lexicase, tools.selAutomaticEpsilonLexicase),
    ],
)
few = st.sampled_from([0.0, -0.0, 1.0])
any_errors = st.floats(-1e30, 1e30)


def individuals(rows):
    weights = (-1.0,) * len(rows[0])
    return [
        SimpleNamespace(number=i, fitness=SimpleNamespace(values=tuple(row), weights=weights))
        for i, row in enumerate(rows)
    ]


@PAIRS
@given(st.data(), st.sampled_from([few, any_errors, few | any_errors]), st.integers(0, 2**32))
def test_it_is_deaps(own, deaps, data, errors, seed):
    cases = data.draw(st.integers(1, 6))
    row = st.lists(errors, min_size=cases, max_size=cases)
    population = individuals(data.draw(st.lists(row, min_size=1, max_size=40)))
    chosen, states = [], []
    for select in (deaps, own):
        random.seed(seed)
        chosen.append([one.number for one in select(population, 20)])
        states.append(random.getstate())
    assert chosen[0] == chosen[1]
    assert states[0] == states[1]


@PAIRS
def test_many_individuals_with_many_different_errors(own, deaps):
    rng = random.Random(3)
    rows = [[rng.choice([rng.random(), 0.5, 0.0]) for _ in range(9)] for _ in range(300)]
    random.seed(1)
    expected = [one.number for one in deaps(individuals(rows), 300)]
    random.seed(1)
    assert [one.number for one in own(individuals(rows), 300)] == expected
