"""Messages about a place in a grammar file: where, what, the line with a caret, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gegp.errors import GrammarError


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong at a place of a grammar file; line and column count from 1."""

    line: int
    column: int
    message: str
    hint: str


def format_defect(defect: Defect, source: str, lines: Sequence[str]) -> str:
    """The defect as it is shown: place and message, source line, caret, hint."""
    text = lines[defect.line - 1] if defect.line <= len(lines) else ""
    # A tab before the place is kept, so that the caret stands under it at any tab width.
    indent = "".join("\t" if character == "\t" else " " for character in text[: defect.column - 1])
    return (
        f"{source}:{defect.line}:{defect.column}: {defect.message}\n"
        f"    {text}\n"
        f"    {indent}^\n"
        f"    hint: {defect.hint}"
    )


def grammar_error(defects: Iterable[Defect], source: str, lines: Sequence[str]) -> GrammarError:
    """The error that shows all the defects of a file in the order of their places."""
    ordered = sorted(set(defects), key=lambda defect: (defect.line, defect.column))
    return GrammarError("\n".join(format_defect(defect, source, lines) for defect in ordered))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that a misspelt one probably means."""
    found = difflib.get_close_matches(name, list(names), n=1)
    return found[0] if found else None
