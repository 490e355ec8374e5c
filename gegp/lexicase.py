"""Lexicase selection: a parent is the best in one case after the other, in any order.

Helmuth, Spector and Matheson, "Solving Uncompromising Problems With Lexicase Selection", IEEE
Transactions on Evolutionary Computation 19(5), 2015. Draws and results are those of DEAP's
``selLexicase``; individuals with equal errors are looked at once, and a case is a set operation.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

_MANY = 16
"""With more different errors in a case it is cheaper to look at who is left."""


def select_lexicase(individuals: Sequence[Any], k: int) -> list[Any]:
    """k individuals by the values of their fitness, which are errors of cases, to be small.

    It draws from ``random``, as selectors of DEAP do.
    """
    contest = _Contest(tuple(one.fitness.values) for one in individuals)
    order = range(len(individuals[0].fitness.values))
    chosen = []
    for _ in range(k):
        cases = list(order)
        random.shuffle(cases)
        chosen.append(individuals[random.choice(contest.winners(cases))])
    return chosen


class _Contest:
    """Individuals by their errors. A set of different errors is an integer with a bit for each."""

    def __init__(self, errors: Iterable[tuple[float, ...]]) -> None:
        places: dict[tuple[float, ...], list[int]] = {}
        for place, one in enumerate(errors):
            places.setdefault(one, []).append(place)
        self._places = list(places.values())
        self._columns = list(zip(*places, strict=True))
        self._levels = [_levels(column) for column in self._columns]

    def winners(self, cases: Sequence[int]) -> list[int]:
        """The places of those whom no other beats in these cases, the first of them first."""
        left = (1 << len(self._places)) - 1
        for case in cases:
            if left & (left - 1) == 0:
                break
            left = self._best(case, left)
        return self._places[left.bit_length() - 1]

    def _best(self, case: int, left: int) -> int:
        """Those who are the best of some in a case."""
        for level in self._levels[case]:
            if left & level:
                return left & level
        column = self._columns[case]
        members = [i for i in range(left.bit_length()) if left >> i & 1]
        least = min(column[i] for i in members)
        return sum(1 << i for i in members if column[i] == least)


def _levels(column: Sequence[float]) -> list[int]:
    """For the least errors of a case, or for all if they are few, who has them."""
    least = sorted(set(column))
    if len(least) > _MANY:
        least = least[:1]
    levels = dict.fromkeys(least, 0)
    for i, error in enumerate(column):
        if error in levels:
            levels[error] |= 1 << i
    return list(levels.values())
