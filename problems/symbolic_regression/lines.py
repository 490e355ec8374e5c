"""Linear scaling: the line that brings what a formula says nearest to the target.

Keijzer, "Improving Symbolic Regression with Interval Arithmetic and Linear Scaling", EuroGP 2003.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .cases import Floats


class Line(NamedTuple):
    """``intercept + slope * f``; by default f itself."""

    intercept: float = 0.0
    slope: float = 1.0

    def __call__(self, predicted: Any) -> Any:
        """What is made of predictions."""
        return predicted if self == Line() else self.intercept + self.slope * predicted

    def text(self, formula: str) -> str:
        """The formula of the line of a formula."""
        return formula if self == Line() else f"{self.intercept!r} + {self.slope!r} * ({formula})"


def nearest_line(predicted: Any, target: Floats) -> Line:
    """The line with the least squared error (equations 5 and 6 of the paper).

    That of predictions which are the same in all cases is the mean of the target. Predictions
    that are not finite stay so.
    """
    values = np.broadcast_to(predicted, target.shape)
    middle, mean = values.mean(), target.mean()
    spread = values - middle
    # Sums as numpy makes them: products of BLAS depend on the machine.
    squares = np.add.reduce(spread * spread)
    if squares == 0.0 or values.min() == values.max():
        return Line(float(mean), 0.0)
    slope = np.add.reduce(spread * (target - mean)) / squares
    return Line(float(mean - slope * middle), float(slope))
