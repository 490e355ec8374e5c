"""How deep and how large derivations can be within each depth limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from gegp.grammar.growth import Growth


class Extents:
    """A number for each rule and depth limit, made of those of the rules that it refers to.

    A production's number is ``combine`` of its references' numbers, one depth below; a rule's is
    ``best`` of those of the productions that fit, or ``cap`` if that is less.
    """

    def __init__(
        self,
        growth: Growth,
        depth: int,
        combine: Callable[[Sequence[int]], int],
        best: Callable[[Iterable[int]], int],
        cap: float = math.inf,
    ) -> None:
        self._growth = growth
        self._combine = combine
        self.productions = cache(self._numbers)
        """The numbers of a rule's productions that fit into a depth, in order; without cap."""
        self._levels = [[0] * len(growth.references)]
        for left in range(1, depth + 1):
            level = [
                int(min(best(numbers), cap)) if (numbers := self._numbers(rule, left)) else 0
                for rule in range(len(growth.references))
            ]
            if level == self._levels[-1]:
                break  # A level follows from the one before: so it stays.
            self._levels.append(level)

    def rule(self, rule: int, left: int) -> int:
        """The number of a rule with the depth that is left, its own included."""
        return self._levels[min(left, len(self._levels) - 1)][rule]

    def _numbers(self, rule: int, left: int) -> tuple[int, ...]:
        below = self._levels[min(left, len(self._levels)) - 1]
        references = self._growth.references[rule]
        return tuple(
            self._combine([below[name] for name in references[production]])
            for production in self._growth.fitting(rule, left)
        )


def greatest_depths(growth: Growth, depth: int) -> Extents:
    """The greatest depths that derivations reach within each limit up to ``depth``."""
    return Extents(growth, depth, lambda depths: 1 + max(depths, default=0), max)


Sizes = tuple[Extents, Extents]
"""The least and the greatest sizes of derivations."""


def sizes_within(growth: Growth, depth: int, size: int) -> Sizes:
    """The sizes within each limit up to ``depth``; ``size`` caps the greatest ones."""
    return least_sizes(growth, depth), Extents(growth, depth, _size, max, cap=size)


def least_sizes(growth: Growth, depth: int) -> Extents:
    """The least sizes of derivations within each limit up to ``depth``."""
    return Extents(growth, depth, _size, min)


def _size(sizes: Sequence[int]) -> int:
    return 1 + sum(sizes)
