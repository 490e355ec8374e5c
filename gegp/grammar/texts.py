"""Texts as a recogniser sees them: places, and where a terminal leads from a place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Protocol

from gegp.grammar.blocks import UNIT, next_level, split_marks

NOWHERE = -1


class Text(Protocol):
    """A text whose places are numbers."""

    start: int

    def match(self, terminal: str, place: int) -> int:
        """The place behind a terminal, NOWHERE if it does not stand at the place."""

    def is_end(self, place: int) -> bool:
        """Whether the whole text lies before a place."""

    def offset(self, place: int) -> int:
        """The number of characters before a place."""


class PlainText:
    """A text in which every character counts; a place is the number of characters before it."""

    start = 0

    def __init__(self, text: str) -> None:
        self.text = text

    def match(self, terminal: str, place: int) -> int:
        """The place behind a terminal."""
        return place + len(terminal) if self.text.startswith(terminal, place) else NOWHERE

    def is_end(self, place: int) -> bool:
        """Whether the whole text lies before a place."""
        return place == len(self.text)

    def offset(self, place: int) -> int:
        """The number of characters before a place."""
        return place


class BlockText:
    """Indented lines of code, as laid out from a text with marks of blocks.

    A place is a line with a column, and behind a line's end the level of indentation that
    the marks since then have led to, and whether there was a mark at all: only then
    can a next line begin, and only at its own level.
    """

    def __init__(self, lines: list[tuple[int, int, str]], spare_levels: int) -> None:
        # Level of indentation, number of characters before it, and text; a line before the first.
        self._lines = [(0, 0, ""), *lines]
        # Marks without text may lead beyond the deepest line, but not for ever.
        self._highest = max(level for level, _, _ in self._lines) + spare_levels
        self._places: dict[tuple[int, int, int, bool], int] = {}
        self._states: list[tuple[int, int, int, bool]] = []
        self._pieces: dict[str, list[str]] = {}
        self.start = self._place(0, 0, 0, True)

    def match(self, terminal: str, place: int) -> int:
        """The place behind a terminal, which may hold marks."""
        if terminal not in self._pieces:
            self._pieces[terminal] = split_marks(terminal)
        pieces = self._pieces[terminal]
        place = self._text(pieces[0], place)
        for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            if place == NOWHERE:
                break
            line, column, level, _ = self._states[place]
            if column < len(self._lines[line][2]):
                return NOWHERE
            level = next_level(level, mark)
            if level > self._highest:
                return NOWHERE
            place = self._text(piece, self._place(line, column, level, True))
        return place

    def _text(self, piece: str, place: int) -> int:
        """The place behind text without marks."""
        line, column, level, begun = self._states[place]
        if column == len(self._lines[line][2]):
            piece = piece.lstrip()
            if not piece:
                return place
            line, column = line + 1, 0
            if not begun or line == len(self._lines) or level != self._lines[line][0]:
                return NOWHERE
        rest = self._lines[line][2][column:]
        if not rest.startswith(piece):
            if not piece.startswith(rest) or piece[len(rest) :].strip():
                return NOWHERE
            piece = rest
        return self._place(line, column + len(piece), level, False)

    def _place(self, *state: int) -> int:
        line, column, level, begun = state
        key = line, column, level, bool(begun)
        if key not in self._places:
            self._places[key] = len(self._states)
            self._states.append(key)
        return self._places[key]

    def is_end(self, place: int) -> bool:
        """Whether the whole text lies before a place."""
        line, column, _, _ = self._states[place]
        return line == len(self._lines) - 1 and column == len(self._lines[line][2])

    def offset(self, place: int) -> int:
        """The number of characters before a place."""
        line, column, _, _ = self._states[place]
        return self._lines[line][1] + column


def block_texts(text: str, spare_levels: int) -> Iterator[BlockText]:
    """The ways to understand an indentation: by our own unit, and by the unit that is in use.

    ``spare_levels`` is how far beyond the deepest line blocks without text may go.
    """
    lines, before = [], 0
    for line in text.split("\n"):
        code = line.strip()
        if code:
            indent = line[: len(line) - len(line.lstrip())]
            lines.append((len(indent.expandtabs(len(UNIT))), before + len(indent), code))
        before += len(line) + 1
    units = dict.fromkeys((len(UNIT), math.gcd(*(width for width, _, _ in lines)) or len(UNIT)))
    for unit in units:
        if all(width % unit == 0 for width, _, _ in lines):
            levels = [(width // unit, offset, code) for width, offset, code in lines]
            yield BlockText(levels, spare_levels)
