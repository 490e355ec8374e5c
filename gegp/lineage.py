"""Lineage: which individuals of a generation descend from which of the one before."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gegp.csv_files import Line, csv_bytes, read_lines
from gegp.durable import append, set_aside, write_durably
from gegp.search import State


class Ancestry(NamedTuple):
    """A line of ``lineage.csv``: which positions in the generation before a slot descends from."""

    generation: int
    slot: int
    parents: tuple[int, ...]


class Lineage(NamedTuple):
    """The rows that are sound, the lines that are damaged, and a torn end."""

    rows: list[Ancestry]
    damaged: list[Line]
    torn: bytes


def append_lineage(path: Path, state: State) -> None:
    """Write down the lineage of a generation."""
    new = not path.exists() or path.stat().st_size == 0
    rows = [Ancestry(state.generation, *one) for one in enumerate(state.parents)]
    append(path, csv_bytes([Ancestry._fields] * new + [_texts(row) for row in rows]))


def read_lineage(path: Path) -> list[Ancestry]:
    """The lineage that was written down; damaged lines are left out."""
    return look_at_lineage(path).rows


def look_at_lineage(path: Path) -> Lineage:
    """The lineage with what is damaged of it."""
    whole, torn = read_lines(path)
    rows, damaged = [], []
    for line in whole:
        row = _row(line.fields)
        if row:
            rows.append(row)
        elif line.number > 1 or line.fields != list(Ancestry._fields):
            damaged.append(line)
    return Lineage(rows, damaged, torn)


def cut_lineage(path: Path, last: int) -> None:
    """Leave out what is beyond a generation; damaged lines are set aside."""
    lineage = look_at_lineage(path)
    if lineage.damaged:
        set_aside(path, b"\n".join(line.raw for line in lineage.damaged))
    kept = [_texts(row) for row in lineage.rows if row.generation <= last]
    write_durably(path, csv_bytes([Ancestry._fields, *kept]))


def _texts(row: Ancestry) -> tuple[int, int, str]:
    return row.generation, row.slot, " ".join(map(str, row.parents))


def _row(fields: list[str]) -> Ancestry | None:
    try:
        generation, slot, parents = fields
        row = Ancestry(int(generation), int(slot), tuple(map(int, parents.split())))
    except ValueError:
        return None
    return row if min(row.generation, row.slot, *row.parents) >= 0 else None
