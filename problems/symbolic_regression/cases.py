"""The cases of a regression, and ways to draw them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gegp.rng import stream

Floats = NDArray[np.float64]

Drawn = Callable[[int], list[Floats]]
"""The values of so many variables, an array each."""


class Cases(NamedTuple):
    """Values of the variables and of the target, one entry a case."""

    variables: dict[str, Floats]
    target: Floats


class Parts(NamedTuple):
    """The cases that a search sees, and those that none sees, if there are any."""

    training: Cases
    test: Cases | None = None


def evenly(start: float, stop: float, step: float) -> Drawn:
    """E[start, stop, step] of White et al.: a grid with all combinations, both ends included."""
    axis = np.linspace(start, stop, round((stop - start) / step) + 1)

    def draw(variables: int) -> list[Floats]:
        return [grid.ravel() for grid in np.meshgrid(*[axis] * variables, indexing="ij")]

    return draw


def uniformly(low: float, high: float, count: int, place: int = 0) -> Drawn:
    """U[low, high, count] of White et al.: uniform random numbers, the same for a place."""

    def draw(variables: int) -> list[Floats]:
        rng = stream(place)
        rows = [[rng.random() for _ in range(variables)] for _ in range(count)]
        return list(low + (high - low) * np.array(rows).T)

    return draw
