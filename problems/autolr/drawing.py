"""Schedules as drawings: as text for a terminal, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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


def plot(table: Sequence[float], first_epoch: int, path: str | Path) -> None:
    """The schedule as a picture, with the paper's static rate in grey beside it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    # A figure of its own, not pyplot's: nothing global is touched.
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    edges = [first_epoch - 0.5 + place for place in range(len(table) + 1)]
    axes.axhline(PAPER_BASELINE, color="0.6", linewidth=1.2, label=f"static {PAPER_BASELINE}")
    axes.stairs(table, edges, baseline=None, color="tab:blue", linewidth=1.8, label="policy")
    axes.set(xlabel="epoch", ylabel="learning rate", xlim=(edges[0], edges[-1]))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_axisbelow(True)
    axes.grid(color="0.9", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
