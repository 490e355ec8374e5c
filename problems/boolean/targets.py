"""Boolean functions to find: for each the names of its inputs and its truth table.

Koza, "Genetic Programming", MIT Press 1992, chapters 7 and 20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .functions import tables


@dataclass(frozen=True)
class Target:
    """The truth table of a function, as an integer, and those of its inputs by name."""

    inputs: dict[str, int]
    table: int

    @property
    def rows(self) -> int:
        """The number of rows of the truth table."""
        return 1 << len(self.inputs)


def multiplexer(addresses: int) -> Target:
    """The value of the data input that the address inputs select; a0 is the lowest bit."""
    data = 1 << addresses
    names = [*(f"a{i}" for i in range(addresses)), *(f"d{i}" for i in range(data))]

    def selected(row: int) -> int:
        return row >> addresses + row % data & 1

    return _target(names, selected)


def parity(inputs: int) -> Target:
    """1 if an even number of inputs is 1."""
    return _target([f"d{i}" for i in range(inputs)], lambda row: 1 - row.bit_count() % 2)


def majority(inputs: int) -> Target:
    """1 if more than half of the inputs are 1."""
    return _target([f"d{i}" for i in range(inputs)], lambda row: int(2 * row.bit_count() > inputs))


def _target(names: list[str], value: Callable[[int], int]) -> Target:
    table = sum(value(row) << row for row in range(1 << len(names)))
    return Target(dict(zip(names, tables(len(names)), strict=True)), table)


TARGETS: dict[str, Callable[[], Target]] = {
    "multiplexer6": lambda: multiplexer(2),
    "multiplexer11": lambda: multiplexer(3),
    "parity3": lambda: parity(3),
    "parity4": lambda: parity(4),
    "parity5": lambda: parity(5),
    "majority5": lambda: majority(5),
}
