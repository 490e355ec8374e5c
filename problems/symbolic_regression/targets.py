"""Benchmark functions: what they compute, of which variables, and at which points.

McDermott, White et al.: "Genetic programming needs better benchmarks", GECCO 2012, Table 3, and
White, McDermott et al.: "Better GP benchmarks: community survey results and proposals", Genetic
Programming and Evolvable Machines 14, 2013.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import cos, exp, log, sin, sqrt

from .cases import Cases, Drawn, Floats, Parts, evenly, uniformly


class Target(NamedTuple):
    """A function of variables, the points of the training, and those of the test if it has one."""

    function: Callable[..., Floats]
    variables: tuple[str, ...]
    training: Drawn
    test: Drawn | None = None

    def parts(self) -> Parts:
        """The values at these points."""
        return Parts(self._cases(self.training), self.test and self._cases(self.test))

    def _cases(self, draw: Drawn) -> Cases:
        values = draw(len(self.variables))
        return Cases(dict(zip(self.variables, values, strict=True)), self.function(*values))


X, XY = ("x",), ("x", "y")
_UNIT = uniformly(-1, 1, 20)
_SQUARE = uniformly(0, 1, 20)
_WIDE = (uniformly(-3, 3, 20), evenly(-3, 3, 0.01))
_HUNDRED = (evenly(0, 100, 1), evenly(0, 100, 0.1))


def _polynomial(*coefficients: float) -> Callable[[Floats], Floats]:
    """The polynomial with these coefficients, that of x first."""

    def polynomial(x: Floats) -> Floats:
        total = coefficients[0] * x
        for power, coefficient in enumerate(coefficients[1:], 2):
            if coefficient:
                total = total + coefficient * x**power
        return total

    return polynomial


def _keijzer4(x: Floats) -> Floats:
    found: Floats = x**3 * exp(-x) * cos(x) * sin(x) * (sin(x) ** 2 * cos(x) - 1)
    return found


def _vladislavleva4(*x: Floats) -> Floats:
    found: Floats = 10 / (5 + np.sum([(one - 3) ** 2 for one in x], axis=0))
    return found


TARGETS: dict[str, Target] = {
    "pagie": Target(lambda x, y: 1 / (1 + x**-4.0) + 1 / (1 + y**-4.0), XY, evenly(-5, 5, 0.4)),
    "quartic": Target(_polynomial(1, 1, 1, 1), X, evenly(-1, 1, 0.1)),
    "quintic": Target(_polynomial(1, 0, -2, 0, 1), X, _UNIT),
    "sextic": Target(_polynomial(0, 1, 0, -2, 0, 1), X, _UNIT),
    "nguyen1": Target(_polynomial(1, 1, 1), X, _UNIT),
    "nguyen2": Target(_polynomial(1, 1, 1, 1), X, _UNIT),
    "nguyen3": Target(_polynomial(1, 1, 1, 1, 1), X, _UNIT),
    "nguyen4": Target(_polynomial(1, 1, 1, 1, 1, 1), X, _UNIT),
    "nguyen5": Target(lambda x: sin(x**2) * cos(x) - 1, X, _UNIT),
    "nguyen6": Target(lambda x: sin(x) + sin(x + x**2), X, _UNIT),
    "nguyen7": Target(lambda x: log(x + 1) + log(x**2 + 1), X, uniformly(0, 2, 20)),
    "nguyen8": Target(sqrt, X, uniformly(0, 4, 20)),
    "nguyen9": Target(lambda x, y: sin(x) + sin(y**2), XY, _SQUARE),
    "nguyen10": Target(lambda x, y: 2 * sin(x) * cos(y), XY, _SQUARE),
    "keijzer4": Target(_keijzer4, X, evenly(0, 10, 0.05), evenly(0.05, 10.05, 0.05)),
    "keijzer6": Target(lambda x: np.cumsum(1.0 / x), X, evenly(1, 50, 1), evenly(1, 120, 1)),
    "keijzer7": Target(log, X, evenly(1, 100, 1), evenly(1, 100, 0.1)),
    "keijzer8": Target(sqrt, X, *_HUNDRED),
    "keijzer9": Target(np.arcsinh, X, *_HUNDRED),
    "keijzer10": Target(lambda x, y: x**y, XY, uniformly(0, 1, 100), evenly(0, 1, 0.01)),
    "keijzer11": Target(lambda x, y: x * y + sin((x - 1) * (y - 1)), XY, *_WIDE),
    "keijzer12": Target(lambda x, y: x**4 - x**3 + y**2 / 2 - y, XY, *_WIDE),
    "keijzer13": Target(lambda x, y: 6 * sin(x) * cos(y), XY, *_WIDE),
    "keijzer14": Target(lambda x, y: 8 / (2 + x**2 + y**2), XY, *_WIDE),
    "keijzer15": Target(lambda x, y: x**3 / 5 + y**3 / 2 - y - x, XY, *_WIDE),
    "vladislavleva1": Target(
        lambda x, y: exp(-((x - 1) ** 2)) / (1.2 + (y - 2.5) ** 2),
        XY,
        uniformly(0.3, 4, 100),
        evenly(-0.2, 4.2, 0.1),
    ),
    "vladislavleva4": Target(
        _vladislavleva4,
        ("x1", "x2", "x3", "x4", "x5"),
        uniformly(0.05, 6.05, 1024),
        uniformly(-0.25, 6.35, 5000, place=1),
    ),
}
