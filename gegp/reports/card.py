"""A run as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gegp.reports.chart import Chart, Series
from gegp.reports.plot import plot
from gegp.reports.rendering import render

_LONGEST = 2000


def card(
    title: str, program: str, history: Sequence[Mapping[str, Any]], objective: str, note: str
) -> str:
    """A piece of HTML: the best program, and how the population got there."""
    xs = [row["generation"] for row in history]
    series = [
        Series("median", xs, [row["median"] for row in history], style="grey"),
        Series("best", xs, [row["best"] for row in history]),
    ]
    chart = Chart("Convergence", "generation", f"{objective}: best, median (dashed)", series)
    shown = program if len(program) <= _LONGEST else program[:_LONGEST] + " …"
    drawn = plot(chart) if xs else None
    return render("card.html", title=title, program=shown, plot=drawn, note=note)
