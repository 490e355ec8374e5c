"""Tests of two samples, against values computed by hand and against another implementation."""

import math
import random

import pytest

from gegp.comparison import a12, holm, mann_whitney


def test_separate_samples_have_two_extreme_orders():
    # Of the 252 ways to choose 5 of 10 values one is as low and one as high.
    assert mann_whitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(2 / 252)
    assert mann_whitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]) == pytest.approx(2 / 252)


def test_ties_share_their_mean_rank():
    # Ranks 1, 2.5, 4 and 2.5, 5. The rank sums of two of five are 3.5, 3.5, 5, 5, 6, 6.5, 6.5,
    # 7.5, 7.5, 9, so those of the other three 11.5, 11.5, 10, 10, 9, 8.5, 8.5, 7.5, 7.5, 6:
    # three are at most the 7.5 that was found.
    assert mann_whitney([1, 2, 3], [2, 4]) == pytest.approx(0.6)


def test_equal_single_and_missing_values_say_nothing():
    assert mann_whitney([0.8] * 5, [0.8] * 5) == 1
    assert mann_whitney([1], [2]) == 1
    assert mann_whitney([], [1, 2]) == 1


def test_infinities_are_ranked():
    assert mann_whitney([-math.inf] * 4, [1, 2, 3, 4]) == pytest.approx(2 / 70)


def test_scipy_agrees_where_nothing_is_tied():
    stats = pytest.importorskip("scipy.stats")
    rng = random.Random(1)
    for first, second in [(5, 5), (3, 8), (1, 6), (10, 12)]:
        a = [rng.random() for _ in range(first)]
        b = [rng.random() + 0.3 for _ in range(second)]
        expected = stats.mannwhitneyu(a, b, method="exact").pvalue
        assert mann_whitney(a, b) == pytest.approx(expected)


def test_a12_counts_ties_half():
    assert a12([1, 2, 3], [2, 4]) == (0.5 + 1) / 6
    assert a12([2, 3], [1]) == 1
    assert a12([5, 5], [5]) == 0.5


def test_holm_multiplies_by_the_number_of_tests_that_are_left():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
