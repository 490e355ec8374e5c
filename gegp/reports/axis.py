"""The axes of a chart: from values to places, and where the ticks stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DECADES = 3
"""Positive values that reach over more powers of ten are drawn on a logarithmic axis."""


@dataclass(frozen=True)
class Axis:
    """Values from ``low`` to ``high`` on a line from ``start`` to ``end``, in pixels."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands; what lies beyond the axis stands at its end."""
        low, high, value = (self._scaled(one) for one in (self.low, self.high, value))
        share = (value - low) / (high - low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def ticks(self, most: int = 6, *, whole: bool = False) -> list[tuple[float, str]]:
        """Round values within the axis and their texts; ``whole`` numbers only, if asked."""
        values = list(self._decades() if self.logarithmic else self._steps(most, whole=whole))
        return [(value, f"{value:.6g}") for value in values]

    def _scaled(self, value: float) -> float:
        return math.log10(max(value, self.low)) if self.logarithmic else value

    def _decades(self) -> Iterator[float]:
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        every = -(-(last - first + 1) // 6)
        for power in range(first, last + 1, max(every, 1)):
            yield 10.0**power

    def _steps(self, most: int, *, whole: bool) -> Iterator[float]:
        """Multiples of 1, 2 or 5 times a power of ten."""
        rough = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
        if whole:
            step = max(round(step), 1)
        for number in range(math.ceil(self.low / step), math.floor(self.high / step) + 1):
            yield number * step


def fit(values: Iterable[float], start: float, end: float, *, margin: float = 0.05) -> Axis:
    """An axis that shows all values, with a margin; logarithmic where they need it."""
    found = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(found), max(found)
    if low > 0 and high / low > 10**_DECADES:
        return Axis(low / 1.5, high * 1.5, start, end, logarithmic=True)
    largest = max(abs(low), abs(high))
    if high - low <= 1e-9 * largest:  # as good as one value, which then stands in the middle
        half = largest / 2 or 0.5
        return Axis(low - half, high + half, start, end)
    span = high - low
    below = 0.0 if 0 <= low <= margin * span else low - margin * span
    return Axis(below, high + margin * span, start, end)
