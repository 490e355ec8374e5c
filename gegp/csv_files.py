"""Tables as CSV files that are read line by line: a damaged line costs that line alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Line(NamedTuple):
    """A line of a file: its number from 1, its bytes, and its fields; none if it cannot be read."""

    number: int
    raw: bytes
    fields: list[str]


class Lines(NamedTuple):
    """The whole lines of a file, and what stands behind the last line break."""

    whole: list[Line]
    torn: bytes


def read_lines(path: Path) -> Lines:
    """The lines of a file; none if it is not there."""
    data = path.read_bytes() if path.exists() else b""
    end = data.rfind(b"\n") + 1
    whole = data[:end].split(b"\n")[:-1]
    return Lines([Line(i, raw, _fields(raw)) for i, raw in enumerate(whole, 1)], data[end:])


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as lines of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def line_numbers(numbers: Sequence[int]) -> str:
    """Lines for a reader, the first ten of them: ``line 3``, ``lines 3, 5, …``."""
    shown = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
    return f"line{'s' * (len(numbers) > 1)} {shown}"


def _fields(raw: bytes) -> list[str]:
    try:
        rows = list(csv.reader([raw.decode()], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return []
    return rows[0] if rows else []
