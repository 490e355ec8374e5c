"""The results of an assessment as a table, and as lines of comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from gegp.assessment_results import Comparison, Results, Row, mean_and_deviation
from gegp.tables import Table, figure

FORMATS = ("text", "markdown", "csv", "latex")


def formatted(results: Results, format: str) -> str:
    """The results in one of FORMATS."""
    if format == "csv":
        return _csv(results)
    table = _table(results)
    return {"text": table.text, "markdown": table.markdown, "latex": table.latex}[format]()


def _table(results: Results) -> Table:
    measures = _measures(results)
    published = ["published"] if results.published else []
    first = results.measures[:1]
    rest = [name for name in measures if name not in first]
    tests = ["p", "p (Holm)", "A12"] if results.comparisons else []
    rows = []
    for row in results.rows:
        cells = [row.scenario, row.policy, row.split]
        cells += [_cell(row.measures.get(name, ()), len(row.failed)) for name in first]
        cells += [_published(results, row) for _ in published]
        cells += [_cell(row.measures.get(name, ())) for name in rest]
        found = _comparison(results, row) if tests else None
        cells += [
            _test(getattr(found, name, None)) for name in ("p", "p_holm", "a12")[: len(tests)]
        ]
        rows.append(cells)
    for (scenario, policy, split), figures in _only_published(results):
        dashes = ["–"] * (len(rest) + len(tests))
        rows.append([scenario, policy, split, *["–" for _ in first], _pair(*figures), *dashes])
    rows.sort(key=lambda cells: _scenarios(results).index(cells[0]))
    headings = ["scenario", "program", "split", *first, *published, *rest, *tests]
    return Table(headings, rows, texts=3, notes=list(_notes(results)))


def _csv(results: Results) -> str:
    """A line a row, with numbers as they are: empty where there is none."""
    measures = _measures(results)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    headings = ["scenario", "policy", "split", "repeats", "failed"]
    headings += [f"{name}_{what}" for name in measures for what in ("mean", "sd")]
    writer.writerow([*headings, "published_mean", "published_sd", "p", "p_holm", "a12"])
    for row in results.rows:
        values: list[Any] = [row.scenario, row.policy, row.split]
        values += [max(map(len, row.measures.values()), default=0), len(row.failed)]
        for name in measures:
            values += mean_and_deviation(row.measures.get(name, ()))
        values += results.published.get((row.scenario, row.policy, row.split), (None, None))
        found = _comparison(results, row)
        values += [getattr(found, name, None) for name in ("p", "p_holm", "a12")]
        writer.writerow(values)
    for (scenario, policy, split), figures in _only_published(results):
        nothing = [None] * (2 + 2 * len(measures))
        writer.writerow([scenario, policy, split, *nothing, *figures, None, None, None])
    return text.getvalue()


def _notes(results: Results) -> Iterator[str]:
    failed = {
        f"failed: scenario {row.scenario}, {row.policy}, repeat {repeat}: {why}": None
        for row in results.rows
        for repeat, why in row.failed.items()
    }
    yield from failed
    if results.comparisons:
        yield (
            f"p, A12: {' and '.join(results.measures)} against {results.comparisons[0].baseline}, "
            "two-sided Mann–Whitney test (exact; Holm: adjusted for the programs of a scenario "
            "and split), and the probability that a value is above one of the baseline's."
        )
    if results.source:
        yield results.source


def _measures(results: Results) -> list[str]:
    return list(dict.fromkeys(name for row in results.rows for name in row.measures))


def _scenarios(results: Results) -> list[str]:
    return list(dict.fromkeys(row.scenario for row in results.rows))


def _only_published(
    results: Results,
) -> Iterator[tuple[tuple[str, str, str], tuple[float, float]]]:
    """Published figures of the scenarios at hand for which there are none of ours."""
    own = {(row.scenario, row.policy, row.split) for row in results.rows}
    for place, figures in results.published.items():
        if place not in own and place[0] in _scenarios(results):
            yield place, figures


def _comparison(results: Results, row: Row) -> Comparison | None:
    """The comparison of a row's first measure."""
    place = (row.scenario, row.policy, row.split, *results.measures[:1])
    for one in results.comparisons:
        if (one.scenario, one.policy, one.split, one.measure) == place:
            return one
    return None


def _published(results: Results, row: Row) -> str:
    figures = results.published.get((row.scenario, row.policy, row.split))
    return _pair(*figures) if figures else "–"


def _cell(values: Sequence[float | None], failed: int = 0) -> str:
    mean, deviation = mean_and_deviation(values)
    if all(isinstance(value, int | None) for value in values):
        text = _whole(mean, deviation)
    else:
        text = _pair(mean, deviation)
    return f"{text} ({failed} failed)" if failed else text


def _whole(mean: float | None, deviation: float | None) -> str:
    """Mean and deviation of whole numbers."""
    if mean is None:
        return "–"
    return f"{mean:.1f} ± {deviation:.1f}" if deviation else f"{mean:.0f}"


def _pair(mean: float | None, deviation: float | None) -> str:
    """Mean and deviation, with three decimals where that suits them."""
    if mean is None:
        return "–"
    small = mean == 0 or 0.001 <= abs(mean) < 10
    numbers = [mean] if deviation is None else [mean, deviation]
    return " ± ".join(f"{number:.3f}" if small else figure(number) for number in numbers)


def _test(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if 0 < value < 0.001 else f"{value:.3f}"
