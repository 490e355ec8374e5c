"""Grammars without recursion, and how much their derivations can hold.

Recursion is removed as Lourenço, Pereira and Costa do in "Unveiling the properties of
structured grammatical evolution", GPEM 17(3), 2016: a recursive rule becomes copies for the
levels 0 to L, and the last one keeps the alternatives that do not recurse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from gegp.grammar.analysis import components, least_depths, recursive_rules
from gegp.grammar.model import Grammar, Production, Rule, Symbol

MOST_COUNTED = 10**9
"""Where :func:`most_references` stops counting."""

_COLUMNS = 512


class Unrolled(NamedTuple):
    """A grammar without recursion. ``origins[i]`` is the rule that its rule i is a copy of."""

    grammar: Grammar
    origins: tuple[int, ...]


def remove_recursion(grammar: Grammar, level: int) -> Grammar:
    """The grammar of those programs that recurse up to a level. See :func:`unroll`."""
    return unroll(grammar, level).grammar


def unroll(grammar: Grammar, level: int) -> Unrolled:
    """The grammar without recursion, and where its rules come from.

    Rules that derive themselves or each other are copied for level 0, 1, …, ``level``, and
    named ``e_lvl_0``, ``e_lvl_1``, …. References between them lead to the next level, others
    to level 0. A copy keeps the productions that can end within the levels that are left. Where
    rules that derive each other need more levels than ``level``, they get as many as they need.

    Of the copies those are left that a derivation can come to. All rules of the given
    grammar must be able to end.
    """
    structure = _Structure(grammar)
    copies = _copies(structure, level)
    order = sorted(copies)
    rules = tuple(
        Rule(
            structure.name(rule, at),
            tuple(structure.production(rule, at, kept) for kept in copies[rule, at]),
        )
        for rule, at in order
    )
    return Unrolled(Grammar(rules, grammar.blocks), tuple(rule for rule, _ in order))


def greatest_depth(grammar: Grammar) -> int:
    """The depth of the deepest derivation of a grammar without recursion.

    Raises ValueError if rules that derive themselves are left.
    """
    depths = [1] * len(grammar.rules)
    for rule in _upwards(grammar):
        below = [depths[name] for names in grammar.references[rule] for name in names]
        depths[rule] = 1 + max(below, default=0)
    return depths[0]


def most_references(grammar: Grammar) -> tuple[int, ...]:
    """For each rule the most expansions of it that a derivation can hold, up to ``MOST_COUNTED``.

    The grammar must be one without recursion; raises ValueError if it is not. The start
    symbol is expanded once. Of a production the counts of its non-terminals add up, of a
    rule the production counts that holds the most.
    """
    import numpy as np

    order = _upwards(grammar)
    result: list[int] = []
    # The rules that are counted come in blocks: a matrix of all by all could be large.
    for first in range(0, len(order), _COLUMNS):
        columns = min(_COLUMNS, len(order) - first)
        counts = np.zeros((len(order), columns), dtype=np.int64)
        for rule in order:
            row = counts[rule]
            for names in grammar.references[rule]:
                np.maximum(row, counts[list(names)].sum(axis=0), out=row)
            np.minimum(row, MOST_COUNTED, out=row)
            if 0 <= rule - first < columns:
                row[rule - first] += 1
        result += counts[0].tolist()
    return tuple(result)


def _upwards(grammar: Grammar) -> list[int]:
    """The rules of a grammar without recursion, each after those that it refers to."""
    if recursive_rules(grammar):
        raise ValueError("the grammar has rules that derive themselves")
    return [rule for group in components(_uses(grammar)) for rule in group]


def _uses(grammar: Grammar) -> list[set[int]]:
    return [{name for names in rule for name in names} for rule in grammar.references]


@dataclass(frozen=True)
class _Structure:
    """The rules of a grammar by the groups that derive each other."""

    grammar: Grammar

    @cached_property
    def groups(self) -> list[list[int]]:
        """Each group before those that it leads to."""
        return [sorted(group) for group in components(_uses(self.grammar))][::-1]

    @cached_property
    def group_of(self) -> dict[int, int]:
        return {rule: i for i, group in enumerate(self.groups) for rule in group}

    @cached_property
    def recursive(self) -> frozenset[int]:
        return recursive_rules(self.grammar)

    @cached_property
    def needs(self) -> list[list[int]]:
        """``needs[rule][production]``: the further levels it needs at least to leave its group."""
        inner = tuple(
            tuple(tuple(name for name in names if self.inside(rule, name)) for names in productions)
            for rule, productions in enumerate(self.grammar.references)
        )
        return [[int(depth) - 1 for depth in depths] for depths in least_depths(inner)]

    @cached_property
    def mark(self) -> str:
        """What stands between name and level; no name of the grammar holds it."""
        mark = "_lvl_"
        while any(mark in rule.name for rule in self.grammar.rules):
            mark += "_"
        return mark

    def inside(self, rule: int, other: int) -> bool:
        """Whether a reference stays in its group."""
        return self.group_of[rule] == self.group_of[other]

    def name(self, rule: int, level: int) -> str:
        """The name of a copy."""
        name = self.grammar.rules[rule].name
        return f"{name}{self.mark}{level}" if rule in self.recursive else name

    def production(self, rule: int, level: int, number: int) -> Production:
        """A production of a copy."""
        given = self.grammar.rules[rule].productions[number]
        names = iter(self.grammar.references[rule][number])
        symbols = tuple(
            one if one.terminal else Symbol(self._referred(rule, level, next(names)), False)
            for one in given.symbols
        )
        return Production(symbols, given.weight)

    def _referred(self, rule: int, level: int, other: int) -> str:
        return self.name(other, level + 1 if self.inside(rule, other) else 0)


def _copies(structure: _Structure, level: int) -> dict[tuple[int, int], list[int]]:
    """The copies that a derivation can come to, as rules and levels: the productions they keep."""
    copies: dict[tuple[int, int], list[int]] = {}
    entered = {0}
    for group in structure.groups:
        present: Sequence[int] = [rule for rule in group if rule in entered]
        last = max([level, *(min(structure.needs[rule]) for rule in present)])
        at = 0
        while present:
            following: set[int] = set()
            for rule in present:
                needs = structure.needs[rule]
                kept = copies[rule, at] = [i for i, need in enumerate(needs) if need <= last - at]
                for name in (name for i in kept for name in structure.grammar.references[rule][i]):
                    (following if structure.inside(rule, name) else entered).add(name)
            present, at = sorted(following), at + 1
    return copies
