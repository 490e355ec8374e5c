"""Reads BNF text into a :class:`Grammar`, or says everything that is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Tree

from gegp.errors import GrammarError
from gegp.grammar.analysis import least_depths
from gegp.grammar.messages import Defect, grammar_error, nearest
from gegp.grammar.model import Grammar, Production, Rule, Symbol, join_terminals

_Node = Tree[Token]


def read_grammar(path: str | Path) -> Grammar:
    """The grammar in a BNF file (UTF-8).

    Raises GrammarError with file, line, column, caret and hint for every defect.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise GrammarError(f"{path}: there is no such grammar file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise GrammarError(f"{path}: not readable as UTF-8 text: {error}") from None
    return parse_grammar(text, source=str(path))


def parse_grammar(text: str, source: str = "<grammar>") -> Grammar:
    """The grammar that a text in BNF describes; ``source`` names the text in messages."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    tree = _parser().parse(text)
    preamble, *rules = cast("list[_Node]", tree.children)
    lines = text.split("\n")
    defects = [*_preamble_defects(preamble, rules), *_token_defects(rules)]
    defects += _definition_defects(rules)
    if not defects:
        defects += _productivity_defects(rules)
    if defects:
        raise grammar_error(defects, source, lines)
    return Grammar(tuple(_rule(rule) for rule in rules))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark.open("bnf.lark", rel_to=__file__, parser="lalr", lexer="basic")


def _rule(tree: _Node) -> Rule:
    return Rule(_head_name(tree), tuple(_production(part) for part in _alternatives(tree)))


def _production(alternative: _Node) -> Production:
    return Production(join_terminals([_symbol(token) for token in _trimmed(alternative)]))


def _symbol(token: Token) -> Symbol:
    if token.type == "NON_TERMINAL":
        return Symbol(token[1:-1], terminal=False)
    return Symbol(_unescape(token[1:-1] if token.type == "QUOTED" else str(token)), terminal=True)


_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\\'\"abfnrtv])"
)


def _unescape(text: str) -> str:
    """Replaces Python's escapes one by one, so that non-ASCII text around them stays as it is."""
    return _ESCAPE.sub(lambda found: found[0].encode("ascii").decode("unicode_escape"), text)


def _trimmed(alternative: _Node) -> Sequence[Token]:
    """The tokens of an alternative without the white space at its two ends."""
    tokens = cast("list[Token]", alternative.children)
    first, last = 0, len(tokens)
    while first < last and tokens[first].type in ("BLANK", "NEWLINE"):
        first += 1
    while last > first and tokens[last - 1].type in ("BLANK", "NEWLINE"):
        last -= 1
    return tokens[first:last]


def _head(rule: _Node) -> Token:
    return cast(Token, rule.children[0])


def _head_name(rule: _Node) -> str:
    head = _head(rule)
    return head[head.index("<") + 1 : head.index(">")]


def _alternatives(rule: _Node) -> Iterator[_Node]:
    return (child for child in rule.children if isinstance(child, Tree))


def _defect(token: Token, message: str, hint: str) -> Defect:
    indent = len(token) - len(token.lstrip(" \t"))
    return Defect(token.line or 1, (token.column or 1) + indent, message, hint)


def _preamble_defects(preamble: _Node, rules: Sequence[_Node]) -> Iterator[Defect]:
    tokens = _trimmed(preamble)
    if tokens:
        yield _defect(
            tokens[0],
            "expected a rule, found text before the first one",
            "a rule is written <name> ::= alternative | alternative",
        )
    elif not rules:
        yield Defect(
            1, 1, "expected a rule, found an empty grammar", "write <name> ::= alternative"
        )


def _token_defects(rules: Sequence[_Node]) -> Iterator[Defect]:
    for rule in rules:
        for child in rule.children:
            if not isinstance(child, Tree):
                last = child
                continue
            tokens = _trimmed(child)
            if not tokens:
                yield _defect(
                    last,
                    f"empty alternative of <{_head_name(rule)}>",
                    'write "" for the empty text',
                )
            for token in tokens:
                if token.type in _TOKEN_MESSAGES:
                    yield _defect(token, *_TOKEN_MESSAGES[token.type])


_TOKEN_MESSAGES = {
    "BROKEN": (
        "expected a closing '>' after a non-terminal's name",
        "a name holds no blank and ends in '>'; quote a '<' that is meant as text: \"<\"",
    ),
    "UNCLOSED": (
        "expected a closing quote before the end of the line",
        "close the quote, or put a quote that is meant as text into the other kind of quotes",
    ),
    "STRAY": (
        "expected '::=' only after a rule's <name> at the beginning of a line",
        'write <name> ::= at the beginning of a line, or quote it: "::="',
    ),
}


def _definition_defects(rules: Sequence[_Node]) -> Iterator[Defect]:
    """Non-terminals that are defined twice, or used and never defined."""
    defined: dict[str, Token] = {}
    for rule in rules:
        name, head = _head_name(rule), _head(rule)
        if name in defined:
            message = f"<{name}> is defined twice, first in line {defined[name].line}"
            yield _defect(head, message, "join the two with '|', or rename one")
        defined.setdefault(name, head)
    for rule in rules:
        for alternative in _alternatives(rule):
            for token in _trimmed(alternative):
                if token.type == "NON_TERMINAL" and token[1:-1] not in defined:
                    yield _undefined(token, defined)


def _undefined(token: Token, defined: dict[str, Token]) -> Defect:
    near = nearest(token[1:-1], defined)
    hint = f"did you mean <{near}>?" if near else f"define it: {token} ::= …, or quote it as text"
    return _defect(token, f"{token} is used and never defined", hint)


def _productivity_defects(rules: Sequence[_Node]) -> Iterator[Defect]:
    """Non-terminals from which no derivation ends."""
    grammar = Grammar(tuple(_rule(rule) for rule in rules))
    for tree, depths in zip(rules, least_depths(grammar.references), strict=True):
        if min(depths) == math.inf:
            yield _defect(
                _head(tree),
                f"<{_head_name(tree)}> can never end: every alternative leads to endless recursion",
                "add an alternative that ends in terminals",
            )
