"""Trails of food: a text with a line for each row of a field, ``#`` for food and ``.`` for none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gegp.errors import SettingsError

SHIPPED = {"santa_fe": 600, "los_altos": 3000}
"""Koza's trails, "Genetic Programming", MIT Press 1992, and the usual numbers of steps for them."""


@dataclass(frozen=True)
class Trail:
    """A field whose opposite sides touch; cells are numbered row by row."""

    food: bytes
    width: int
    height: int

    @property
    def pellets(self) -> int:
        """How many cells have food."""
        return sum(self.food)

    @cached_property
    def ahead(self) -> tuple[int, ...]:
        """For each state the cell in front of the ant.

        A state is four times the cell plus the direction: 0 east, 1 south, 2 west, 3 north.
        """
        moves = ((0, 1), (1, 0), (0, -1), (-1, 0))
        return tuple(
            (row + down) % self.height * self.width + (column + right) % self.width
            for row in range(self.height)
            for column in range(self.width)
            for down, right in moves
        )


def read_trail(name: str) -> Trail:
    """A trail of gegp by name, or that of a file. Raises SettingsError for what is none."""
    path = Path(__file__).with_name(f"{name}.txt") if name in SHIPPED else Path(name).expanduser()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(SHIPPED)
        raise _wrong(f"{name}: expected a text file or one of {known}: {error}") from None
    if not lines or not lines[0]:
        raise _wrong(f"{name}: expected lines of # and ., found an empty file")
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise _wrong(
                f"{name}:{number}: expected {len(lines[0])} cells as in line 1, found {len(line)}"
            )
        strange = line.strip("#.")
        if strange:
            raise _wrong(f"{name}:{number}: expected # and . only, found {strange[0]!r}")
    food = bytes(cell == "#" for line in lines for cell in line)
    if not any(food):
        raise _wrong(f"{name}: there is no food on this trail; mark it with #")
    return Trail(food, len(lines[0]), len(lines))


def _wrong(text: str) -> SettingsError:
    return SettingsError(f"options.trail: {text}")
