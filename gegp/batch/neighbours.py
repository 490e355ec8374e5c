"""Which terminals can stand side by side in the programs of a grammar."""

from __future__ import annotations

from collections.abc import Sequence

Part = int | str
"""A rule, or a terminal."""

Edges = list[set[str]]


def neighbours(rules: Sequence[Sequence[Sequence[Part]]]) -> set[tuple[str, str]]:
    """The pairs of terminals of which the second can follow the first."""
    empty = _empty(rules)
    starts = _edges(rules, empty)
    backwards = [[production[::-1] for production in productions] for productions in rules]
    ends = _edges(backwards, empty)
    found: set[tuple[str, str]] = set()
    for production in (production for productions in rules for production in productions):
        left: set[str] = set()
        for part in production:
            found |= {(a, b) for a in left for b in _edge(part, starts)}
            left = _edge(part, ends) | (left if part in empty else set())
    return found


def _empty(rules: Sequence[Sequence[Sequence[Part]]]) -> set[Part]:
    """The rules from which nothing can be derived."""
    empty: set[Part] = set()
    size = -1
    while size < len(empty):
        size = len(empty)
        for rule, productions in enumerate(rules):
            if any(all(part in empty for part in production) for production in productions):
                empty.add(rule)
    return empty


def _edges(rules: Sequence[Sequence[Sequence[Part]]], empty: set[Part]) -> Edges:
    """The terminals with which each rule can begin."""
    edges: Edges = [set() for _ in rules]
    numbered = [(rule, production) for rule in range(len(rules)) for production in rules[rule]]
    before = -1
    while before < (size := sum(map(len, edges))):
        before = size
        for rule, production in numbered:
            for part in production:
                edges[rule] |= _edge(part, edges)
                if part not in empty:
                    break
    return edges


def _edge(part: Part, edges: Edges) -> set[str]:
    return {part} if isinstance(part, str) else edges[part]
