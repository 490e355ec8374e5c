"""Grammars as text in every dialect, or what in a grammar a dialect cannot hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from gegp.errors import GrammarError, SettingsError
from gegp.grammar.blocks import has_blocks
from gegp.grammar.model import (
    RANGE_NAMES,
    Grammar,
    Production,
    Rule,
    Symbol,
    join_terminals,
    number_text,
)


def write_grammar(grammar: Grammar, dialect: str) -> str:
    """The grammar as text in ``gegp``, ``ponyge``, ``sge``, ``grape``, ``alogos`` or ``ebnf``.

    Read in this dialect, the text gives the same rules in the same order. But for gegp, a
    number range inside an alternative becomes a rule whose name holds no blank. Raises
    GrammarError with everything that the dialect cannot hold.
    """
    if dialect == "gegp":
        return str(grammar)
    if dialect not in _NOTATIONS:
        raise SettingsError(
            f"there is no dialect {dialect!r}; there are: gegp, {', '.join(_NOTATIONS)}"
        )
    plain = _plain(grammar)
    obstacles = list(_obstacles(plain, dialect))
    if obstacles:
        able = [name for name in _NOTATIONS if not any(_obstacles(plain, name))]
        hint = f"hint: {' and '.join(['gegp', *able])} can; or change what is named here"
        raise GrammarError(
            "\n    ".join([f"{dialect} cannot hold this grammar:", *obstacles, hint])
        )
    return "".join(f"{_rule(rule, grammar.blocks, dialect)}\n" for rule in plain.rules)


class Terminal(NamedTuple):
    """A terminal and where it stands; with ``blocks`` marks in it are those of Python blocks."""

    text: str
    first: bool
    last: bool
    blocks: bool

    @property
    def trimmed(self) -> bool:
        """Whether bare white space at an end of it would be dropped."""
        text = self.text
        return (self.first and text[:1].isspace()) or (self.last and text[-1:].isspace())


class _Notation(NamedTuple):
    """How a dialect writes a terminal, why it cannot, and what else it writes in its own way."""

    write: Callable[[Terminal], str]
    reasons: Callable[[Terminal], Iterable[str]]
    empty: str = '""'
    name: str = "<{}>"
    between: str = ""
    names: str = r"[^\s<>|]+"
    allowed: str = "all but blanks, '<', '>' and '|'"
    blocks: bool = False


def _plain(grammar: Grammar) -> Grammar:
    """The grammar with names for its number ranges that every dialect allows."""
    names = _names(grammar)

    def production(one: Production) -> Production:
        symbols = [
            symbol if symbol.terminal else Symbol(names[symbol.text], False)
            for symbol in one.symbols
        ]
        return Production(join_terminals(symbols), one.weight)

    rules = [
        Rule(names[rule.name], tuple(map(production, rule.productions))) for rule in grammar.rules
    ]
    return Grammar(tuple(rules), grammar.blocks)


def _names(grammar: Grammar) -> dict[str, str]:
    """Each rule's name, or a new one for a number range: ``int_1..9`` for ``int 1..9``."""
    names = {name: name for name in grammar.index}
    for name in grammar.index:
        if name.startswith(RANGE_NAMES):
            stem = new = re.sub(r"[^\w.\-]+", "_", name)
            number = 1
            while new in names.values():
                number += 1
                new = f"{stem}_{number}"
            names[name] = new
    return names


def _obstacles(grammar: Grammar, dialect: str) -> Iterator[str]:
    """What in a grammar a dialect cannot hold, each with its place."""
    notation = _NOTATIONS[dialect]
    for rule in grammar.rules:
        if not re.fullmatch(notation.names, rule.name):
            yield f"<{rule.name}>: rename this rule; a name may hold {notation.allowed}"
        for number, production in enumerate(rule.productions, 1):
            for reason in _reasons(production, grammar.blocks, notation):
                yield f"<{rule.name}>, alternative {number}: {reason}"


def _reasons(production: Production, blocks: bool, notation: _Notation) -> Iterator[str]:
    if production.weight != 1:
        yield f"the weight {number_text(production.weight)}: only gegp has weights"
    for part in _parts(production, blocks):
        if isinstance(part, str):
            continue
        shown = repr(part.text[:60]) + "…" * (len(part.text) > 60)
        for reason in notation.reasons(part):
            yield f"{shown}: {reason}"
        if blocks and not notation.blocks and has_blocks(part.text):
            yield f"{shown}: marks of Python blocks would be read as text"


def _parts(production: Production, blocks: bool) -> Iterator[Terminal | str]:
    """Its terminals, and the names of its non-terminals."""
    last = len(production.symbols) - 1
    for i, symbol in enumerate(production.symbols):
        yield Terminal(symbol.text, i == 0, i == last, blocks) if symbol.terminal else symbol.text


def _rule(rule: Rule, blocks: bool, dialect: str) -> str:
    notation = _NOTATIONS[dialect]
    alternatives = [
        notation.between.join(
            notation.name.format(part) if isinstance(part, str) else notation.write(part)
            for part in _parts(production, blocks)
        )
        or notation.empty
        for production in rule.productions
    ]
    body = " |".join(f" {alternative}" if alternative else "" for alternative in alternatives)
    return f"{notation.name.format(rule.name)} ::={body}"


def _ponyge(terminal: Terminal) -> str:
    """Bare, or quoted with escapes.

    They are those that PonyGE2 itself reads: it knows no escaped quote, it looks for ``::=``
    inside of quotes too, and it garbles what is not ASCII, quoted or not.
    """
    text = terminal.text.encode("unicode_escape").decode("ascii")
    text = text.replace('"', r"\x22").replace("::=", r":\x3a=")
    if not terminal.blocks:
        text = text.replace("{:", r"{\x3a").replace(":}", r"\x3a}")
    special = re.search(r"[<>|#'%]|GE_RANGE:|^None$", text)
    return f'"{text}"' if special or terminal.trimmed or text != terminal.text else text


def _alogos(terminal: Terminal) -> str:
    """Always quoted; aLogos is told so by ``start_terminal_symbol='"'`` and its like."""
    return " ".join(_strings(terminal.text))


def _ebnf(terminal: Terminal) -> str:
    """Strings, and codes such as ``#xA`` for characters that are not printed."""
    pieces: list[str] = []
    for printable, group in groupby(terminal.text, str.isprintable):
        characters = list(group)
        codes = (f"#x{ord(character):X}" for character in characters)
        pieces += _strings("".join(characters)) if printable else codes
    return " ".join(pieces)


def _strings(text: str) -> list[str]:
    """Strings that together are the text, in quotes that they do not hold themselves."""
    runs = re.findall(r"[^']+|'+", text) if '"' in text else [text]
    return [f"'{run}'" if '"' in run else f'"{run}"' for run in runs]


_BAR = (r"\|", "'|' always separates alternatives")
_DEFINITION = (r"::=", "'::=' always follows the name of a rule")
_LINE_BREAK = (r"[\r\n]", "there is no way to write a line break")
_SURROGATE = (r"[\ud800-\udfff]", "a lone surrogate cannot be stored in a file")
_NAME = (r"<\w|<.+?>", "this '<' begins the name of a non-terminal")
_BRACKET = (r"[<>]", "'<' and '>' always enclose the name of a non-terminal")
_BESIDE = (r"[<>]", "SGE loses '<' and '>' in alternatives with names; give it a rule of its own")
_BLANKS = (r"[^\S ]|  ", "white space is always read as one blank")


def _found(text: str, *reasons: tuple[str, str]) -> Iterator[str]:
    return (reason for pattern, reason in reasons if re.search(pattern, text))


def _trimmed(terminal: Terminal) -> Iterator[str]:
    if terminal.trimmed:
        yield "blanks at the ends of an alternative are dropped"


def _sge_reasons(terminal: Terminal) -> Iterator[str]:
    """Why SGE itself would read something else; gegp's reader of the dialect is more lenient."""
    alone = terminal.first and terminal.last
    bracket = _NAME if alone else _BESIDE
    yield from _found(terminal.text, _BAR, _DEFINITION, _LINE_BREAK, _SURROGATE, bracket)
    yield from _trimmed(terminal)
    if alone and terminal.text == "None":
        yield "None alone is read as the empty text"


def _grape_reasons(terminal: Terminal) -> Iterator[str]:
    yield from _found(terminal.text, _BAR, _DEFINITION, _BRACKET, _BLANKS, _SURROGATE)
    yield from _trimmed(terminal)


def _alogos_reasons(terminal: Terminal) -> Iterator[str]:
    return _found(terminal.text, _LINE_BREAK, _SURROGATE)


def _no_reasons(terminal: Terminal) -> Iterator[str]:
    return iter(())


def _text(terminal: Terminal) -> str:
    return terminal.text


_NOTATIONS = {
    "ponyge": _Notation(_ponyge, _no_reasons, blocks=True),
    "sge": _Notation(_text, _sge_reasons, empty="None"),
    "grape": _Notation(
        _text,
        _grape_reasons,
        empty="",
        names=r"[\w(),.\-]+",
        allowed="letters, digits and _ ( ) , . -",
    ),
    "alogos": _Notation(_alogos, _alogos_reasons, between=" "),
    "ebnf": _Notation(
        _ebnf,
        _no_reasons,
        name="{}",
        between=" ",
        names=r"[^\W\d][\w.\-]*",
        allowed="letters, digits and _ . -, and begins with none of 0-9 . -",
    ),
}
