"""``sge``: the grammars of SGE's implementations, of AutoLR too. A rule is a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from lark import Token

from gegp.grammar.dialects.base import BnfReader, Dialect, MarkedReader, Piece, parser
from gegp.grammar.draft import Alternative, Draft, Part
from gegp.grammar.messages import Defect, defect

_WORDS = {"le": "<=", "ge": ">=", "l": "<", "g": ">", "eb": "|", "n": "\n"}
_WORD = re.compile(r"\\(le|ge|l|g|eb|n)")


class SgeReader(BnfReader):
    """Quotes and backslashes are text; an empty alternative and ``None`` are the empty text."""

    faults: ClassVar[dict[str, str]] = {"BROKEN": "broken", "STRAY": "stray"}

    def read(
        self, pieces: list[Piece], name: str, mark: Piece, defects: list[Defect]
    ) -> list[Alternative]:
        """An alternative."""
        if len(pieces) == 1 and pieces[0].text == "None":
            return [Alternative((), pieces[0].line, pieces[0].column)]
        return super().read(pieces, name, mark, defects)

    def start(self, children: Sequence[Any]) -> Draft:
        """The whole file; a line that is no rule is a defect."""
        rules = [child for child in children if not isinstance(child, Token)]
        stray = [child for child in children if isinstance(child, Token) and child.strip()]
        draft = super().start([[], *rules]) if rules or not stray else Draft(())
        lines = [_no_definition(line) for line in stray]
        return draft._replace(defects=(*draft.defects, *lines))


class PythonSgeReader(SgeReader, MarkedReader):
    """``.pybnf`` files: backslash words for what BNF cannot hold, and marks of blocks."""

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "TEXT":
            return self.terminal(piece, _WORD.sub(lambda word: _WORDS[word[1]], piece.text))
        return super().part(piece)


def _no_definition(line: Token) -> Defect:
    column = len(line) - len(line.lstrip()) + 1
    return defect((line.line or 1, column), "no definition")


def _lines(reader: type[BnfReader]) -> Any:
    read = parser("sge.lark", reader)
    # Every rule ends at a line end, the last one too.
    return lambda text: read(text + "\n")


SGE = Dialect(
    "sge",
    "SGE and AutoLR: a rule is a line, quotes are text, None is the empty text",
    _lines(SgeReader),
    again="first",
    keeps_quotes=True,
)
PYTHON_SGE = SGE._replace(read=_lines(PythonSgeReader))
