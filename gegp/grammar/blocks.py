"""Blocks of Python code in programs: ``{:`` indents, ``:}`` dedents, ``{::}`` ends a line.

BNF cannot count the blanks of an indentation, so the grammars of PonyGE2 and of sge for
Python programs write these marks, and the program is laid out after it was derived.
"""

from __future__ import annotations

import re

INDENT, DEDENT, LINE_END = "{:", ":}", "{::}"
UNIT = "    "

_MARK = re.compile(r"\{::\}|\{:|:\}|\n")


def has_blocks(text: str) -> bool:
    """Whether a text holds a mark."""
    return INDENT in text or DEDENT in text


def split_marks(text: str) -> list[str]:
    """Text and marks in turn: text first and last, possibly empty; a line break is a LINE_END."""
    pieces, end = [], 0
    for mark in _MARK.finditer(text):
        pieces += [text[end : mark.start()], LINE_END if mark[0] == "\n" else mark[0]]
        end = mark.end()
    return [*pieces, text[end:]]


def next_level(level: int, mark: str) -> int:
    """The level of indentation behind a mark; it never falls below 0."""
    return max(level + {INDENT: 1, DEDENT: -1, LINE_END: 0}[mark], 0)


def lay_out(text: str) -> str:
    """Text with marks as lines of code, indented by four blanks a level, without empty ones."""
    pieces = split_marks(text)
    lines, level = [pieces[0].strip()], 0
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        level = next_level(level, mark)
        if piece.strip():
            lines.append(UNIT * level + piece.strip())
    return "\n".join(line for line in lines if line)
