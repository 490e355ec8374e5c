"""A context-free grammar as a frozen value; its ``str()`` is BNF that reads as the same value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from gegp.grammar.blocks import lay_out

RANGE_NAMES = ("int ", "float ")
"""How the names of rules begin that stand for a number range inside an alternative.

No other name holds a blank. Such a rule is written where it is used, and nowhere else.
"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A terminal (literal text) or a non-terminal (the name of a rule, without brackets)."""

    text: str
    terminal: bool


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule: a sequence of symbols, empty for epsilon.

    Where productions are drawn, one of weight 3 is drawn three times as often as one of
    weight 1.
    """

    symbols: tuple[Symbol, ...]
    weight: float = 1.0

    @property
    def non_terminals(self) -> tuple[str, ...]:
        """The names of its non-terminals from left to right, repeated as often as they occur."""
        return tuple(symbol.text for symbol in self.symbols if not symbol.terminal)

    def __str__(self) -> str:
        return production_text(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A non-terminal with its productions."""

    name: str
    productions: tuple[Production, ...]

    def __str__(self) -> str:
        return rule_text(self)


@dataclass(frozen=True)
class Grammar:
    """Rules in the order of their definition; the first is the start symbol.

    A grammar that :func:`gegp.read_grammar` returns has every non-terminal
    defined exactly once, and every non-terminal can end. With ``blocks`` its
    programs are Python code, laid out by the marks of ``grammar/blocks.py``.
    """

    rules: tuple[Rule, ...]
    blocks: bool = False

    @property
    def start(self) -> str:
        """The name of the start symbol."""
        return self.rules[0].name

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of each rule by its name."""
        return {rule.name: i for i, rule in enumerate(self.rules)}

    @cached_property
    def references(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """``references[rule][production]``: the rules it refers to, from left to right."""
        return tuple(
            tuple(
                tuple(self.index[name] for name in production.non_terminals)
                for production in rule.productions
            )
            for rule in self.rules
        )

    @cached_property
    def parts(self) -> tuple[tuple[tuple[int | str, ...], ...], ...]:
        """``parts[rule][production]``: its terminals as text, its non-terminals as rules."""
        return tuple(
            tuple(
                tuple(
                    symbol.text if symbol.terminal else self.index[symbol.text]
                    for symbol in production.symbols
                )
                for production in rule.productions
            )
            for rule in self.rules
        )

    @cached_property
    def digest(self) -> str:
        """Identifies the grammar in files: equal for the same rules in the same order."""
        return hashlib.sha256(str(self).encode(errors="surrogatepass")).hexdigest()

    def program(self, text: str) -> str:
        """The program that the joined terminals of a derivation stand for."""
        return lay_out(text) if self.blocks else text

    def __str__(self) -> str:
        return "".join(
            f"{rule_text(rule, blocks=self.blocks)}\n"
            for rule in self.rules
            if not rule.name.startswith(RANGE_NAMES)
        )


def join_terminals(symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The same symbols with neighbouring terminals made one, and empty ones left out."""
    joined: list[Symbol] = []
    for terminal, run in groupby(symbols, attrgetter("terminal")):
        if not terminal:
            joined += run
        elif text := "".join(symbol.text for symbol in run):
            joined.append(Symbol(text, True))
    return tuple(joined)


def rule_text(rule: Rule, *, blocks: bool = True) -> str:
    """A rule in a line; without ``blocks`` text that looks like a mark of a block is protected."""
    productions = (production_text(production, blocks=blocks) for production in rule.productions)
    return f"<{rule.name}> ::= " + " | ".join(productions)


def production_text(production: Production, *, blocks: bool = True) -> str:
    """An alternative, with its weight if that is not 1."""
    last = len(production.symbols) - 1
    text = "".join(
        _terminal_text(symbol.text, first=i == 0, last=i == last, blocks=blocks)
        if symbol.terminal
        else f"<{symbol.text}>"
        for i, symbol in enumerate(production.symbols)
    )
    weight = "" if production.weight == 1 else f" %{number_text(production.weight)}"
    return (text or '""') + weight


def number_text(number: float) -> str:
    """A number without a needless fraction."""
    return str(int(number)) if number == int(number) and number < 1e15 else repr(number)


_PLAIN = re.compile(r"""[^<>|#'"\\%\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff]+""")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _terminal_text(text: str, *, first: bool, last: bool, blocks: bool) -> str:
    """A terminal; quoted where bare text would be read as something else."""
    trimmed = (first and text[:1].isspace()) or (last and text[-1:].isspace())
    special = trimmed or "::=" in text or "GE_RANGE:" in text or text == "None"
    if not blocks and ("{:" in text or ":}" in text):
        return '"' + _quoted(text).replace("{:", r"{\x3a").replace(":}", r"\x3a}") + '"'
    return text if _PLAIN.fullmatch(text) and not special else f'"{_quoted(text)}"'


def _quoted(text: str) -> str:
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or ord(character) > 0xFFFF:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
