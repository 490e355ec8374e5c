"""Charts of how runs went: convergence, diversity, size, work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from gegp.reports.chart import Chart, Series
from gegp.runs import Run
from gegp.samples import quartiles

History = Sequence[Mapping[str, Any]]
"""The rows of ``generations.csv``, as ``Run.history`` gives them."""

Reading = Callable[[History], Sequence[float | None]]
"""A value for each generation of a run."""


def history_charts(groups: Mapping[str, Sequence[Run]]) -> Iterator[Chart]:
    """The charts over the generations; of several groups one line each."""
    histories = {
        name: [run.history for run in runs if run.history] for name, runs in groups.items()
    }
    histories = {name: found for name, found in histories.items() if found}
    if not histories:
        return
    first = next(iter(groups.values()))[0]
    yield _convergence(histories, first)
    yield _spread_chart(
        "Diversity", "different programs", histories, _share_distinct(first), "share"
    )
    yield _spread_chart("Depth", "mean depth, in non-terminals", histories, _column("depth_mean"))
    yield _spread_chart("Size", "mean size, in used codons", histories, _column("size_mean"))
    yield _work(histories)


def front_chart(groups: Mapping[str, Sequence[Run]]) -> Iterator[Chart]:
    """With two objectives, the programs of each run that no other dominates."""
    runs = [run for found in groups.values() for run in found]
    if len(runs[0].problem.weights) != 2:
        return
    first, second = runs[0].problem.objective_names
    series = []
    for name, found in groups.items():
        values = sorted(
            {tuple(one.fitness.values) for run in found if run.state for one in run.front}
        )
        xs, ys = [value[0] for value in values], [value[1] for value in values]
        series.append(Series(name, xs, ys, style="points"))
    yield Chart(
        "Trade-off",
        first,
        second,
        series,
        caption="Programs that no other of their run's last generation beats in both objectives.",
    )


def _convergence(histories: Mapping[str, Sequence[History]], run: Run) -> Chart:
    name, weight = run.problem.objective_names[0], run.problem.weights[0]
    best = _best_so_far(weight)
    series = [one for group, found in histories.items() for one in _spread(group, found, best)]
    if len(histories) == 1:
        (found,) = histories.values()
        (of_populations,) = _spread(
            "median of the population", found, _column("median"), thin=False
        )
        series.append(Series(of_populations.name, of_populations.x, of_populations.y, style="grey"))
    better = "higher is better" if weight > 0 else "lower is better"
    return Chart(
        "Convergence",
        "generation",
        f"best {name} so far ({better})",
        series,
        caption=_spread_caption(histories),
    )


def _spread_chart(
    title: str,
    label: str,
    histories: Mapping[str, Sequence[History]],
    reading: Reading,
    unit: str = "",
) -> Chart:
    series = [
        one
        for group, found in histories.items()
        for one in _spread(group, found, reading, thin=False)
    ]
    label = f"{label} ({unit})" if unit else label
    return Chart(title, "generation", label, series, caption=_spread_caption(histories))


def _work(histories: Mapping[str, Sequence[History]]) -> Chart:
    """What was evaluated in each generation, and what was known already."""
    kinds = {"evaluated": "evaluated", "from_cache": "known already"}
    series = []
    for group, found in histories.items():
        for column, text in kinds.items():
            name = text if len(histories) == 1 else f"{group}: {text}"
            (one,) = _spread(name, found, _column(column), thin=False)
            series.append(one)
    return Chart(
        "Evaluations",
        "generation",
        "candidates",
        series,
        caption="What is known already is not evaluated again. " + _spread_caption(histories),
    )


def _spread(
    name: str, histories: Sequence[History], reading: Reading, *, thin: bool = True
) -> list[Series]:
    """The median over runs with the band of their quartiles and, if asked for, each run.

    A run that has ended, because it reached its target, say, keeps its last value.
    """
    lines = [list(reading(history)) for history in histories]
    length = max(map(len, lines))
    held = [line + line[-1:] * (length - len(line)) for line in lines]
    middle: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []
    for values in zip(*held, strict=True):
        known = [value for value in values if value is not None]
        below, median, above = quartiles(known) if known else (None, None, None)
        low.append(below)
        middle.append(median)
        high.append(above)
    xs = list(range(length))
    if len(lines) == 1:
        return [Series(name, xs, middle)]
    runs = [
        Series("single runs", list(range(len(line))), line, style="thin")
        for line in (lines if thin else [])
    ]
    return [*runs, Series(name, xs, middle, low, high)]


def _spread_caption(histories: Mapping[str, Sequence[History]]) -> str:
    if all(len(found) == 1 for found in histories.values()):
        return ""
    return (
        "Lines are medians over runs, bands reach from the lower to the upper quartile. "
        "A run that has ended keeps its last value."
    )


def _column(name: str) -> Reading:
    return lambda history: [row[name] for row in history]


def _share_distinct(run: Run) -> Reading:
    size = run.manifest.settings.search.population
    return lambda history: [row["distinct"] / size for row in history]


def _best_so_far(weight: float) -> Reading:
    def better(first: float | None, second: float | None) -> float | None:
        if first is None or second is None:
            return second if first is None else first
        return max(first, second, key=lambda value: value * weight)

    return lambda history: list(accumulate((row["best"] for row in history), better))
