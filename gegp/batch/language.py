"""A grammar of expressions as tables that lead from its derivations to postfix programs.

The text of each production is read once, token by token. That is right only if no token forms
across the border of two parts of a derivation, but for :mod:`words <gegp.batch.words>`, and if the
table of precedence knows all there is; for other grammars there is no language.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np

from gegp.batch.neighbours import Part, neighbours
from gegp.batch.parsing import ParsingTables, parse
from gegp.batch.precedence import Precedence, make_precedence
from gegp.batch.words import Rules, add_word, find_words
from gegp.grammar.model import Grammar
from gegp.postfix import Codes, Floats, Places, Programs, Vocabulary

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
# Python's operators, also those that no expression has: they may form where two parts meet.
_SIGNS = r"(?:\*\*|//|>>|<<|[-+*/%<>=!&|^@])=|\*\*|//|>>|<<|->|[-+*/%<>(),]"
_TOKEN = re.compile(rf"{_NUMBER}|[A-Za-z_][A-Za-z0-9_]*(?:\[\d+\])?|{_SIGNS}")
_GAP = re.compile(r"[ \t]+")
_BLANK = " "


class _Unfit(Exception):
    """The grammar has no language, for this reason."""


@dataclass(frozen=True)
class Language:
    """The tables of a grammar: as lists, and as arrays for compiled code."""

    vocabulary: Vocabulary
    constants: Floats
    lists: ParsingTables
    arrays: ParsingTables
    most_items: int

    def program(self, choices: Sequence[int]) -> list[int]:
        """The codes of one derivation; none if it is no expression."""
        room = len(choices) * self.most_items + 1
        codes, waiting, returns = [0] * room, [0] * (room + 1), [0] * (len(choices) + 1)
        return codes[: parse(self.lists, choices, 0, codes, waiting, returns)]

    def programs(self, choices: Codes, places: Places, *, compiled: bool) -> Programs:
        """The programs of many derivations, whose choices stand one after the other."""
        if compiled:
            from gegp.batch.translation import translate

            codes, begins = translate(self.arrays, choices, places, self.most_items)
            return Programs(codes, begins, self.constants)
        drawn, borders = choices.tolist(), places.tolist()
        made = [self.program(drawn[begin:end]) for begin, end in pairwise(borders)]
        return Programs(
            np.fromiter(chain.from_iterable(made), np.int32),
            np.array([0, *accumulate(map(len, made))], np.int64),
            self.constants,
        )


def read_language(grammar: Grammar, vocabulary: Vocabulary) -> tuple[Language | None, str]:
    """The language of a grammar, or None and the reason why there is none."""
    try:
        return _Reader(grammar, vocabulary).language(), ""
    except _Unfit as reason:
        return None, str(reason)


class _Reader:
    """Tokens are numbered from 1 on in the order of their first occurrence; 0 is the end."""

    def __init__(self, grammar: Grammar, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.precedence = make_precedence(_checked(grammar, vocabulary))
        self.words = find_words(grammar.parts, self._is_operand)
        read = _reached(grammar.parts, self.words)
        self.rules = [
            [_split(parts) if rule in read else [] for parts in productions]
            for rule, productions in enumerate(grammar.parts)
        ]
        self.tokens: dict[str, int] = {"": 0}
        self.constants: dict[float, int] = {}

    @cached_property
    def _names_of_words(self) -> dict[str, int]:
        return {_name(word): word for word in self.words}

    def language(self) -> Language:
        self._check_neighbours()
        productions = [production for rule in self.rules for production in rule]
        rows = [[*map(self._item, _without_gaps(production)), 0] for production in productions]
        kinds = [self._kind(token) for token in self.tokens]
        table = self.precedence
        symbols = range(len(table.symbols))
        words: list[int] = []
        lists = ParsingTables(
            productions=[0, *accumulate(map(len, self.rules))],
            begins=[0, *accumulate(map(len, rows))],
            items=list(chain.from_iterable(rows)),
            meanings=[
                meaning.get(kind, -1) for kind in kinds for meaning in (table.infix, table.prefix)
            ],
            codes=[self._code(token, words) for token in self.tokens],
            words=words,
            symbols=len(table.symbols),
            relations=list(chain.from_iterable(table.relations)),
            emits=[symbol.code for symbol in table.symbols],
            expects=_expects(table, symbols),
        )
        arrays = ParsingTables(*(_as_array(field) for field in lists))
        constants = np.array(list(self.constants), np.float64)
        most = max(map(len, rows))
        return Language(self.vocabulary, constants, lists, arrays, most)

    def _check_neighbours(self) -> None:
        """Refuse what would be read otherwise as a whole than part by part."""
        kinds: list[list[list[Part]]] = [
            [[self._class(part) for part in production] for production in rule]
            for rule in self.rules
        ]
        for a, b in sorted(neighbours(kinds)):
            if _join(a, b):
                raise _Unfit(f"{a!r} and {b!r} can stand side by side and be read as one")
        plain = [[_without_gaps(production) for production in rule] for rule in kinds]
        for a, b in sorted(neighbours(plain)):
            if a in self.vocabulary.functions and b != "(":
                raise _Unfit(f"the function {a} can stand before {b!r}")
            if (a, b) == (",", ")"):
                raise _Unfit("a comma can stand before a closing parenthesis")

    def _class(self, part: Part) -> Part:
        """The part, with one name for all operands."""
        if isinstance(part, int):
            return "operand" if part in self.words else part
        return "operand" if self._kind(part) == "operand" else part

    def _kind(self, token: str) -> str:
        """The token as the table of precedence calls it."""
        if self._is_operand(token) or token in self._names_of_words:
            return "operand"
        if token != _BLANK and token not in self.precedence.infix | self.precedence.prefix:
            raise _Unfit(f"{token!r} is not known")
        return token

    def _is_operand(self, token: str) -> bool:
        return token in self.vocabulary.variables or _is_number(token)

    def _item(self, part: Part) -> int:
        if isinstance(part, int):
            if part not in self.words:
                return -1 - part
            part = _name(part)
        return self.tokens.setdefault(part, len(self.tokens))

    def _code(self, token: str, words: list[int]) -> int:
        """The code of an operand, which for a word is the place where it begins."""
        if token in self._names_of_words:
            derivations = self.words[self._names_of_words[token]]
            width = 1 + max(choice for choices, _ in derivations for choice in choices)
            return add_word(words, [(c, self._code(text, words)) for c, text in derivations], width)
        if token in self.vocabulary.variables:
            return -1 - self.vocabulary.variables.index(token)
        if not _is_number(token):
            return 0
        place = self.constants.setdefault(_number(token), len(self.constants))
        return -1 - len(self.vocabulary.variables) - place


def _name(word: int) -> str:
    """What a word is called among the tokens; it is none of a text."""
    return f"<{word}>"


def _reached(rules: Rules, words: Collection[int]) -> set[int]:
    """The rules that are read: those that words alone refer to are not."""
    found, waiting = set(), [0]
    while waiting:
        rule = waiting.pop()
        if rule not in found and rule not in words:
            found.add(rule)
            waiting += [part for parts in rules[rule] for part in parts if isinstance(part, int)]
    return found


def _checked(grammar: Grammar, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary, if it is one and the programs are no Python blocks."""
    if grammar.blocks:
        raise _Unfit("its programs are blocks of Python code")
    for name, count in vocabulary.functions.items():
        if count < 1:
            raise _Unfit(f"the function {name} has no arguments")
        if name in vocabulary.variables:
            raise _Unfit(f"{name} is a variable and a function")
    return vocabulary


def _split(parts: Sequence[Part]) -> list[Part]:
    """The parts of a production with their text as tokens, and blanks between them."""
    found: list[Part] = []
    text = ""
    for part in (*parts, -1):
        if isinstance(part, str):
            text += part
            continue
        found += [*_tokens(text), part]
        text = ""
    return found[:-1]


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(text):
        gap, token = _GAP.match(text, place), _TOKEN.match(text, place)
        if not gap and not token:
            raise _Unfit(f"{text[place]!r} is not known")
        found.append(token[0] if token else _BLANK)
        place = (token or gap).end()  # type: ignore[union-attr]
    return found


def _join(a: str, b: str) -> bool:
    """Whether two tokens without a blank between them are read otherwise than one by one."""
    if _BLANK in (a, b):
        return False
    if re.match(r"[\w.]", a[-1]) and re.match(r"[\w.]", b[0]):
        return True
    together = _TOKEN.match(a + b)
    return not together or together.end() != len(a)


def _is_number(token: str) -> bool:
    return re.fullmatch(_NUMBER, token) is not None


def _number(token: str) -> float:
    try:
        return float(ast.literal_eval(token))
    except (SyntaxError, ValueError, OverflowError):
        raise _Unfit(f"{token[:80]} is no number") from None


def _without_gaps(production: Sequence[Part]) -> list[Part]:
    return [part for part in production if part != _BLANK]


def _expects(table: Precedence, symbols: range) -> list[int]:
    """1 for symbols after which an operand comes."""
    ended = {table.prefix["operand"], table.infix[")"], table.infix[""]}
    return [0 if symbol in ended else 1 for symbol in symbols]


def _as_array(field: Any) -> Any:
    return field if isinstance(field, int) else np.array(field, np.int32)
