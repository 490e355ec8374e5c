"""Schedules as drawings: as text for a terminal, and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 60
HEIGHT = 8
PAPER_BASELINE = 0.01  # the static rate of the paper's baseline


def draw(table: Sequence[float], first_epoch: int) -> str:
    """The schedule as a step plot in text, about 70 columns wide.

    A column shows one epoch or, of a long schedule, several: then it reaches from their
    lowest rate to their highest.
    """
    top = max(table) or 1.0
    columns = _columns([round(rate / top * HEIGHT) for rate in table])
    last_epoch = first_epoch + len(table) - 1
    lines = ["learning rate"]
    for row in reversed(range(HEIGHT + 1)):
        label = f"{top * row / HEIGHT:.4f}" if row % (HEIGHT // 2) == 0 else ""
        cells = "".join(_cell(row, *column) for column in columns)
        lines.append(f"{label:>8} ┤{cells}".rstrip())
    ruler = f"{first_epoch:<{len(columns) // 2 - 3}} epoch"
    ruler += f"{last_epoch:>{len(columns) - len(ruler)}}"
    return "\n".join([*lines, " " * 9 + "└" + "─" * len(columns), " " * 10 + ruler])


def _columns(levels: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """For each column the level before it, its last one, and the lowest and highest of all."""
    epochs = len(levels)
    width = epochs * (WIDTH // epochs) if epochs <= WIDTH else WIDTH
    columns = []
    before = levels[0]
    for column in range(width):
        first, end = column * epochs // width, -(-(column + 1) * epochs // width)
        seen = [before, *levels[first:end]]
        columns.append((before, seen[-1], min(seen), max(seen)))
        before = seen[-1]
    return columns


def _cell(row: int, before: int, last: int, low: int, high: int) -> str:
    if not low <= row <= high:
        return " "
    if low == high:
        return "─"
    if {before, last} == {low, high}:  # one step, with its corners
        if row == last:
            return "╭" if last == high else "╰"
        if row == before:
            return "╮" if before == high else "╯"
    return "│"


def plot(
    table: Sequence[float],
    first_epoch: int,
    path: str | Path,
    *,
    stopped: int | None = None,
    baselines: Mapping[str, Sequence[float]] = {},
) -> None:
    """The schedule as a picture, with baselines in grey behind it (Figures 7 and 8 of the paper).

    After ``stopped`` epochs, where a training ended, stands a dashed line. Baselines are
    schedules by name; without any, the paper's static rate is one. The picture is for 6.5
    inches of width; the ending of the path says its format.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    # A figure of its own, not pyplot's: nothing global is touched.
    figure = Figure(figsize=(6.5, 3.3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    grey = baselines or {f"static {PAPER_BASELINE}": [PAPER_BASELINE] * len(table)}
    _draw_schedules(axes, table, first_epoch, grey)
    if stopped is not None:
        axes.axvline(
            first_epoch - 0.5 + stopped,
            color="black",
            linewidth=1.3,
            linestyle=(0, (4, 2)),
            label=f"end of training ({stopped} epochs)",
            zorder=4,  # over the policy, which may step just here
        )
    axes.set_xlabel("epoch", fontsize=11)
    axes.set_ylabel("learning rate", fontsize=11)
    axes.tick_params(labelsize=10)
    # A little room at the end, so that a line there is seen in full.
    axes.set_xlim(first_epoch - 0.5, first_epoch - 0.5 + 1.01 * len(table))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.spines[["top", "right"]].set_visible(False)
    # Above the axes it covers nothing.
    figure.legend(loc="outside upper left", frameon=False, fontsize=10, ncols=3, handlelength=2.2)
    figure.savefig(path, dpi=200)


def _draw_schedules(
    axes: Axes, table: Sequence[float], first_epoch: int, baselines: Mapping[str, Sequence[float]]
) -> None:
    """Each epoch is a step as wide as from half an epoch before its number to half after it."""

    def edges(rates: Sequence[float]) -> list[float]:
        return [first_epoch - 0.5 + place for place in range(len(rates) + 1)]

    axes.stairs(
        table,
        edges(table),
        baseline=None,
        color="tab:blue",
        linewidth=1.7,
        label="policy",
        zorder=3,
        clip_on=False,  # a rate of 0 is a whole line too
    )
    styles = cycle([("0.45", "-"), ("0.6", "--"), ("0.45", ":"), ("0.65", "-"), ("0.6", "-.")])
    for (name, rates), (shade, style) in zip(baselines.items(), styles, strict=False):
        axes.stairs(
            rates,
            edges(rates),
            baseline=None,
            color=shade,
            linestyle=style,
            linewidth=1.3,
            label=name,
            zorder=2,
        )
