"""``alogos``: aLogos' grammars, in which white space separates tokens and is dropped."""

from __future__ import annotations

from typing import ClassVar

from gegp.grammar.dialects.base import BnfReader, Dialect, Piece, parser
from gegp.grammar.draft import Part


class AlogosReader(BnfReader):
    """Terminals are bare or quoted; an empty alternative is the empty text."""

    dialect = "alogos"
    faults: ClassVar[dict[str, str]] = {
        "BROKEN": "broken",
        "UNCLOSED": "unclosed",
        "LONE": "lone",
        "STRAY": "stray",
    }

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "QUOTED":
            return self.terminal(piece, piece.text[1:-1])
        return super().part(piece)


ALOGOS = Dialect(
    "alogos",
    "aLogos: white space separates and is dropped, terminals are bare or quoted",
    parser("alogos.lark", AlogosReader),
    again="merge",
)
