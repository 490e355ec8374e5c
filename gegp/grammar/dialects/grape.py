"""``grape``: GRAPE's grammars, in which white space is a blank and quotes are text."""

from __future__ import annotations

import re
from typing import ClassVar

from gegp.grammar.dialects.base import BnfReader, Dialect, Piece, parser
from gegp.grammar.draft import Part


class GrapeReader(BnfReader):
    """White space inside an alternative is one blank; an empty alternative is the empty text."""

    dialect = "grape"
    faults: ClassVar[dict[str, str]] = {"BROKEN": "broken", "LONE": "lone", "STRAY": "stray"}

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "TEXT":
            return self.terminal(piece, re.sub(r"\s+", " ", piece.text))
        return super().part(piece)


GRAPE = Dialect(
    "grape",
    "GRAPE: white space is one blank, no comments and no quotes",
    parser("grape.lark", GrapeReader),
    keeps_quotes=True,
)
