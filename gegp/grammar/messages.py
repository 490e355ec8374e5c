"""Messages about places in a grammar file: where, what, the line with a caret, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gegp.errors import GrammarError
from gegp.grammar.catalogue import DEFECTS, WARNINGS, Message


class Defect(NamedTuple):
    """A kind of message at a place; line and column count from 1."""

    line: int
    column: int
    kind: str
    fields: tuple[tuple[str, str | int], ...] = ()

    @property
    def _message(self) -> Message:
        return DEFECTS.get(self.kind) or WARNINGS[self.kind]

    @property
    def message(self) -> str:
        """What is wrong: what was expected and what was found."""
        return self._message.text.format(**dict(self.fields))

    @property
    def hint(self) -> str:
        """What to do."""
        return self._message.hint.format(**dict(self.fields))


def defect(place: tuple[int, int], kind: str, **fields: str | int) -> Defect:
    """A defect at a line and a column."""
    return Defect(*place, kind, tuple(fields.items()))


_MOST_SHOWN = 100
_WINDOW = 120


def format_defect(one: Defect, source: str, lines: Sequence[str]) -> str:
    """The defect as it is shown: place and message, source line, caret, hint.

    Of a very long line the part around the place is shown.
    """
    text = lines[one.line - 1] if one.line <= len(lines) else ""
    first = max(one.column - 1 - _WINDOW // 2, 0) if len(text) > _WINDOW else 0
    before = text[first : one.column - 1]
    # A tab before the place is kept, so that the caret stands under it at any tab width.
    indent = "".join("\t" if character == "\t" else " " for character in before)
    return (
        f"{source}:{one.line}:{one.column}: {one.message}\n"
        f"    {text[first : first + _WINDOW]}\n"
        f"    {indent}^\n"
        f"    hint: {one.hint}"
    )


def grammar_error(
    defects: Iterable[Defect], source: str, lines: Sequence[str], note: str = ""
) -> GrammarError:
    """The error that shows the defects of a file in the order of their places."""
    ordered = sorted(set(defects))
    shown = [format_defect(one, source, lines) for one in ordered[:_MOST_SHOWN]]
    if len(ordered) > len(shown):
        shown.append(f"and {len(ordered) - len(shown)} more")
    return GrammarError("\n".join([*shown, *([note] if note else [])]))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that a misspelt one probably means."""
    found = difflib.get_close_matches(name, list(names), n=1)
    return found[0] if found else None
