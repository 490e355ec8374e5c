"""What the readers of the dialects share: from Lark's tokens to a draft of the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple, cast

from lark import Lark, Token

from gegp.grammar.blocks import has_blocks
from gegp.grammar.draft import Alternative, Draft, DraftRule, Part
from gegp.grammar.messages import Defect, defect


class Dialect(NamedTuple):
    """A way to write grammars.

    ``again`` is what a second definition of a name means: an error, nothing (the first
    one wins), or more alternatives. ``keeps_quotes`` says that quotes are text.
    """

    name: str
    summary: str
    read: Callable[[str], Draft]
    again: Literal["error", "first", "merge"] = "error"
    keeps_quotes: bool = False


class Piece(NamedTuple):
    """A token of an alternative, whose text may be trimmed."""

    type: str
    text: str
    line: int
    column: int

    @property
    def place(self) -> tuple[int, int]:
        """Its line and column."""
        return self.line, self.column


BARE = ("TEXT", "NEWLINE")
"""The types of tokens whose white space is trimmed at the ends of an alternative."""


class BnfReader:
    """Lark's callbacks for BNF with bracketed names. A dialect overrides what differs in it.

    A rule arrives as its head, then alternatives (lists of tokens) and the bars between
    them. Without state: parsers are made once and shared.
    """

    dialect = ""
    faults: ClassVar[
        dict[str, str]
    ] = {}  # the types of tokens that cannot be right, and their defects

    def alternative(self, tokens: list[Token]) -> list[Token]:
        """Kept as tokens until the rule's name is known."""
        return tokens

    preamble = alternative

    def rule(self, children: Sequence[Any]) -> tuple[DraftRule, list[Defect]]:
        """A rule, and what is wrong in it."""
        head, *rest = children
        line, column = _start(head)
        name = head[head.index("<") + 1 : head.index(">")]
        alternatives: list[Alternative] = []
        defects: list[Defect] = []
        mark = Piece("HEAD", "", line, column)
        for child in rest:
            if isinstance(child, Token):
                mark = Piece(child.type, child, *_start(child))
                continue
            pieces = trimmed([Piece(t.type, str(t), t.line or 1, t.column or 1) for t in child])
            defects += [self._fault(piece) for piece in pieces if piece.type in self.faults]
            alternatives += self.read(pieces, name, mark, defects)
        return DraftRule(name, line, column, tuple(alternatives)), defects

    def read(
        self, pieces: list[Piece], name: str, mark: Piece, defects: list[Defect]
    ) -> list[Alternative]:
        """The alternative that trimmed tokens stand for; ``mark`` is what stands before it."""
        place = pieces[0] if pieces else mark
        parts = tuple(self.part(piece) for piece in pieces if piece.type not in self.faults)
        return [Alternative(parts, place.line, place.column)]

    def part(self, piece: Piece) -> Part:
        """The meaning of a token."""
        if piece.type == "NON_TERMINAL":
            return Part("name", piece.text[1:-1], piece.line, piece.column)
        return self.terminal(piece, piece.text)

    def terminal(self, piece: Piece, text: str) -> Part:
        """A terminal at the place of a token."""
        return Part("text", text, piece.line, piece.column)

    def start(self, children: Sequence[Any]) -> Draft:
        """The whole file."""
        preamble, *rules = children
        pieces = trimmed([Piece(t.type, str(t), t.line or 1, t.column or 1) for t in preamble])
        defects = [one for _, found in rules for one in found]
        if pieces:
            defects.append(defect(pieces[0].place, "before"))
        elif not rules:
            defects.append(defect((1, 1), "no rule"))
        return Draft(tuple(rule for rule, _ in rules), tuple(defects))

    def _fault(self, piece: Piece) -> Defect:
        kind, fields = self.faults[piece.type], {}
        if kind == "lone":
            fields = {"dialect": self.dialect}
        elif kind == "foreign range":
            fields = {"text": piece.text[1:-1]}
        return defect((piece.line, piece.column), kind, **fields)


class MarkedReader(BnfReader):
    """Reads the marks of Python blocks; a terminal is ``code`` if it holds one as it stands."""

    def terminal(self, piece: Piece, text: str) -> Part:
        """A terminal at the place of a token."""
        kind: Literal["code", "text"] = "code" if has_blocks(piece.text) else "text"
        return Part(kind, text, piece.line, piece.column)


def trimmed(pieces: list[Piece]) -> list[Piece]:
    """The tokens of an alternative without the bare white space at its two ends."""
    first, last = 0, len(pieces)
    while first < last and pieces[first].type in BARE and not pieces[first].text.strip():
        first += 1
    while last > first and pieces[last - 1].type in BARE and not pieces[last - 1].text.strip():
        last -= 1
    result = pieces[first:last]
    if result and result[0].type == "TEXT":
        result[0] = _without_indent(result[0])
    if result and result[-1].type == "TEXT":
        result[-1] = result[-1]._replace(text=result[-1].text.rstrip())
    return result


def _without_indent(piece: Piece) -> Piece:
    text = piece.text.lstrip()
    blanks = piece.text[: len(piece.text) - len(text)]
    lines = blanks.count("\n")
    column = len(blanks) - blanks.rfind("\n") if lines else piece.column + len(blanks)
    return Piece(piece.type, text, piece.line + lines, column)


def parser(grammar: str, reader: type[BnfReader]) -> Callable[[str], Draft]:
    """What reads a text by a Lark grammar of this folder; the parser is made when first used."""

    @lru_cache(maxsize=1)
    def lark() -> Lark:
        return Lark.open(
            grammar, rel_to=__file__, parser="lalr", lexer="basic", transformer=reader()
        )

    return lambda text: cast(Any, lark().parse(text))


def _start(token: Token) -> tuple[int, int]:
    """The place of a token, without the blanks that it begins with."""
    return token.line or 1, (token.column or 1) + len(token) - len(token.lstrip())
