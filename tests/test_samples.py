"""Quartiles and bootstrap intervals, against numpy and against what must hold."""

import math
from statistics import median, quantiles

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.samples import median_interval, quartiles

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


@given(NUMBERS)
def test_quartiles_are_those_of_the_standard_library(values):
    expected = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    assert quartiles(values) == pytest.approx(expected, abs=1e-6)


def test_what_failed_is_infinite_and_never_nan():
    assert quartiles([1, 2, 3, math.inf, math.inf]) == (2, 3, math.inf)
    assert quartiles([1, math.inf]) == (math.inf, math.inf, math.inf)
    low, high = median_interval(np.random.default_rng(0), [1, 2, 3, math.inf])
    assert low < 3
    assert high == math.inf


@given(NUMBERS)
def test_the_interval_holds_the_median_and_comes_again(values):
    low, high = median_interval(np.random.default_rng(0), values, resamples=500)
    assert min(values) <= low <= median(values) <= high <= max(values)
    again = median_interval(np.random.default_rng(0), values, resamples=500)
    assert (low, high) == again


def test_the_interval_covers_the_true_median_as_often_as_it_says():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        low, high = median_interval(rng, rng.normal(5, 1, 31), resamples=400)
        hits += low <= 5 <= high
    assert 0.91 < hits / 400 < 0.99
