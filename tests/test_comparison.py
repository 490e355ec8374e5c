"""Tests of two samples, against values computed by hand and against another implementation."""

import math
import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.comparison import (
    a12,
    detectable_a12,
    detectable_share,
    holm,
    magnitude,
    mann_whitney,
    signed_ranks,
    wilcoxon,
)

VALUES = st.lists(st.sampled_from([0, 1, 2, 5, 7.5, math.inf]), min_size=1, max_size=8)


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


def test_holm_as_r_adjusts():
    # p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    adjusted = holm([0.01, 0.02, 0.03, 0.04, 0.05])
    assert adjusted == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


def test_the_table_of_wilcoxon():
    # Eight pairs: the rank sums up to 3 are 0, 1, 2, 3 and 1 + 2, five of 256 ways.
    assert wilcoxon([-3, 4, 5, 6, 7, 8, 9, 10], [0] * 8) == pytest.approx(2 * 2 / 256)
    assert wilcoxon([-1, -2, 4, 5, 6, 7, 8, 9], [0] * 8) == pytest.approx(10 / 256)
    # Ranks 1, 2, 3.5, 3.5, 5 …: of up to 3.5 there are 0, 1, 2, 1 + 2 and twice 3.5.
    assert wilcoxon([-3, 1, 2, 3, 4, 5, 6, 7], [0] * 8) == pytest.approx(12 / 256)


@given(VALUES, st.randoms(use_true_random=False))
def test_wilcoxon_counts_all_signs(first, rng):
    second = [rng.choice([0, 1, 2, 3, math.inf]) for _ in first]
    positive, ranks = signed_ranks(first, second)
    sums = [sum(r for r, s in zip(ranks, signs, strict=True) if s)
            for signs in product([0, 1], repeat=len(ranks))]  # fmt: skip
    low = sum(one <= positive for one in sums) / len(sums)
    high = sum(one >= positive for one in sums) / len(sums)
    assert wilcoxon(first, second) == pytest.approx(min(1, 2 * min(low, high)))
    assert wilcoxon(second, first) == pytest.approx(wilcoxon(first, second))


def test_wilcoxon_agrees_with_scipy_where_nothing_is_tied():
    stats = pytest.importorskip("scipy.stats")
    rng = random.Random(2)
    for size in (3, 10, 40):
        a = [rng.random() for _ in range(size)]
        b = [rng.random() + 0.2 for _ in range(size)]
        expected = stats.wilcoxon(a, b, method="exact").pvalue
        assert wilcoxon(a, b) == pytest.approx(expected)


def test_pairs_without_a_difference_say_nothing():
    assert wilcoxon([1, 2, math.inf], [1, 2, math.inf]) == 1
    assert wilcoxon([1, 2, 3, 4, 5, 6, 0], [0, 0, 0, 0, 0, 0, 0]) == pytest.approx(2 / 64)


@given(VALUES, VALUES)
def test_a12_of_both_sides_is_one(first, second):
    brute = [(a > b) + 0.5 * (a == b) for a, b in product(first, second)]
    assert a12(first, second) == pytest.approx(sum(brute) / len(brute))
    assert a12(first, second) + a12(second, first) == pytest.approx(1)


def test_magnitudes_of_vargha_and_delaney():
    sizes = [0.5, 0.55, 0.56, 0.63, 0.64, 0.7, 0.71, 1]
    words = ["negligible"] * 2 + ["small"] * 2 + ["medium"] * 2 + ["large"] * 2
    assert [magnitude(size) for size in sizes] == words
    assert [magnitude(1 - size) for size in sizes] == words


def test_what_can_be_detected_is_found_in_four_of_five_experiments():
    np = pytest.importorskip("numpy")
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    for first, second in [(30, 30), (20, 40)]:
        shift = math.sqrt(2) * stats.norm.ppf(detectable_a12(first, second, 0.05))
        a, b = rng.normal(shift, 1, (4000, first)), rng.normal(0, 1, (4000, second))
        p = stats.mannwhitneyu(a, b, axis=1, method="asymptotic").pvalue
        assert np.mean(p < 0.05) == pytest.approx(0.8, abs=0.05)
    # Of the sign test with 100 pairs 39 and 61 are the last ones outside of significance.
    share = detectable_share(100, 0.05)
    assert stats.binom.sf(60, 100, share) == pytest.approx(0.8, abs=0.04)


def test_too_few_values_detect_nothing():
    assert detectable_a12(3, 3, 0.05) is None  # The least p-value is 2/20.
    assert detectable_a12(4, 4, 0.05) == 1  # 2/70
    assert detectable_a12(4, 4, 0.05 / 3) is None
    assert detectable_share(5, 0.05) is None
    assert detectable_share(6, 0.05) == 1
