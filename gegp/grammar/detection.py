"""Which dialect a file is written in: signs speak for dialects, and the strongest case wins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gegp.grammar.build import build_grammar
from gegp.grammar.dialects.table import DIALECTS, dialects_of
from gegp.grammar.messages import Defect, defect


class Choice(NamedTuple):
    """A dialect and why; a warning where the evidence is even and the meaning is not."""

    dialect: str
    reason: str
    warnings: tuple[Defect, ...] = ()


class Sign(NamedTuple):
    """Something in the file that speaks for some dialects, or against them, with a strength."""

    dialects: tuple[str, ...]
    strength: int
    reason: str


_QUOTED = ("gegp", "ponyge")
_IMPOSSIBLE = -1000
_ALL_QUOTED = "every terminal is quoted, needed or not, and blanks separate"


def detect(text: str, source: str) -> Choice:
    """The dialect of a text; ``source`` is its file's name, whose ending alone decides for EBNF.

    Dialects that agree about a file need no decision: the first of them is taken.
    """
    if source.endswith(".ebnf"):
        return Choice("ebnf", "its name ends in .ebnf")
    if not _BRACKETED_HEAD.search(text) and _BARE_HEAD.search(text):
        return Choice("ebnf", "the names of its rules have no brackets")
    signs = list(_signs(text, source))
    case = dict.fromkeys(DIALECTS, 0)
    for sign in signs:
        for name in sign.dialects:
            case[name] += sign.strength
    chosen = max(case, key=case.__getitem__)
    reason = max(
        (sign for sign in signs if chosen in sign.dialects),
        key=lambda sign: sign.strength,
        default=Sign((), 0, "the default, and nothing in the file speaks for another"),
    ).reason
    # GRAPE and aLogos treat blanks as nobody else: without a sign of them they are no rivals,
    # and where quotes alone speak for aLogos, somebody may have quoted everything.
    rivals = [name for name in case if case[name] == case[chosen] and (case[name] or name == "sge")]
    if reason == _ALL_QUOTED:
        rivals.append("gegp")
    others = [name for name in rivals if name != chosen and _differ(text, source, chosen, name)]
    warning = defect((1, 1), "undecided", dialect=chosen, others=" and ".join(others))
    return Choice(chosen, reason, (warning,) if others else ())


_BRACKETED_HEAD = re.compile(r"^[^\S\n]*<[^<>|\n]+>\s*::=", re.MULTILINE)
_BARE_HEAD = re.compile(r"^[^\S\n]*[^\W\d][\w.\-]*\s*::=", re.MULTILINE)
_RANGE = re.compile(r"<(?:int|float)[^\S\n](?=[^<>|\n]*\.\.)[^<>|\n]*>")
_WEIGHT = re.compile(r"\s%(?:\d+(?:\.\d*)?|\.\d+)\s*(?:\||#|$)", re.MULTILINE)
_COUNT = re.compile(r"(?:\||::=)\s*GE_RANGE:\w+\s*(?:\||#|$)", re.MULTILINE)
_WORD = re.compile(r"(?<!\\)\\(?:eb|[lg]e?)\b")
_NONE = re.compile(r"(?:\||::=)[^\S\n]*None[^\S\n]*(?:\||$)", re.MULTILINE)
_SPACED = re.compile(r"^[^\S\n]*<[^\s<>|]+[^\S\n][^<>|\n]*>\s*::=", re.MULTILINE)
_MARK = re.compile(r"\{:|:\}")
_LONG_RULE = re.compile(r"^(?![^\S\n]*(?:<[^<>|\n]+>\s*::=|$)|#)", re.MULTILINE)
_PIECE = re.compile(
    r"""#[^\n]*|\\[^\n<>|#]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^\s<>|]+>(?:\s*::=\s*)?"""
    r"""|[^\S\n]+|\s*\|\s*|\s+|.""",
    re.DOTALL,
)


def _signs(text: str, source: str) -> Iterator[Sign]:
    marked = (*_QUOTED, "sge") if source.endswith(".pybnf") else _QUOTED
    for pattern, dialects, strength, what in (
        (_RANGE, ("gegp",), 4, "a number range"),
        (_WEIGHT, ("gegp",), 4, "a weight"),
        (_COUNT, ("ponyge",), 3, "GE_RANGE"),
        (_WORD, ("sge",), 3, "a backslash word such as \\le"),
        (_NONE, ("sge",), 2, "None for the empty text"),
        (_SPACED, ("alogos", "sge"), 2, "a name that holds a blank"),
        (_MARK, marked, 1, "a mark of Python blocks"),
    ):
        found = pattern.search(text)
        if found:
            yield Sign(dialects, strength, f"{what} in line {_line(text, found)}")
    start = _BRACKETED_HEAD.search(text)
    goes_on = _LONG_RULE.search(text, start.end()) if start else None
    if goes_on:
        reason = f"a rule goes on in line {_line(text, goes_on)}"
        yield from (Sign(_QUOTED, 1, reason), Sign(("sge",), _IMPOSSIBLE, reason))
    yield from _quote_signs(text, "grape" if goes_on else "sge")


def _quote_signs(text: str, keeper: str) -> Iterator[Sign]:
    """What quotes and comments say; ``keeper`` is the dialect in which quotes are text."""
    protects = glued = comment = idle = None
    bare = separated = spaced = False
    before = " "  # the piece before, where the alternative begins a blank
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece[0] in "\"'" and len(piece) > 1:
            after = text[found.end() : found.end() + 1] or " "
            spaced |= piece[1:-1] != piece[1:-1].strip()
            if _needs_quotes(piece[1:-1]):
                protects = protects or found
            elif (before[-1] + after).strip("|<>= \t\n\"'"):
                glued = glued or found
            else:
                idle = idle or found
        elif piece[0] == "#" and len(piece) > 1 and text[found.start() - 1 : found.start()].strip():
            bare = True
        elif piece[0] == "#":
            comment = comment or (found if _in_line(text, found) else None)
        elif not piece.isspace():
            bare |= piece[0] not in "<|"
        elif (
            "\n" not in piece
            and before[-1] in ">\"'"
            and text[found.end() : found.end() + 1] in ("<", '"', "'")
        ):
            separated = True
        before = piece
    if protects:
        yield Sign(_QUOTED, 2, f"quotes protect what they hold in line {_line(text, protects)}")
    if comment and not glued:
        yield Sign(_QUOTED, 1, f"a comment in line {_line(text, comment)}")
    if glued:
        yield Sign((keeper,), 2, f"quotes that protect nothing in line {_line(text, glued)}")
    commented = comment or re.search(r"^#", text, re.MULTILINE)
    if idle and separated and not (bare or commented or spaced):
        yield Sign(("alogos",), 4, _ALL_QUOTED)


def _needs_quotes(text: str) -> bool:
    return not text or text != text.strip() or any(one in text for one in "|<>#")


def _in_line(text: str, found: re.Match[str]) -> bool:
    """Whether something stands in the line before it."""
    start = text.rfind("\n", 0, found.start()) + 1
    return bool(text[start : found.start()].strip())


def _line(text: str, found: re.Match[str]) -> int:
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    return text.count("\n", 0, start) + 1


def _differ(text: str, source: str, first: str, second: str) -> bool:
    """Whether two dialects read different grammars; one that cannot read the text has no say."""
    if not any(one in text for one in "\"'\\#%"):
        return False
    dialects = [dialects_of(source)[name] for name in (first, second)]
    one, two = (build_grammar(dialect.read(text), dialect, {}).grammar for dialect in dialects)
    return one is not None and two is not None and one != two
