import itertools
import math
import random
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.rng import Stream, seed_for, stream
from gegp.testing import seeds


def test_splitmix64_gives_the_published_numbers():
    # The first outputs for the seed 1234567, as reference implementations print them.
    generator = Stream(1234567)
    assert [generator.next() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@given(seeds, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_place_always_draws_the_same(seed, generation, slot):
    draws = [stream(seed, generation, slot).next() for _ in range(2)]
    assert draws[0] == draws[1]


def test_places_draw_differently():
    places = [(seed, g, k) for seed in range(10) for g in range(20) for k in range(20)]
    assert len({stream(*place).next() for place in places}) == len(places)


def test_neighbouring_places_are_uncorrelated():
    draws = [stream(1, 0, slot).random() for slot in range(20_000)]
    assert abs(fmean(draws) - 0.5) < 0.01
    assert abs(fmean(a * b for a, b in itertools.pairwise(draws)) - 0.25) < 0.01


@given(seeds, st.integers(1, 1000))
def test_below_stays_in_range(seed, n):
    generator = stream(seed)
    assert all(0 <= generator.below(n) < n for _ in range(20))


@given(seeds, st.floats(0, 1.5), st.integers(0, 40))
def test_misses_are_draws_that_are_not_below(seed, probability, most):
    generator, counted = stream(seed), stream(seed)
    draws = iter(generator.random, None)
    misses = next((i for i in range(most) if next(draws) < probability), most)
    assert counted.misses(probability, most) == misses
    assert counted.next() == generator.next()


def test_a_probability_is_met_to_the_last_bit():
    exact = stream(1).random()
    assert stream(1).misses(exact, 1) == 1
    assert stream(1).misses(math.nextafter(exact, 1.0), 1) == 0


def test_the_interface_of_random_random():
    generator = stream(1)
    assert 3 <= generator.randint(3, 5) <= 5
    assert 3 <= generator.randrange(3, 5) < 5
    assert generator.choice("x") == "x"
    assert -1 <= generator.uniform(-1, 1) <= 1
    assert sorted(generator.sample(range(10), 10)) == list(range(10))
    items = list(range(50))
    generator.shuffle(items)
    assert items != sorted(items)
    normal = [generator.gauss(2.0, 3.0) for _ in range(20_000)]
    assert abs(fmean(normal) - 2.0) < 0.1
    assert abs(pstdev(normal) - 3.0) < 0.1
    for name in (
        "choice",
        "gauss",
        "randint",
        "random",
        "randrange",
        "sample",
        "shuffle",
        "uniform",
    ):
        assert hasattr(random.Random, name)
        assert hasattr(Stream, name)


def test_bad_arguments():
    with pytest.raises(ValueError, match="empty range"):
        stream(1).randrange(0)
    with pytest.raises(IndexError):
        stream(1).choice([])
    with pytest.raises(ValueError, match="cannot sample"):
        stream(1).sample([1], 2)


def test_evaluation_seeds_fit_any_framework():
    found = {seed_for(1, f"key{i}") for i in range(1000)}
    assert len(found) == 1000
    assert all(0 <= seed < 2**31 for seed in found)
