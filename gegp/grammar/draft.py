"""What a dialect's reader makes of a file: rules with their places, before anything is checked."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gegp.grammar.messages import Defect


class Part(NamedTuple):
    """A piece of an alternative; line and column count from 1.

    ``text``, ``break`` and ``code`` are terminals: a line break of the file, and text with
    marks of Python blocks, are kept apart; ``name``
    refers to a rule; ``range`` is a number range such as ``int 1..9``; ``count`` is what
    follows ``GE_RANGE:``.
    """

    kind: Literal["text", "break", "code", "name", "range", "count"]
    text: str
    line: int
    column: int

    @property
    def place(self) -> tuple[int, int]:
        """Its line and column."""
        return self.line, self.column


class Alternative(NamedTuple):
    """A production as it stands in the file."""

    parts: tuple[Part, ...]
    line: int
    column: int
    weight: float = 1.0

    @property
    def place(self) -> tuple[int, int]:
        """Its line and column."""
        return self.line, self.column


class DraftRule(NamedTuple):
    """A rule as it stands in the file; the name without brackets."""

    name: str
    line: int
    column: int
    alternatives: tuple[Alternative, ...]

    @property
    def place(self) -> tuple[int, int]:
        """Its line and column."""
        return self.line, self.column


class Draft(NamedTuple):
    """A file's rules in their order, and what its reader found wrong."""

    rules: tuple[DraftRule, ...]
    defects: tuple[Defect, ...] = ()
