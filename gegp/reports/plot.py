"""Charts as pictures: the paths and places of an SVG drawing, and the numbers to read off it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gegp.reports.axis import Axis, fit
from gegp.reports.chart import Chart, Series

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 628, 12, 256

_THIN = 40
"""So many thin lines are drawn; beyond that they are a grey surface."""


@dataclass(frozen=True)
class Mark:
    """A series as it is drawn: SVG paths, or the middles of points. ``colour`` counts lines."""

    name: str
    style: str
    colour: int
    line: str
    band: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Tick:
    """A tick at a place of an axis, with its text."""

    place: float
    text: str


@dataclass(frozen=True)
class Plot:
    """A chart with everything that its drawing needs."""

    chart: Chart
    marks: Sequence[Mark]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    logarithmic: bool
    readings: str
    """JSON: the x at which values can be read, their places, and by series name the values."""

    @property
    def legend(self) -> list[Mark]:
        """The marks that a legend names: all but thin lines, which go together."""
        thin = [mark for mark in self.marks if mark.style == "thin"]
        return [mark for mark in self.marks if mark.style != "thin"] + thin[:1]


def plot(chart: Chart) -> Plot:
    """The drawing of a chart."""
    series = [one.thinned() for one in _without_most_thin(chart.series)]
    half = 0.5 if chart.steps else 0.0
    xs = [x + side for one in series for x in one.x for side in (-half, half)]
    points = any(one.style == "points" for one in series)
    horizontal = fit(xs, LEFT, RIGHT, margin=0.05 if points else 0.0)
    vertical = fit(_heights(series), BOTTOM, TOP)
    whole = not points and all(float(x).is_integer() for one in series for x in one.x)
    return Plot(
        chart=chart,
        marks=list(_marks(series, horizontal, vertical, half)),
        x_ticks=[Tick(horizontal(at), text) for at, text in horizontal.ticks(whole=whole)],
        y_ticks=[Tick(vertical(at), text) for at, text in vertical.ticks(5)],
        logarithmic=vertical.logarithmic,
        readings=json.dumps(_readings(series, horizontal, whole=whole)),
    )


def _without_most_thin(series: Sequence[Series]) -> list[Series]:
    thin = [one for one in series if one.style == "thin"][:_THIN]
    return [*thin, *(one for one in series if one.style != "thin")]


def _heights(series: Sequence[Series]) -> Iterator[float]:
    for one in series:
        for values in (one.y, one.low, one.high):
            yield from (value for value in values if value is not None)


def _marks(
    series: Sequence[Series], horizontal: Axis, vertical: Axis, half: float
) -> Iterator[Mark]:
    colour = -1
    for one in series:
        colour += one.style in ("line", "points")
        middles = [
            (round(horizontal(x), 1), round(vertical(y), 1))
            for x, y in zip(one.x, one.y, strict=True)
            if y is not None
        ]
        points = one.style == "points"
        yield Mark(
            name=one.name,
            style=one.style,
            colour=max(colour, 0) % 8,
            line="" if points else _path(one.x, one.y, horizontal, vertical, half),
            band=_band(one, horizontal, vertical),
            points=middles if points else (),
        )


def _path(
    xs: Sequence[float],
    ys: Sequence[float | None],
    horizontal: Axis,
    vertical: Axis,
    half: float,
) -> str:
    """A line through the values; where one is missing, the line is interrupted."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            pen = "M"
            continue
        parts.append(f"{pen}{horizontal(x - half):.1f} {vertical(y):.1f}")
        if half:
            parts.append(f"H{horizontal(x + half):.1f}")
        pen = "L"
    # A single value would be a line without length, which is not drawn.
    return "".join(parts) + ("h0.1" if len(parts) == 1 else "")


def _band(series: Series, horizontal: Axis, vertical: Axis) -> str:
    bounds = [
        (horizontal(x), vertical(low), vertical(high))
        for x, low, high in zip(series.x, series.low, series.high, strict=False)
        if low is not None and high is not None
    ]
    if not bounds:
        return ""
    there = "L".join(f"{x:.1f} {high:.1f}" for x, _, high in bounds)
    back = "L".join(f"{x:.1f} {low:.1f}" for x, low, _ in reversed(bounds))
    return f"M{there}L{back}Z"


def _readings(series: Sequence[Series], horizontal: Axis, *, whole: bool) -> dict[str, Any]:
    shown = [one for one in series if one.style != "thin"]
    xs = sorted({x for one in shown for x in one.x})
    values = {}
    for one in shown:
        rows = zip(one.x, one.y, one.low or one.y, one.high or one.y, strict=True)
        at = {x: [_short(value) for value in rest] for x, *rest in rows}
        # Low and high are there only if the series has a band.
        values[one.name] = [at[x][: 3 if one.low else 1] if x in at else None for x in xs]
    places = [round(horizontal(x), 1) for x in xs]
    return {"x": [int(x) if whole else _short(x) for x in xs], "places": places, "values": values}


def _short(value: float | None) -> float | None:
    """As many digits as a reader needs."""
    return None if value is None else float(f"{value:.5g}")
