"""Lexicase selection draws and chooses as DEAP's does."""

import random
from types import SimpleNamespace

from deap import tools
from hypothesis import given
from hypothesis import strategies as st

from gegp.lexicase import select_lexicase

few = st.sampled_from([0.0, -0.0, 1.0])
any_errors = st.floats(allow_nan=False)


def individuals(rows):
    weights = (-1.0,) * len(rows[0])
    return [
        SimpleNamespace(number=i, fitness=SimpleNamespace(values=tuple(row), weights=weights))
        for i, row in enumerate(rows)
    ]


@given(st.data(), st.sampled_from([few, any_errors, few | any_errors]), st.integers(0, 2**32))
def test_it_is_deaps(data, errors, seed):
    cases = data.draw(st.integers(1, 6))
    row = st.lists(errors, min_size=cases, max_size=cases)
    population = individuals(data.draw(st.lists(row, min_size=1, max_size=40)))
    chosen, states = [], []
    for select in (tools.selLexicase, select_lexicase):
        random.seed(seed)
        chosen.append([one.number for one in select(population, 20)])
        states.append(random.getstate())
    assert chosen[0] == chosen[1]
    assert states[0] == states[1]


def test_many_individuals_with_many_different_errors():
    rng = random.Random(3)
    rows = [[rng.choice([rng.random(), 0.5, 0.0]) for _ in range(9)] for _ in range(300)]
    random.seed(1)
    expected = [one.number for one in tools.selLexicase(individuals(rows), 300)]
    random.seed(1)
    assert [one.number for one in select_lexicase(individuals(rows), 300)] == expected
