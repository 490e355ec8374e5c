"""Benchmark functions: for each the names of its variables, its cases and its values.

White, McDermott et al.: "Better GP benchmarks: community survey results and
proposals", Genetic Programming and Evolvable Machines 14, 2013.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """Values of the variables and of the target, one entry a case."""

    variables: dict[str, Floats]
    target: Floats


def pagie() -> Cases:
    """1/(1 + x^-4) + 1/(1 + y^-4) on a grid of 26 x 26 points from -5 to 5."""
    axis = np.linspace(-5.0, 5.0, 26)
    x, y = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
    return Cases({"x": x, "y": y}, 1 / (1 + x**-4.0) + 1 / (1 + y**-4.0))


def keijzer6() -> Cases:
    """The harmonic numbers: the sum of 1/i for i up to x, for x from 1 to 50."""
    x = np.arange(1.0, 51.0)
    return Cases({"x": x}, np.cumsum(1.0 / x))


def quartic() -> Cases:
    """x + x^2 + x^3 + x^4 at 21 points from -1 to 1 (Koza 1992)."""
    x = np.linspace(-1.0, 1.0, 21)
    return Cases({"x": x}, x + x**2 + x**3 + x**4)


TARGETS: dict[str, Callable[[], Cases]] = {
    "keijzer6": keijzer6,
    "pagie": pagie,
    "quartic": quartic,
}
