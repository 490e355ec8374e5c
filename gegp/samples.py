"""A sample described: its quartiles, and how well its median is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile, interpolated.

    Infinities of one sign may be among the values, for what has failed.
    """
    ordered = sorted(values)
    low, middle, high = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    return low, middle, high


def median_interval(
    rng: np.random.Generator, values: Sequence[float], *, resamples: int = 10_000
) -> tuple[float, float]:
    """The 95 % bootstrap interval of the median, by percentiles.

    After Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. The ends
    are medians of resamples, so infinities may be among the values, as in :func:`quartiles`.
    """
    size = len(values)
    drawn = np.sort(np.asarray(values)[rng.integers(size, size=(resamples, size))], axis=1)
    medians = np.sort((drawn[:, (size - 1) // 2] + drawn[:, size // 2]) / 2)
    left_out = int(0.025 * resamples)
    return float(medians[left_out]), float(medians[-1 - left_out])


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below, part = math.floor(place), place % 1
    if not part:
        return ordered[below]
    # Written so that an infinity stays one, and no NaN comes of it.
    return (1 - part) * ordered[below] + part * ordered[below + 1]
