"""``ebnf``: the W3C's notation, rewritten to plain rules with generated names.

Terminals are quoted, and ``?``, ``*``, ``+``, ``{2,5}`` and brackets mean what they do
in regular expressions. What repeats becomes a rule of its own, named after the rule that
it stands in.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from gegp.grammar.dialects.base import Dialect
from gegp.grammar.draft import Alternative, Draft, DraftRule, Part
from gegp.grammar.messages import Defect, defect

MOST_REPEATS = 100
MOST_CHARACTERS = 100_000
"""All classes and repetitions together make no more: a short text must not fill the memory."""

Item = Any
"""A token, a group (a list of alternatives, which are lists of items), or a :class:`Repeated`."""


_TOO_LONG = f"classes and repetitions make at most {MOST_CHARACTERS} characters together"


class Repeated(NamedTuple):
    """An item with a quantifier."""

    item: Item
    quantifier: Token


class _Callbacks:
    """Lark's callbacks for one rule."""

    def start(self, children: list[Any]) -> tuple[Token, list[list[Item]]]:
        return children[0], children[1]

    def choice(self, children: list[Any]) -> list[list[Item]]:
        return [child for child in children if not isinstance(child, Token)]

    def sequence(self, children: list[Item]) -> list[Item]:
        return children

    def item(self, children: list[Item]) -> Item:
        return children[0]

    group = item

    def repeated(self, children: list[Item]) -> Repeated:
        return Repeated(children[0], children[1])


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark.open(
        "ebnf.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Callbacks()
    )


def read_ebnf(text: str) -> Draft:
    """The plain rules of a text in EBNF; each rule's first mistake is a defect."""
    groups: list[list[Token]] = [[]]
    for token in _parser().lex(text):
        if token.type == "HEAD":
            groups.append([])
        groups[-1].append(token)
    preamble, *bodies = groups
    defects = [defect(_place(preamble[0]), "before")] if preamble else []
    if not bodies and not preamble:
        defects.append(defect((1, 1), "no rule"))
    parsed: list[tuple[Token, list[list[Item]]]] = []
    for body in bodies:
        rule = _parse(body)
        if isinstance(rule, Defect):
            defects.append(rule)
            rule = body[0], [[]]  # its name is known all the same
        parsed.append(rule)
    # A name that is used and not defined must not become that of a generated rule.
    taken = {_name(token) for body in bodies for token in body if token.type in ("HEAD", "NAME")}
    plain = _Plain(taken)
    rules = [plain.rule(_name(head), _place(head), choice) for head, choice in parsed]
    return Draft((*rules, *plain.generated()), (*defects, *plain.defects))


def _parse(body: Sequence[Token]) -> Defect | tuple[Token, list[list[Item]]]:
    """A rule's head and alternatives, or its first mistake."""
    state = _parser().parse_interactive()
    try:
        for token in body:
            state.feed_token(token)
        rule: tuple[Token, list[list[Item]]] = state.feed_eof(body[-1])  # type: ignore[no-untyped-call]
        return rule
    except UnexpectedToken as error:
        token = error.token
        if token.type == "$END":
            place, expected, found = _place(_open_bracket(body)), "')'", "the end of the rule"
            return defect(place, "syntax", expected=expected, found=found)
        return _unexpected(token)


def _unexpected(token: Token) -> Defect:
    expected = "a quoted terminal, a name or '|'"
    return defect(_place(token), "syntax", expected=expected, found=repr(str(token)[:20]))


def _open_bracket(body: Sequence[Token]) -> Token:
    """The last bracket that is not closed."""
    opened = [body[0]]
    for token in body:
        if token.type == "LPAR":
            opened.append(token)
        elif token.type == "RPAR":
            opened.pop()
    return opened[-1]


class _Plain:
    """Makes plain rules, and rules for what they repeat, without recursion."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.numbers: dict[str, int] = {}
        self.classes: dict[str, Part] = {}  # what classes of characters stand for
        self.waiting: deque[tuple[str, tuple[int, int], list[list[Item]]]] = deque()
        self.defects: list[Defect] = []
        self.left = MOST_CHARACTERS

    def generated(self) -> Iterator[DraftRule]:
        """The rules that those made so far need, and those that these need."""
        while self.waiting:
            yield self.rule(*self.waiting.popleft())

    def rule(self, name: str, place: tuple[int, int], choice: list[list[Item]]) -> DraftRule:
        alternatives = [self._alternative(name, place, items) for items in choice]
        return DraftRule(name, *place, tuple(alternatives))

    def _alternative(self, name: str, place: tuple[int, int], items: list[Item]) -> Alternative:
        parts: list[Part] = []
        stack = list(reversed(items))
        while stack:
            item = stack.pop()
            if isinstance(item, list) and len(item) == 1:
                stack += reversed(item[0])
            elif isinstance(item, Part):
                parts.append(item)
            elif isinstance(item, Repeated):
                stack += reversed(self._repeated(name, item))
            elif isinstance(item, list):
                parts.append(self._new(name, place, item))
            else:
                parts += self._token(name, item)
        first = parts[0][2:] if parts else place
        return Alternative(tuple(part for part in parts if part.text), *first)

    def _new(self, name: str, place: tuple[int, int], choice: list[list[Item]]) -> Part:
        """A reference to a new rule with these alternatives."""
        return self._add(self._new_name(name), place, choice)

    def _add(self, name: str, place: tuple[int, int], choice: list[list[Item]]) -> Part:
        self.waiting.append((name, place, choice))
        return Part("name", name, *place)

    def _new_name(self, name: str) -> str:
        """A name that no rule has yet, made from that of the rule that needs it."""
        stem = re.sub(r"_\d+$", "", name)
        new = stem
        while new in self.names:
            self.numbers[stem] = self.numbers.get(stem, 0) + 1
            new = f"{stem}_{self.numbers[stem]}"
        self.names.add(new)
        return new

    def _token(self, name: str, token: Token) -> list[Part]:
        place = _place(token)
        if token.type == "NAME":
            return [Part("name", str(token), *place)]
        if token.type == "STRING":
            return [Part("text", token[1:-1], *place)]
        if token.type in ("UNCLOSED", "OTHER"):
            unclosed = token.type == "UNCLOSED"
            self.defects.append(defect(place, "unclosed") if unclosed else _unexpected(token))
            return []
        if str(token) not in self.classes:
            is_class = token.type == "CLASS"
            characters = _characters(token, self.left) if is_class else [_character(token)]
            if isinstance(characters, str) or "" in characters:
                reason = characters if isinstance(characters, str) else "no such character"
                self.defects.append(defect(place, "class", text=str(token)[:40], reason=reason))
                return []
            self.left -= len(characters)
            choice: list[list[Item]] = [[Part("text", one, *place)] for one in characters]
            part = choice[0][0] if len(choice) == 1 else self._new(name, place, choice)
            self.classes[str(token)] = part
        return [self.classes[str(token)]._replace(line=place[0], column=place[1])]

    def _repeated(self, name: str, repeated: Repeated) -> list[Item]:
        """What stands for an item with a quantifier."""
        item, place = repeated.item, _place(repeated.quantifier)
        least, most = _bounds(repeated.quantifier)
        if not isinstance(most, str):
            self.left -= _excess(item, least, most or least)
            most = most if self.left >= 0 else _TOO_LONG
        if isinstance(most, str):
            text = str(repeated.quantifier)[:40]
            self.defects.append(defect(place, "repetition", text=text, reason=most))
            return []
        if (least, most) == (0, 1):
            inner = item if isinstance(item, list) else [[item]]
            return [self._new(name, place, [[], *inner])]
        if isinstance(item, Token) and item.type == "CLASS":
            item = next(iter(self._token(name, item)), Part("text", "", *place))
        elif not isinstance(item, Token):
            item = self._new(name, place, item if isinstance(item, list) else [[item]])
        if most is not None:
            counts = [[item] * count for count in range(least, most + 1)]
            return counts[0] if len(counts) == 1 else [self._new(name, place, counts)]
        again = self._new_name(name)
        ending: list[Item] = [] if least == 0 else [item]
        self._add(again, place, [ending, [item, Part("name", again, *place)]])
        return [*[item] * max(least - 1, 0), Part("name", again, *place)]


def _excess(item: Item, least: int, most: int) -> int:
    """How much longer an item gets that is written out so many times."""
    length = len(item) if isinstance(item, Token) and item.type == "STRING" else 1
    return length * max(sum(range(least, most + 1)) - 1, 0)


def _bounds(quantifier: Token) -> tuple[int, int | str | None]:
    """The least and the greatest number of repetitions (None: no bound), or what is wrong."""
    if quantifier in ("?", "*", "+"):
        return {"?": (0, 1), "*": (0, None), "+": (1, None)}[str(quantifier)]
    found = re.fullmatch(r"\{\s*(\d{1,9})\s*(?:(,)\s*(\d{1,9})?\s*)?\}", quantifier)
    if not found:
        return 0, "expected numbers"
    least = int(found[1])
    most = int(found[3]) if found[3] else None if found[2] else least
    if max(least, most or 0) > MOST_REPEATS:
        return 0, f"more than {MOST_REPEATS}"
    if most is not None and most < least:
        return 0, "the second number is the smaller one"
    return least, most


def _characters(token: Token, most: int) -> list[str] | str:
    """The characters of a class, or what is wrong with it."""
    body = token[1:-1]
    if body.startswith("^"):
        return "gegp cannot list what is left out"
    characters: list[str] = []
    for first, last in re.findall(r"(#x[0-9a-fA-F]+|.)(?:-(#x[0-9a-fA-F]+|.))?", body):
        low = _character(first)
        high = _character(last) if last else low
        if not low or not high or low > high:
            return f"{first}-{last} is empty" if last else f"{first} is no character"
        if ord(high) - ord(low) + len(characters) >= most:
            return _TOO_LONG
        characters += [chr(code) for code in range(ord(low), ord(high) + 1)]
    return characters or "it is empty"


def _character(text: str) -> str:
    """A character as it stands or by its code; empty if there is none of this code."""
    if not text.startswith("#x") or len(text) == 1:
        return text
    code = int(text[2:], 16) if len(text) < 12 else -1
    return chr(code) if 0 <= code <= 0x10FFFF else ""


def _name(head: Token) -> str:
    return head.removesuffix("::=").rstrip()


def _place(token: Token) -> tuple[int, int]:
    return token.line or 1, token.column or 1


EBNF = Dialect(
    "ebnf",
    "EBNF as the W3C writes it: quoted terminals, ? * + {2,5}, brackets, /* comments */",
    read_ebnf,
)
