"""What a comparison of groups of runs came to, as values and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gegp.comparison import magnitude
from gegp.groups import QUALITY


@dataclass(frozen=True)
class Summary:
    """A group on a problem.

    ``median``, ``iqr`` (the lower and the upper quartile) and ``interval`` (the 95 %
    bootstrap interval of the median) are of the values as the problem states them. None
    stands where ``failed`` runs are, which have no value and rank below all others.
    ``successes`` counts the runs that reached the target; None if there is no target.
    """

    name: str
    problem: str
    runs: int
    unfinished: int
    failed: int
    median: float | None
    iqr: tuple[float | None, float | None]
    interval: tuple[float | None, float | None]
    target: float | None
    successes: int | None
    seeds: Sequence[int]
    values: Sequence[float | None]

    def json(self) -> dict[str, Any]:
        """The group for a program to read."""
        rate = None if self.successes is None else self.successes / self.runs
        return {**vars(self), "success_rate": rate}


@dataclass(frozen=True)
class PairTest:
    """Two groups of ``sizes`` runs on a problem.

    ``a12`` is the probability that a run of ``a`` is better than one of ``b``, ties counted
    half; of measures that are neither good nor bad, that its value is higher. ``favoured`` is
    the group that the ranks of the test favour; None if neither.
    """

    problem: str
    a: str
    b: str
    test: str
    p: float
    p_holm: float
    a12: float
    favoured: str | None
    sizes: tuple[int, int]

    def json(self) -> dict[str, Any]:
        """The test for a program to read."""
        return {**vars(self), "magnitude": magnitude(self.a12)}


@dataclass(frozen=True)
class OverallTest:
    """All groups at once, on a problem, or over all problems: then ``problem`` is None.

    Where values come in ``blocks`` (seeds or problems), there are mean ranks, 1 being the
    best, and from three groups on Nemenyi's critical difference of them.
    """

    problem: str | None
    test: str
    statistic: float
    p: float
    blocks: int | None = None
    mean_ranks: Mapping[str, float] | None = None
    critical_difference: float | None = None


@dataclass(frozen=True)
class GroupComparison:
    """Groups, tests and what may be concluded.

    ``measure`` is what was compared, and ``objectives`` are what the problems optimise,
    such as ``"min error"``. ``level`` is that of significance; ``notes`` are for the reader.
    """

    measure: str
    objectives: Sequence[str]
    paired: bool
    level: float
    groups: Sequence[Summary]
    tests: Sequence[PairTest]
    overall: Sequence[OverallTest]
    conclusion: str = ""
    notes: Sequence[str] = ()

    @property
    def quantity(self) -> str:
        """What was compared, for a reader: ``best rrse (lower is better)``."""
        if self.measure == "evaluations":
            return "evaluations until the target is reached (fewer are better)"
        if self.measure not in QUALITY or len(self.objectives) > 1:
            return self.measure
        direction, _, name = self.objectives[0].partition(" ")
        better = "higher" if direction == "max" else "lower"
        return f"{self.measure} {name} ({better} is better)"

    @property
    def relation(self) -> str:
        """What one value may be in comparison with another: better, or no more than higher."""
        return "better" if self.measure in (*QUALITY, "evaluations") else "higher"

    @property
    def problems(self) -> list[str]:
        """The problems, in the order of the groups."""
        return list(dict.fromkeys(group.problem for group in self.groups))

    @property
    def names(self) -> list[str]:
        """The names of the groups."""
        return list(dict.fromkeys(group.name for group in self.groups))

    def json(self) -> dict[str, Any]:
        """What ``gegp compare --json`` prints."""
        return {
            **vars(self),
            "groups": [group.json() for group in self.groups],
            "tests": [test.json() for test in self.tests],
            "overall": [vars(test) for test in self.overall],
        }


def finite(value: float) -> float | None:
    """A number, or None for the infinity that a run without a value counts as."""
    return value if math.isfinite(value) else None
