"""The table of an assessment, from what ``gegp assess --json`` printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gegp.assessment_results import mean_and_deviation
from gegp.errors import InputError
from gegp.reports.tables import Table
from gegp.tables import figure

_PLACE = ("policy", "scenario", "split")


@dataclass(frozen=True)
class Assessment:
    """The rows as a table: means, with the standard deviation where there are several values."""

    table: Table
    note: str


def read_assessment(path: Path) -> Assessment:
    """The assessment in a file. Raises InputError if it is none."""
    try:
        found = msgspec.json.decode(path.read_bytes())
        rows, comparisons = found["rows"], found["comparisons"]
        return _assessment(rows, comparisons)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: expected what gegp assess --json prints, with rows and comparisons: {error!r}"
        ) from None


def _assessment(
    rows: Sequence[Mapping[str, Any]], comparisons: Sequence[Mapping[str, Any]]
) -> Assessment:
    names = {name for row in rows for name, value in row.items() if isinstance(value, list)}
    measures = [name for row in rows[:1] for name in row if name in names - {"failed"}]
    tested = {tuple(one[name] for name in _PLACE): one for one in reversed(comparisons)}
    cells = []
    for row in rows:
        test = tested.get(tuple(row[name] for name in _PLACE), {})
        cells.append(
            [
                row["scenario"],
                row["policy"],
                row["split"],
                *(_mean(row.get(name, [])) for name in measures),
                *(test.get(name) for name in ("p_holm", "a12")),
            ]
        )
    headings = ("scenario", "program", "split", *measures, "p (Holm)", "A12")
    note = f"p and A12 are against {comparisons[0]['baseline']}." if comparisons else ""
    return Assessment(Table(headings, cells), note)


def _mean(values: Sequence[float | None]) -> str | None:
    mean, deviation = mean_and_deviation(values)
    if mean is None:
        return None
    return figure(mean) + (f" ± {deviation:.2g}" if deviation is not None else "")
