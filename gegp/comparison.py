"""Two samples compared: the test of Mann and Whitney, the effect size A12, Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence


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


def a12(first: Sequence[float], second: Sequence[float]) -> float:
    """The probability that a value of the first sample is above one of the second.

    Ties count half (Vargha and Delaney, "A critique and improvement of the CL common
    language effect size statistics", 2000). 0.5 is no difference; by their reading 0.56,
    0.64 and 0.71 are a small, a medium and a large one.
    """
    above = sum((a > b) + (a == b) / 2 for a in first for b in second)
    return above / (len(first) * len(second))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family of tests, adjusted for their number (Holm 1979)."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = highest
    return adjusted
