"""The critical-difference diagram of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gegp.errors import InputError, MissingPackage
from gegp.group_results import GroupComparison

_LINE, _BAR, _TOP = 0.8, 0.35, 2.0
"""Heights of a line with a name and of a bar, and the upper end, in units of the axis."""

_INCHES = 0.27
"""The height of such a unit."""


def require_diagram(results: GroupComparison, path: str | Path) -> None:
    """Raise what keeps a diagram from being drawn into a file.

    That is InputError for a comparison without mean ranks, and for a format that is not known;
    MissingPackage without matplotlib.
    """
    if not any(test.critical_difference for test in results.overall):
        raise InputError(
            "a critical-difference diagram shows mean ranks over blocks: it needs three groups "
            "or more, and runs that are paired by seed (--paired) or of several problems"
        )
    known = sorted(_canvas_class().filetypes)
    if Path(path).suffix.removeprefix(".") not in known:
        raise InputError(f"{path}: expected a picture, one of .{', .'.join(known)}")


def draw_ranks(results: GroupComparison, path: str | Path) -> None:
    """Draw mean ranks, the best on the left, with bars over groups that do not differ.

    That is, by less than Nemenyi's critical difference; after Demšar (2006), figure 1. Over
    several problems the ranks are those over all of them. The ending of the path says the format.
    """
    require_diagram(results, path)
    test = [one for one in results.overall if one.critical_difference][-1]
    assert test.mean_ranks is not None
    assert test.critical_difference is not None
    ranks = sorted(test.mean_ranks.items(), key=lambda item: item[1])
    bars = [
        (ranks[first][1], ranks[last][1])
        for first, last in alike([rank for _, rank in ranks], test.critical_difference)
    ]
    # A figure of its own, not pyplot's: nothing global is touched.
    lowest = -_BAR * (len(bars) + 1) - _LINE * ((len(ranks) + 1) // 2)
    figure = import_module("matplotlib.figure").Figure(figsize=(4.2, _INCHES * (_TOP - lowest)))
    _canvas_class()(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_ylim(lowest, _TOP)
    axes.set_axis_off()
    _draw_axis(axes, len(ranks), test.critical_difference)
    for i, (first, last) in enumerate(bars, 1):
        axes.plot([first - 0.03, last + 0.03], [-_BAR * i] * 2, color="black", linewidth=4)
    _draw_names(axes, ranks, top=-_BAR * (len(bars) + 1) - _LINE / 2)
    # The names stand outside the axes; the picture is as large as they need.
    try:
        figure.savefig(path, dpi=200, bbox_inches="tight")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None


def alike(ranks: Sequence[float], difference: float) -> Iterator[tuple[int, int]]:
    """First and last of the groups that do not differ, each as large as can be.

    ``ranks`` are in ascending order.
    """
    reach = -1
    for first, rank in enumerate(ranks):
        last = max(i for i, other in enumerate(ranks) if other - rank < difference)
        if last > first and last > reach:
            yield first, last
            reach = last


def _draw_axis(axes: Any, groups: int, difference: float) -> None:
    """The axis of ranks, and above it the critical difference as a length."""
    axes.set_xlim(0.2, groups + 0.8)
    axes.plot([1, groups], [0, 0], color="black", linewidth=1)
    for rank in range(1, groups + 1):
        axes.plot([rank, rank], [0, 0.18], color="black", linewidth=1)
        axes.text(rank, 0.28, str(rank), ha="center", va="bottom", fontsize=10)
    end = 1 + difference
    style = {"color": "black", "linewidth": 1.5, "clip_on": False}
    axes.plot([1, end], [1.15, 1.15], **style)
    for place in (1, end):
        axes.plot([place, place], [1.05, 1.25], **style)
    axes.text((1 + end) / 2, 1.3, f"CD = {difference:.2f}", ha="center", va="bottom", fontsize=10)


def _draw_names(axes: Any, ranks: Sequence[tuple[str, float]], top: float) -> None:
    """The names with lines to their ranks: the better half on the left, the others right."""
    left, right = 0.9, len(ranks) + 0.1
    half = (len(ranks) + 1) // 2
    for i, (name, rank) in enumerate(ranks):
        on_left = i < half
        line = i if on_left else len(ranks) - 1 - i
        height, edge = top - _LINE * line, left if on_left else right
        axes.plot([rank, rank, edge], [0, height, height], color="black", linewidth=0.8)
        text = f"{name}  {rank:.2f}" if on_left else f"{rank:.2f}  {name}"
        axes.text(
            edge + (-0.05 if on_left else 0.05),
            height,
            text,
            ha="right" if on_left else "left",
            va="center",
            fontsize=10,
            parse_math=False,
        )


def _canvas_class() -> Any:
    """Matplotlib's canvas that needs no display."""
    try:
        return import_module("matplotlib.backends.backend_agg").FigureCanvasAgg
    except ImportError:
        raise MissingPackage(
            "--plot needs the package matplotlib, which is not installed; "
            'install it with: pip install "gegp[report]"'
        ) from None
