"""Two samples compared: exact tests on ranks, the effect size A12, Holm's correction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Literal

Magnitude = Literal["negligible", "small", "medium", "large"]


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """The two-sided p-value of the Mann–Whitney U test, exact for any sizes and with ties.

    It is computed from the distribution of the rank sum over all ways to deal the values
    that were found to the two samples; equal values share their mean rank (Mann and
    Whitney, "On a test of whether one of two random variables is stochastically larger
    than the other", 1947). Meant for samples of up to a hundred values; they may hold
    infinities. An empty sample gives 1.
    """
    import numpy as np

    values = [*first, *second]
    # Twice the mean ranks, which are whole numbers.
    ranks = [
        2 * sum(other < value for other in values) + sum(other == value for other in values) + 1
        for value in values
    ]
    found = sum(ranks[: len(first)])
    # ways[k, s]: how many choices of k of the values have the rank sum s.
    ways = np.zeros((len(first) + 1, sum(ranks) + 1))
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, :-rank].copy()
    sums = ways[-1] / ways[-1].sum()
    return min(1.0, 2 * float(min(sums[: found + 1].sum(), sums[found:].sum())))


def wilcoxon(first: Sequence[float], second: Sequence[float]) -> float:
    """The two-sided p-value of Wilcoxon's signed-rank test of pairs, exact and with ties.

    Pairs of equal values are left out, equal differences share their mean rank, and every
    way to give the ranks their signs counts the same (Wilcoxon, "Individual comparisons by
    ranking methods", 1945). Pairs may hold infinities. Without a difference it gives 1.
    """
    import numpy as np

    positive, ranks = signed_ranks(first, second)
    # ways[s]: the probability that the ranks with a positive sign sum up to s.
    ways = np.zeros(sum(ranks) + 1)
    ways[0] = 1
    for rank in ranks:
        ways[rank:] = (ways[rank:] + ways[:-rank]) / 2
        ways[:rank] /= 2
    return min(1.0, 2 * float(min(ways[: positive + 1].sum(), ways[positive:].sum())))


def signed_ranks(first: Sequence[float], second: Sequence[float]) -> tuple[int, list[int]]:
    """The sum of the ranks of the pairs whose first value is above the second, and all ranks.

    Ranks are of the sizes of the differences, doubled, so that mean ranks are whole.
    """
    differences = [a - b for a, b in zip(first, second, strict=True) if a != b]
    sizes = [abs(one) for one in differences]
    ranks = [
        2 * sum(other < size for other in sizes) + sum(other == size for other in sizes) + 1
        for size in sizes
    ]
    return sum(rank for rank, one in zip(ranks, differences, strict=True) if one > 0), ranks


def a12(first: Sequence[float], second: Sequence[float]) -> float:
    """The probability that a value of the first sample is above one of the second.

    Ties count half (Vargha and Delaney, "A critique and improvement of the CL common
    language effect size statistics", 2000). 0.5 is no difference; by their reading 0.56,
    0.64 and 0.71 are a small, a medium and a large one.
    """
    above = sum((a > b) + (a == b) / 2 for a in first for b in second)
    return above / (len(first) * len(second))


def magnitude(a12: float) -> Magnitude:
    """How large a difference A12 is, on either side of 0.5, by Vargha and Delaney's reading."""
    size = round(abs(a12 - 0.5), 12)  # 0.56 - 0.5 is a little more than 0.06.
    if size < 0.06:
        return "negligible"
    return "small" if size < 0.14 else "medium" if size < 0.21 else "large"


def detectable_a12(first: int, second: int, level: float, power: float = 0.8) -> float | None:
    """The least A12 above 0.5 that samples of these sizes show with the probability ``power``.

    It is approximate, for the two-sided Mann–Whitney test at a level of significance
    (Noether, "Sample size determination for some common nonparametric tests", 1987,
    equation 5). None if no result at all would be significant.
    """
    if 2 / math.comb(first + second, first) > level:
        return None
    return min(
        1.0, 0.5 + _quantiles(level, power) / math.sqrt(12 * first * second / (first + second))
    )


def detectable_share(pairs: int, level: float, power: float = 0.8) -> float | None:
    """The least share of pairs with the same sign that a test of pairs shows, as above.

    It is that of the sign test (Noether 1987, equation 3); Wilcoxon's test finds as much or
    more where differences are symmetric and not all of one size. None if no result at all
    would be significant.
    """
    if 2 / 2**pairs > level:
        return None
    return min(1.0, 0.5 + _quantiles(level, power) / math.sqrt(4 * pairs))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family of tests, adjusted for their number (Holm 1979)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def _quantiles(level: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(1 - level / 2) + normal.inv_cdf(power)
