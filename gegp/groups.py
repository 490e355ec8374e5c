"""Groups of runs that are to be compared: a value for each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gegp.errors import InputError
from gegp.runs import Run, find_runs
from gegp.statistics import Row

QUALITY = ("best", "mean", "median", "worst")
"""Columns that hold values of the objective."""

SUMMED = ("evaluated", "from_cache", "seconds")
"""Columns of work: a run's value is the sum over its generations."""

MEASURES = (
    *("best", "evaluations"),
    *(name for name in Row.__struct_fields__ if name not in ("best", "generation")),
)
"""What runs can be compared by. ``best`` is that of the whole run."""


@dataclass(frozen=True)
class Observation:
    """What a run tells: its value; None if no candidate could be evaluated or no target reached.

    ``weight`` is 1.0 if high values are better and -1.0 if low ones are. ``success`` is None
    where there is no target.
    """

    problem: str
    seed: int
    value: float | None
    weight: float
    target: float | None
    success: bool | None
    ended: bool

    @property
    def worth(self) -> float:
        """The value, or the worst there is."""
        return -self.weight * math.inf if self.value is None else self.value

    @property
    def score(self) -> float:
        """The same, turned so that more is better."""
        return self.weight * self.worth


@dataclass(frozen=True)
class Group:
    """The runs of one method."""

    name: str
    observations: Sequence[Observation]

    def of(self, problem: str) -> list[Observation]:
        """Those of a problem, by seed."""
        found = [one for one in self.observations if one.problem == problem]
        return sorted(found, key=lambda one: one.seed)


def load_groups(sources: Mapping[str, Path]) -> dict[str, list[Run]]:
    """The runs at or below a directory, for each name.

    Raises InputError for fewer than two groups, one without runs, and a run that is in two.
    """
    if len(sources) < 2:
        raise InputError(
            f"a comparison needs two groups or more, each a directory of runs; found {len(sources)}"
        )
    runs: dict[str, list[Run]] = {}
    owners: dict[Path, str] = {}
    for name, directory in sources.items():
        paths = find_runs(directory)
        if not paths:
            raise InputError(f"{directory} holds no run: expected a file settings.toml in or below")
        for path in paths:
            owner = owners.setdefault(path.resolve(), name)
            if owner != name:
                raise InputError(
                    f"{path} is in two groups, {owner} and {name}; "
                    "name directories that have no run in common"
                )
        runs[name] = [Run.load(path) for path in paths]
    return runs


def observe(
    runs: Mapping[str, Sequence[Run]],
    problems: Mapping[Path, str],
    *,
    measure: str,
    target: float | None,
) -> list[Group]:
    """The groups with a value for each run that has finished a generation.

    ``problems`` holds a name of each run's problem, by its directory. Raises InputError for an
    unknown measure, a measure that needs a target where there is none, and a group of
    which no run of a problem has come so far.
    """
    if measure not in MEASURES:
        raise InputError(f"measure {measure!r}: expected one of {', '.join(MEASURES)}")
    groups = []
    for name, group in runs.items():
        begun = [run for run in group if run.state is not None]
        found = [_observation(run, problems[run.directory], measure, target) for run in begun]
        for problem in {problems[run.directory] for run in group}:
            if not any(one.problem == problem for one in found):
                raise InputError(f"{name}: no run of {problem} has finished its first generation")
        groups.append(Group(name, found))
    return groups


def _observation(run: Run, problem: str, measure: str, target: float | None) -> Observation:
    target = run.manifest.settings.search.target if target is None else target
    if measure == "evaluations" and target is None:
        raise InputError(
            f"the measure evaluations counts until the target is reached, and {run.directory} "
            "has no target; give one with --target"
        )
    weight = run.problem.weights[0]
    best = None if run.best is None else run.best.fitness.values[0]
    reached = None if target is None else best is not None and best * weight >= target * weight
    return Observation(
        problem=problem,
        seed=run.manifest.seed,
        value=best if measure == "best" else _value(run, measure, target),
        weight=weight if measure in QUALITY else -1.0 if measure == "evaluations" else 1.0,
        target=target,
        success=reached,
        ended=run.ended,
    )


def _value(run: Run, measure: str, target: float | None) -> float | None:
    """The value of another measure than the best fitness."""
    if measure == "evaluations" and target is not None:
        return _evaluations_until(run, target)
    column = [row[measure] for row in run.history]
    if measure in SUMMED:
        return float(sum(column))
    return None if not column or column[-1] is None else float(column[-1])


def _evaluations_until(run: Run, target: float) -> float | None:
    """The different candidates that were met up to the generation that reached the target."""
    weight = run.problem.weights[0]
    for row in run.history:
        if row["best"] is not None and row["best"] * weight >= target * weight:
            last = row["generation"]
            return float(len({one.key for one in run.evaluations if one.generation <= last}))
    return None
