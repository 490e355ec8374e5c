"""Charts as values: what is to be drawn, not how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

MOST_POINTS = 120
"""So many points of a line are drawn; a page is to stay small however long a run was."""


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line, or points, of a chart; None where there is no value.

    ``low`` and ``high`` bound a band around the line. ``style`` is ``line``, ``grey`` for what
    others are compared with, ``thin`` for the many lines that a band sums up, or ``points``.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    style: Literal["line", "grey", "thin", "points"] = "line"

    def __post_init__(self) -> None:
        lengths = {len(self.x), len(self.y), *(len(one) for one in (self.low, self.high) if one)}
        if len(lengths) > 1:
            raise ValueError(f"series {self.name!r}: x, y, low and high differ in length")

    def thinned(self) -> Series:
        """The same with at most MOST_POINTS points, its first and last among them."""
        count = len(self.x)
        if count <= MOST_POINTS:
            return self
        places = [place * (count - 1) // (MOST_POINTS - 1) for place in range(MOST_POINTS)]
        picked = {
            name: [values[place] for place in places] if (values := getattr(self, name)) else ()
            for name in ("x", "y", "low", "high")
        }
        return msgspec.structs.replace(self, **picked)


class Chart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some series over the same axis.

    With ``steps`` a value holds from half a unit before its x to half after it, as a
    learning rate does for an epoch. ``caption`` says what a reader must know.
    """

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    steps: bool = False
    caption: str = ""
