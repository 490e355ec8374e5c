"""Leftmost derivations as the productions they choose, in order: a tuple of indices.

Read together with the grammar it is the whole derivation tree, depth first; it says
nothing about how a representation would store it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gegp.grammar.model import Grammar

Choices = tuple[int, ...]


class Step(NamedTuple):
    """An expansion of a non-terminal; depth counts from 1 at the start symbol."""

    rule: int
    production: int
    depth: int


def steps(grammar: Grammar, choices: Sequence[int]) -> Iterator[Step]:
    """The expansions of a derivation in leftmost order.

    Raises ValueError if the choices are too few, too many, or no productions of the rules.
    """
    stack = [(0, 1)]
    for production in choices:
        if not stack:
            raise ValueError("the derivation has ended before its last choice")
        rule, depth = stack.pop()
        if not 0 <= production < len(grammar.references[rule]):
            raise ValueError(f"<{grammar.rules[rule].name}> has no production {production}")
        yield Step(rule, production, depth)
        references = grammar.references[rule][production]
        stack += [(reference, depth + 1) for reference in reversed(references)]
    if stack:
        raise ValueError("the derivation has not ended with its last choice")


def depth(grammar: Grammar, choices: Sequence[int]) -> int:
    """The non-terminals on the longest path, the start symbol included."""
    return max(step.depth for step in steps(grammar, choices))


def program(grammar: Grammar, choices: Sequence[int]) -> str:
    """The program that is derived."""
    texts: list[str] = []
    stack: list[int | str] = [0]
    remaining = iter(choices)
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            texts.append(item)
            continue
        stack += reversed(grammar.parts[item][next(remaining)])
    return grammar.program("".join(texts))
