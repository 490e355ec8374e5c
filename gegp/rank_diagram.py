"""The diagram of mean ranks in which groups that do not differ are joined.

J. Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", Journal of Machine
Learning Research 7, 2006.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gegp.comparing import Comparison
from gegp.errors import InputError, MissingPackage


def draw_ranks(found: Comparison, path: Path) -> None:
    """Draw mean ranks of paired groups into a file, PNG, SVG or PDF by its ending.

    Raises InputError if there are none, or the file cannot be written, and MissingPackage if
    matplotlib is not there.
    """
    if not found.overall or found.overall.critical_difference is None:
        raise InputError("mean ranks are of three groups or more with --paired; here are none")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingPackage(
            "to draw needs the package matplotlib, which is not installed; "
            'install it with: pip install "gegp[report]"'
        ) from None
    ranked = sorted(zip(found.overall.ranks, (one.group.name for one in found.groups), strict=True))
    figure = Figure(figsize=(7, 1.2 + 0.3 * len(ranked)), layout="constrained")
    axes: Any = figure.add_subplot()
    for place, (rank, name) in enumerate(ranked):
        axes.plot([rank, rank], [0, -place - 1], color="grey", linewidth=1)
        axes.plot(rank, 0, "o", color="black")
        axes.annotate(
            f" {name} ({rank:.2f})", (rank, -place - 1), va="center", backgroundcolor="white"
        )
    for height, (first, last) in enumerate(joined(ranked, found.overall.critical_difference), 1):
        axes.plot([first, last], [0.35 * height] * 2, color="black", linewidth=4)
    difference = f"critical difference {found.overall.critical_difference:.2f}"
    axes.set_title(
        f"Mean ranks of {found.objective}, 1 is best; joined: no difference ({difference})"
    )
    axes.title.set_fontsize(9)
    axes.set_xlim(0.9, len(ranked) + 0.9)
    axes.xaxis.set_ticks(range(1, len(ranked) + 1))
    axes.yaxis.set_visible(False)
    axes.spines[["left", "right", "top"]].set_visible(False)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be drawn: {error}") from None


def joined(ranked: list[tuple[float, str]], difference: float) -> list[tuple[float, float]]:
    """The longest stretches of ranks that differ by less than the critical difference."""
    ranks = [rank for rank, _ in ranked]
    stretches: list[tuple[float, float]] = []
    for first in ranks:
        last = max(rank for rank in ranks if rank - first < difference)
        if last > first and not (stretches and stretches[-1][1] >= last):
            stretches.append((first, last))
    return stretches
