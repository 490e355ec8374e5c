"""A comparison of groups as tables of text, Markdown or LaTeX, as CSV, and for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from gegp.comparing import Comparison, Test, Typical, magnitude
from gegp.csv_files import csv_bytes
from gegp.tables import Table

ENDINGS = {".txt": "text", ".md": "markdown", ".csv": "csv", ".tex": "latex", ".json": "json"}


def formatted(found: Comparison, format: str) -> str:
    """The comparison as ``text``, ``markdown``, ``latex`` or ``csv``."""
    if format == "csv":
        return csv_bytes(_csv_rows(found)).decode()
    groups = Table(
        [
            "group",
            "runs",
            f"median {found.objective}",
            "quartiles",
            "95 % of the median",
            "reached",
        ],
        [_group_cells(one) for one in found.groups],
    )
    tests = Table(
        ["a", "b", "p", "p (Holm)", "A12", "effect"],
        [_test_cells(one) for one in found.tests],
        texts=2,
        notes=list(_notes(found)),
    )
    parts = [getattr(table, format)() for table in (groups, tests)]
    return "\n".join(parts)


def as_dict(found: Comparison) -> dict[str, Any]:
    """The comparison as JSON holds it; None in place of what is infinite."""
    overall = asdict(found.overall) if found.overall else None
    return {
        "objective": found.objective,
        "groups": [
            {
                "name": one.group.name,
                "runs": len(one.group.values),
                "median": _finite(one.median),
                "iqr": [_finite(value) for value in one.iqr],
                "interval": [_finite(value) for value in one.interval],
                "reached": one.group.reached,
                "failed": one.group.failed,
                "unfinished": one.group.unfinished,
            }
            for one in found.groups
        ],
        "overall": overall,
        "tests": [asdict(test) for test in found.tests],
        "notes": list(found.notes),
        "conclusion": found.conclusion,
    }


def _group_cells(one: Typical) -> list[str]:
    runs = len(one.group.values)
    reached = "–" if one.group.reached is None else f"{one.group.reached} of {runs}"
    pairs = [f"{_number(low)} to {_number(high)}" for low, high in (one.iqr, one.interval)]
    return [one.group.name, str(runs), _number(one.median), *pairs, reached]


def _test_cells(test: Test) -> list[str]:
    p_values = [_p(test.p), _p(test.p_holm)]
    return [test.a, test.b, *p_values, f"{test.a12:.2f}", magnitude(test.a12)]


def _notes(found: Comparison) -> Iterator[str]:
    yield from found.notes
    for one in found.groups:
        if one.group.unfinished:
            yield f"{one.group.name}: {one.group.unfinished} runs are not finished."
        if one.group.failed:
            yield f"{one.group.name}: in {one.group.failed} runs no candidate could be evaluated."
    if found.overall:
        yield f"All groups: {found.overall.test}, p = {_p(found.overall.p)}."
        if found.overall.critical_difference is not None:
            names = [one.group.name for one in found.groups]
            ranks = zip(names, found.overall.ranks, strict=True)
            listed = ", ".join(f"{name} {rank:.2f}" for name, rank in ranks)
            difference = found.overall.critical_difference
            yield f"Mean ranks: {listed}; critical difference {difference:.2f} (Nemenyi, 0.05)."
    yield "A12: the probability that a run of a is better than one of b."
    yield found.conclusion


def _csv_rows(found: Comparison) -> list[Sequence[Any]]:
    table = as_dict(found)
    columns = ["name", "runs", "median", "iqr", "interval", "reached", "failed", "unfinished"]
    heads = [head for name in columns for head in _heads(name)]
    rows: list[Sequence[Any]] = [heads]
    for group in table["groups"]:
        cells = (group[name] for name in columns)
        rows.append([x for cell in cells for x in (cell if isinstance(cell, list) else [cell])])
    rows += [[], list(table["tests"][0])]
    rows += [list(test.values()) for test in table["tests"]]
    return rows


def _heads(name: str) -> list[str]:
    return [f"{name}_low", f"{name}_high"] if name in ("iqr", "interval") else [name]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "failed"


def _p(value: float) -> str:
    return f"{value:.1e}" if 0 < value < 0.001 else f"{value:.3f}"
