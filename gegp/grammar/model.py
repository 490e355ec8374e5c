"""A context-free grammar as a frozen value; its ``str()`` is BNF that reads as the same value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Symbol:
    """A terminal (literal text) or a non-terminal (the name of a rule, without brackets)."""

    text: str
    terminal: bool


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule: a sequence of symbols, empty for epsilon."""

    symbols: tuple[Symbol, ...]

    @property
    def non_terminals(self) -> tuple[str, ...]:
        """The names of its non-terminals from left to right, repeated as often as they occur."""
        return tuple(symbol.text for symbol in self.symbols if not symbol.terminal)

    def __str__(self) -> str:
        if not self.symbols:
            return '""'
        last = len(self.symbols) - 1
        return "".join(
            _terminal_text(symbol.text, first=i == 0, last=i == last)
            if symbol.terminal
            else f"<{symbol.text}>"
            for i, symbol in enumerate(self.symbols)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A non-terminal with its productions."""

    name: str
    productions: tuple[Production, ...]

    def __str__(self) -> str:
        return f"<{self.name}> ::= " + " | ".join(
            str(production) for production in self.productions
        )


@dataclass(frozen=True)
class Grammar:
    """Rules in the order of their definition; the first is the start symbol.

    A grammar that :func:`gegp.read_grammar` returns has every non-terminal
    defined exactly once, and every non-terminal can end.
    """

    rules: tuple[Rule, ...]

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
    def digest(self) -> str:
        """Identifies the grammar in files: equal for the same rules in the same order."""
        return hashlib.sha256(str(self).encode(errors="surrogatepass")).hexdigest()

    def __str__(self) -> str:
        return "".join(f"{rule}\n" for rule in self.rules)


_PLAIN = re.compile(r"""[^<>|#'"\\%\x00-\x1f\x7f-\xa0\u2028\u2029]+""")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _terminal_text(text: str, *, first: bool, last: bool) -> str:
    """A terminal as BNF; quoted where bare text would be read as something else."""
    trimmed = (first and text[:1].isspace()) or (last and text[-1:].isspace())
    if _PLAIN.fullmatch(text) and not trimmed and "::=" not in text:
        return text
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or ord(character) > 0xFFFF:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def join_terminals(symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The same symbols with neighbouring terminals made one, and empty ones left out."""
    joined: list[Symbol] = []
    for symbol in symbols:
        if symbol.terminal and joined and joined[-1].terminal:
            joined[-1] = Symbol(joined[-1].text + symbol.text, True)
        elif symbol.text:
            joined.append(symbol)
    return tuple(joined)
