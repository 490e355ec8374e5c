"""Lexicase selection: a parent is the best in one case after the other, in any order.

Helmuth, Spector and Matheson, "Solving Uncompromising Problems With Lexicase Selection", IEEE
Transactions on Evolutionary Computation 19(5), 2015; with a tolerance La Cava, Spector and Danai,
"Epsilon-Lexicase Selection for Regression", GECCO 2016. Draws and results are those of DEAP's
``selLexicase`` and ``selAutomaticEpsilonLexicase``; individuals with equal errors are looked at
once, and those who are left, if their errors are equal, not any more.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MANY = 16
"""With more different errors in a case it is cheaper to look at who is left."""


def select_lexicase(individuals: Sequence[Any], k: int) -> list[Any]:
    """k individuals by the values of their fitness, which are errors of cases, to be small.

    It draws from ``random``, as selectors of DEAP do.
    """
    return _selected(individuals, k, _Exact(one.fitness.values for one in individuals))


def select_epsilon_lexicase(individuals: Sequence[Any], k: int) -> list[Any]:
    """The same, but as good as the best is who is worse by the median absolute deviation at most.

    Median and deviation are of those who are left when it is the case's turn.
    """
    return _selected(individuals, k, _Tolerant(one.fitness.values for one in individuals))


def _selected(individuals: Sequence[Any], k: int, contest: _Exact | _Tolerant) -> list[Any]:
    order = range(len(individuals[0].fitness.values))
    chosen = []
    for _ in range(k):
        cases = list(order)
        random.shuffle(cases)
        chosen.append(individuals[random.choice(contest.winners(cases))])
    return chosen


class _Exact:
    """Individuals by their errors. A set of different errors is an integer with a bit for each."""

    def __init__(self, errors: Iterable[tuple[float, ...]]) -> None:
        found = _places(errors)
        self._places = list(found.values())
        self._columns = list(zip(*found, strict=True))
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


class _Tolerant:
    """Individuals by their errors. A set of different errors is an array of their numbers."""

    def __init__(self, errors: Iterable[tuple[float, ...]]) -> None:
        found = _places(errors)
        self._places = list(found.values())
        self._counts = np.array([len(places) for places in found.values()])
        self._columns = np.array(list(found), np.float64).T
        self._of_all: dict[int, NDArray[np.int64]] = {}

    def winners(self, cases: Sequence[int]) -> list[int]:
        """The places of those who are good enough in these cases, the first of them first."""
        left = np.arange(len(self._places))
        for number, case in enumerate(cases):
            if len(left) == 1:
                break
            if number == 0:
                if case not in self._of_all:
                    self._of_all[case] = self._good(case, left)
                left = self._of_all[case]
            else:
                left = self._good(case, left)
        return sorted(place for one in left for place in self._places[one])

    def _good(self, case: int, left: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those who are good enough among some in a case."""
        errors = self._columns[case, left]
        with np.errstate(all="ignore"):
            each = np.sort(np.repeat(errors, self._counts[left]))
            deviation = _median(np.sort(np.abs(each - _median(each))))
            good: NDArray[np.bool_] = errors <= each[0] + deviation
        return left[good]


def _places(errors: Iterable[tuple[float, ...]]) -> dict[tuple[float, ...], list[int]]:
    """Where each of the different errors stands."""
    found: dict[tuple[float, ...], list[int]] = {}
    for place, one in enumerate(errors):
        found.setdefault(one, []).append(place)
    return found


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


def _median(ordered: NDArray[np.float64]) -> float:
    middle = len(ordered) // 2
    return float(
        ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    )
