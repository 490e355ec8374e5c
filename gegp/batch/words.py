"""Operands that form across productions, such as numbers of single digits, as tables.

A rule with finitely many derivations, all of them operands, is a word: what its choices come to
is looked up choice by choice in a tree (a trie: Edward Fredkin, "Trie Memory", Communications of
the ACM 3(9), 1960).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gegp.batch.neighbours import Part
from gegp.grammar.leftmost import Choices

MOST = 10_000
"""So many derivations a word may have."""

Rules = Sequence[Sequence[Sequence[Part]]]
Derivations = list[tuple[Choices, str]]
"""Choices in the order of a leftmost derivation, and the text that they make."""


def find_words(rules: Rules, is_operand: Callable[[str], bool]) -> dict[int, Derivations]:
    """The words among the rules, but for the start symbol, with their derivations.

    A rule is left out if its productions are operands as they stand.
    """
    return {
        rule: found
        for rule, found in _finite(rules).items()
        if rule > 0 and _forms(rules[rule]) and all(is_operand(text) for _, text in found)
    }


def _forms(productions: Sequence[Sequence[Part]]) -> bool:
    """Whether something forms of several parts."""
    return any(
        len(parts) > 1 and any(isinstance(part, int) for part in parts) for parts in productions
    )


def _finite(rules: Rules) -> dict[int, Derivations]:
    """The derivations of rules that have no more than ``MOST``."""
    found: dict[int, Derivations] = {}
    left = dict(enumerate(rules))
    while ready := [
        rule
        for rule, productions in left.items()
        if all(isinstance(part, str) or part in found for parts in productions for part in parts)
    ]:
        for rule in ready:
            derivations = _derivations(left.pop(rule), found)
            if len(derivations) <= MOST:
                found[rule] = derivations
    return found


def _derivations(
    productions: Sequence[Sequence[Part]], found: dict[int, Derivations]
) -> Derivations:
    """The derivations of a rule, from those of the rules that it refers to; not all if too many."""
    made: Derivations = []
    for number, parts in enumerate(productions):
        several: Derivations = [((number,), "")]
        for part in parts:
            following: Derivations = [((), part)] if isinstance(part, str) else found[part]
            if len(several) * len(following) > MOST:
                return [((), "")] * (MOST + 1)
            several = [(a + b, s + t) for a, s in several for b, t in following]
        made += several
    return made


def add_word(words: list[int], codes: Iterable[tuple[Choices, int]], width: int) -> int:
    """Add the tree of a word, of nodes of this width; returns the place of its root.

    At a node's place, choices on, stands the place of the next node, or the operand's code, which
    is negative.
    """
    root = len(words)
    words += [0] * width
    for choices, code in codes:
        node = root
        for choice in choices[:-1]:
            if words[node + choice] == 0:
                words[node + choice] = len(words)
                words += [0] * width
            node = words[node + choice]
        words[node + choices[-1]] = code
    return root
