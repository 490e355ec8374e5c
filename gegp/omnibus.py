"""Whether several samples differ at all: tests on ranks, and Nemenyi's critical difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from gegp.errors import MissingPackage


class RankTest(NamedTuple):
    """The statistic of a test and its p-value."""

    statistic: float
    p: float


def kruskal_wallis(samples: Sequence[Sequence[float]]) -> RankTest:
    """The test of Kruskal and Wallis of independent samples ("Use of ranks in one-criterion
    variance analysis", 1952); the values may hold infinities.
    """
    if len({value for sample in samples for value in sample}) == 1:
        return RankTest(0.0, 1.0)  # The statistic is 0/0 then.
    found = scipy_stats("the test of Kruskal and Wallis").kruskal(*samples)
    return RankTest(float(found.statistic), float(found.pvalue))


def friedman(blocks: Sequence[Sequence[float]]) -> RankTest:
    """Friedman's test ("The use of ranks to avoid the assumption of normality", 1937).

    Each block holds a value for each of three treatments or more, in the same order.
    """
    if all(len(set(block)) == 1 for block in blocks):
        return RankTest(0.0, 1.0)  # The statistic is 0/0 then.
    found = scipy_stats("Friedman's test").friedmanchisquare(*zip(*blocks, strict=True))
    return RankTest(float(found.statistic), float(found.pvalue))


def mean_ranks(blocks: Sequence[Sequence[float]]) -> list[float]:
    """The mean rank of each treatment over the blocks: 1 for the highest value, ties shared."""
    ranks = [
        [
            sum(other > value for other in block) + (sum(other == value for other in block) + 1) / 2
            for value in block
        ]
        for block in blocks
    ]
    return [sum(column) / len(blocks) for column in zip(*ranks, strict=True)]


def critical_difference(treatments: int, blocks: int, level: float) -> float:
    """How far apart mean ranks are that differ by the test of Nemenyi.

    After Demšar, "Statistical comparisons of classifiers over multiple data sets" (2006),
    section 3.2.2: ``q * sqrt(k (k + 1) / (6 N))``, where q is the quantile of the studentised
    range, divided by the root of 2.
    """
    stats = scipy_stats("Nemenyi's critical difference")
    q = float(stats.studentized_range.ppf(1 - level, treatments, math.inf)) / math.sqrt(2)
    return q * math.sqrt(treatments * (treatments + 1) / (6 * blocks))


def scipy_stats(user: str, extra: str = "report") -> Any:
    """The module ``scipy.stats``. Raises MissingPackage: who needs it, and the extra with it."""
    try:
        return import_module("scipy.stats")
    except ImportError:
        raise MissingPackage(
            f"{user} needs the package scipy, which is not installed; "
            f'install it with: pip install "gegp[{extra}]"'
        ) from None
