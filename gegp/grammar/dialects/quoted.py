"""``ponyge`` and ``gegp``: quotes protect, ``#`` comments, rules over several lines."""

from __future__ import annotations

import re
from typing import ClassVar

from gegp.grammar.dialects.base import Dialect, MarkedReader, Piece, parser, trimmed
from gegp.grammar.draft import Alternative, Part
from gegp.grammar.messages import Defect, defect

_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|[0-7]{1,3}"
    r"|[\\'\"abfnrtv])"
)
_COUNT = re.compile(r"GE_RANGE:(\w+)")
_WEIGHT = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


class PonygeReader(MarkedReader):
    """PonyGE2's BNF, but that text outside ASCII stays as it is."""

    faults: ClassVar[dict[str, str]] = {
        "BROKEN": "broken",
        "UNCLOSED": "unclosed",
        "STRAY": "stray",
        "RANGE": "foreign range",
    }

    def read(
        self, pieces: list[Piece], name: str, mark: Piece, defects: list[Defect]
    ) -> list[Alternative]:
        """An alternative; an empty one is dropped, and GE_RANGE is numbers if it is alone."""
        if not pieces:
            return []
        found = _COUNT.fullmatch(pieces[0].text) if pieces[0].type == "TEXT" else None
        if found and len(pieces) == 1:
            place = pieces[0].line, pieces[0].column
            return [Alternative((Part("count", found[1], *place),), *place)]
        return super().read(pieces, name, mark, defects)

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "QUOTED":
            return self.terminal(piece, _unescape(piece.text[1:-1]))
        if piece.type == "NEWLINE":
            return Part("break", piece.text, piece.line, piece.column)
        if piece.type == "TEXT":
            return self.terminal(piece, _unescape(piece.text))
        return super().part(piece)


class GegpReader(PonygeReader):
    """The gegp dialect: no empty alternatives, but number ranges and weights."""

    faults: ClassVar[dict[str, str]] = {
        "BROKEN": "broken",
        "UNCLOSED": "unclosed",
        "STRAY": "stray",
    }

    def read(
        self, pieces: list[Piece], name: str, mark: Piece, defects: list[Defect]
    ) -> list[Alternative]:
        """An alternative with its weight; an empty one is a defect."""
        weight = 1.0
        last = pieces[-1] if pieces else mark
        text, percent, number = last.text.rpartition("%")
        # It stands apart: x%2 and <x>%2 are modulos.
        begins = text[-1:].isspace() or (not text and len(pieces) == 1)
        if last.type == "TEXT" and percent and begins and _WEIGHT.fullmatch(number):
            weight = float(number)
            if not 0 < weight < float("inf"):
                place = last.line, last.column + len(text)
                defects.append(defect(place, "weight", text=number))
            pieces = trimmed([*pieces[:-1], last._replace(text=text)])
        if not pieces:
            defects.append(defect((mark.line, mark.column), "empty", name=name))
            return [Alternative((), mark.line, mark.column)]
        read = super().read(pieces, name, mark, defects)
        return [alternative._replace(weight=weight) for alternative in read]

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "RANGE":
            return Part("range", " ".join(piece.text[1:-1].split()), piece.line, piece.column)
        return super().part(piece)


def _unescape(text: str) -> str:
    """Replaces Python's escapes one by one, so that text outside ASCII stays as it is."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[0].encode("ascii").decode("unicode_escape"), text)


PONYGE = Dialect(
    "ponyge",
    "PonyGE2: quotes protect and are taken off, # comments, rules over several lines",
    parser("quoted.lark", PonygeReader),
)
GEGP = Dialect(
    "gegp",
    'ponyge with number ranges and weights, where the empty text is written ""',
    parser("quoted.lark", GegpReader),
)
