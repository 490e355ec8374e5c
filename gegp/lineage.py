"""Lineage: which individuals of a generation descend from which of the one before."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from gegp.search import State
from gegp.snapshots import write_durably


class Ancestry(NamedTuple):
    """A line of ``lineage.csv``: which positions in the generation before a slot descends from."""

    generation: int
    slot: int
    parents: tuple[int, ...]


def append_lineage(path: Path, state: State) -> None:
    """Write down the lineage of a generation."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with path.open("a", encoding="utf-8", newline="") as file:
        if file.tell() == 0:
            writer.writerow(Ancestry._fields)
        writer.writerows(
            (state.generation, slot, " ".join(map(str, parents)))
            for slot, parents in enumerate(state.parents)
        )
        file.write(text.getvalue())


def read_lineage(path: Path) -> list[Ancestry]:
    """The lineage that was written down; an incomplete last line is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    rows = csv.reader(io.StringIO(text[: text.rfind("\n") + 1]))
    return [
        Ancestry(int(generation), int(slot), tuple(map(int, parents.split())))
        for generation, slot, parents in list(rows)[1:]
    ]


def cut_lineage(path: Path, last: int) -> None:
    """Leave out what is beyond a generation."""
    kept = [row for row in read_lineage(path) if row.generation <= last]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Ancestry._fields)
    writer.writerows((row.generation, row.slot, " ".join(map(str, row.parents))) for row in kept)
    write_durably(path, text.getvalue().encode())
