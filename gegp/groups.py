"""Groups of runs, such as those of one method with different seeds, as they lie on disk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gegp.errors import InputError
from gegp.manifest import SETTINGS
from gegp.runs import Run
from gegp.store import read_log


@dataclass(frozen=True)
class Group:
    """Runs that are compared as one; ``values`` are their best fitness, the larger the better.

    A run in which no candidate could be evaluated has minus infinity. ``reached`` counts the
    runs that reached the target of their search; None if it has none.
    """

    name: str
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    unfinished: int = 0
    reached: int | None = None

    @property
    def failed(self) -> int:
        """The number of runs in which no candidate could be evaluated."""
        return self.values.count(-math.inf)


@dataclass(frozen=True)
class Groups:
    """Groups with an objective in common, of ``weight`` 1.0 to maximise and -1.0 to minimise.

    ``notes`` say what may keep them from being compared.
    """

    objective: str
    weight: float
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()


def read_groups(places: Sequence[str]) -> Groups:
    """The groups in directories: each a run, or whatever runs are below it.

    ``NAME=DIR`` names a group, which has the directory's name otherwise. Raises InputError if
    there are no runs, if they are of another problem than the first, or have several objectives.
    """
    named = [_named(place) for place in places]
    groups = [(name, [Run.load(path) for path in _runs(directory)]) for name, directory in named]
    names = [name for name, _ in named]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{names.count(name)} groups are called {name!r}; say NAME=DIR")
    runs = [run for _, some in groups for run in some]
    expected = _measured(runs[0])
    for run in runs:
        if _measured(run) != expected:
            raise InputError(
                f"{run.directory}: expected a run of {_text(expected)} as the first one, "
                f"{runs[0].directory}, found one of {_text(_measured(run))}"
            )
    _, objective, weight = expected
    made = tuple(_group(name, some, weight) for name, some in groups)
    return Groups(objective, weight, made, tuple(_notes(runs)))


def _named(place: str) -> tuple[str, Path]:
    name, separator, directory = place.partition("=")
    if separator and not Path(place).exists():
        return name, Path(directory)
    return Path(place).resolve().name, Path(place)


def _runs(directory: Path) -> list[Path]:
    """The run directories in a directory, which may be one itself."""
    found = sorted(path.parent for path in directory.rglob(SETTINGS)) if directory.is_dir() else []
    if not found:
        raise InputError(
            f"{directory}: expected a run's directory, or one that holds runs, found neither"
        )
    return found


def _measured(run: Run) -> tuple[str, str, float]:
    """The problem, its objective and the weight of that."""
    names, weights = run.problem.objective_names, run.problem.weights
    if len(weights) > 1:
        raise InputError(
            f"{run.directory} has {len(weights)} objectives ({', '.join(names)}); runs with one "
            "objective can be compared"
        )
    return run.problem.name, names[0], weights[0]


def _text(measured: tuple[str, str, float]) -> str:
    problem, objective, weight = measured
    return f"{problem} ({'max' if weight > 0 else 'min'} {objective})"


def _notes(runs: Sequence[Run]) -> Iterator[str]:
    options = [run.manifest.settings.options for run in runs]
    names = {name for some in options for name in some}
    differing = [
        name
        for name in sorted(names)
        if any(some.get(name) != options[0].get(name) for some in options)
    ]
    if differing:
        yield f"The runs differ in options.{', options.'.join(differing)}."


def _group(name: str, runs: Sequence[Run], weight: float) -> Group:
    values = tuple(run.best.fitness.values[0] * weight if run.best else -math.inf for run in runs)
    return Group(
        name,
        values,
        tuple(run.manifest.seed for run in runs),
        unfinished=sum(not _ended(run) for run in runs),
        reached=_reached(runs, values, weight),
    )


def _ended(run: Run) -> bool:
    events = [event["event"] for event in _life(run)]
    return bool(events) and events[-1] == "ended"


def _life(run: Run) -> Iterator[dict[str, object]]:
    """Its beginnings and its ends."""
    return (event for event in read_log(run.directory) if event["event"] in ("begun", "ended"))


def _reached(runs: Sequence[Run], values: Sequence[float], weight: float) -> int | None:
    targets = [run.manifest.settings.search.target for run in runs]
    if any(target is None for target in targets):
        return None
    return sum(
        value >= target * weight
        for value, target in zip(values, targets, strict=True)
        if target is not None
    )
