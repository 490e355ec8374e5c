"""``generations.csv``: a row a generation, to look at and to sum up the time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import msgspec

from gegp.csv_files import Line, csv_bytes, read_lines
from gegp.durable import append, set_aside, write_durably
from gegp.statistics import Row

HISTORY = "generations.csv"


class History(NamedTuple):
    """The rows that are sound, the lines that are damaged, and a torn end."""

    rows: list[Row]
    damaged: list[Line]
    torn: bytes


def read_history(directory: Path) -> History:
    """The table of a run directory; empty if there is none."""
    whole, torn = read_lines(directory / HISTORY)
    if not whole:
        return History([], [], torn)
    columns = whole[0].fields
    damaged = []
    if not set(columns) <= set(Row.__struct_fields__) or "generation" not in columns:
        damaged, columns = [whole[0]], list(Row.__struct_fields__)
    rows: list[Row] = []
    for line in whole[1:]:
        row = _row(columns, line.fields)
        if row and row.generation > (rows[-1].generation if rows else -1):
            rows.append(row)
        else:
            damaged.append(line)
    return History(rows, damaged, torn)


def read_rows(directory: Path) -> list[Row]:
    """The rows of the table that are sound."""
    return read_history(directory).rows


def append_row(directory: Path, row: Row) -> None:
    """Add a generation to the table."""
    path = directory / HISTORY
    new = not path.exists() or path.stat().st_size == 0
    append(path, csv_bytes([Row.__struct_fields__] * new + [msgspec.structs.astuple(row)]))


def cut_history(directory: Path, history: History, last: int) -> None:
    """Write the table anew: what is sound, up to a generation. Damaged lines are set aside."""
    path = directory / HISTORY
    if history.damaged:
        set_aside(path, b"\n".join(line.raw for line in history.damaged))
    rows = [msgspec.structs.astuple(row) for row in history.rows if row.generation <= last]
    write_durably(path, csv_bytes([Row.__struct_fields__, *rows]))


def _row(columns: list[str], fields: list[str]) -> Row | None:
    if len(fields) != len(columns):
        return None
    values = {name: text or None for name, text in zip(columns, fields, strict=True)}
    try:
        row = msgspec.convert(values, Row, strict=False)
    except msgspec.ValidationError:
        return None
    numbers = [value for value in msgspec.structs.astuple(row) if value is not None]
    return row if row.generation >= 0 and all(map(math.isfinite, numbers)) else None
