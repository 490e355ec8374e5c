"""Tables of a report: the runs, their failures, their settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from gegp.group_results import GroupComparison
from gegp.runs import Run
from gegp.search_settings import SearchSettings

_MOST_REASONS = 20


@dataclass(frozen=True)
class Table:
    """A table: a row is as long as the headings; numbers are sorted as such."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def runs_table(groups: Mapping[str, Sequence[Run]]) -> Table:
    """A line a run: what it found, and what it took."""
    several = len(groups) > 1
    first = next(iter(groups.values()))[0]
    counters = list(first.summary["problem"])
    headings = [
        *(["group"] if several else []),
        *("seed", *first.problem.objective_names, "found in", "generations", "candidates"),
        *(
            "evaluated",
            "known already",
            "failed",
            "seconds",
            "evaluating",
            "depth",
            "size",
            "ended",
        ),
        *(name.replace("_", " ") for name in counters),
    ]
    rows = []
    for name, runs in groups.items():
        for run in runs:
            cells = [*([name] if several else []), *_run_cells(run)]
            rows.append([*cells, *(run.summary["problem"].get(one) for one in counters)])
    return Table(headings, rows)


def _run_cells(run: Run) -> Iterator[Any]:
    summary, best = run.summary, run.best
    counts = summary["evaluations"]
    yield summary["seed"]
    yield from best.fitness.values if best else [None] * len(run.problem.weights)
    yield summary["best"]["generation"] if best else None
    yield summary["generations"]
    yield from (counts[name] for name in ("candidates", "evaluated", "from_cache", "failed"))
    yield summary["seconds"]
    yield round(sum(done.seconds for done in run.evaluations if not done.cached), 3)
    yield best.derivation.depth if best else None
    yield sum(best.derivation.used) if best else None
    yield "yes" if run.ended else "no"


def failures_table(groups: Mapping[str, Sequence[Run]]) -> Table:
    """Why evaluations failed, the most frequent reasons first."""
    reasons = Counter(
        (done.status, done.detail.strip().rpartition("\n")[2])
        for runs in groups.values()
        for run in runs
        for done in run.evaluations
        if done.status != "ok"
    )
    rows = [(count, status, why) for (status, why), count in reasons.most_common(_MOST_REASONS)]
    return Table(("evaluations", "status", "reason"), rows)


def settings_table(groups: Mapping[str, Sequence[Run]], *, changed: bool) -> Table:
    """Settings by group: all of them, or those that differ from the defaults or between runs."""
    usual = msgspec.structs.asdict(SearchSettings())
    columns = {name: _of_group(runs) for name, runs in groups.items()}
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    rows = []
    for name in names:
        cells = [", ".join(column.get(name, ("–",))) for column in columns.values()]
        default = str(usual.get(name.removeprefix("search."))) if "search." in name else None
        if not changed or set(cells) != {default}:
            rows.append([name, *cells])
    return Table(("setting", *(columns if len(columns) > 1 else ("value",))), rows)


def _of_group(runs: Sequence[Run]) -> dict[str, list[str]]:
    """By setting, the different values that the runs of a group have."""
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        settings = run.manifest.settings
        search = msgspec.structs.asdict(settings.search)
        values = {
            "problem": run.problem.name,
            "profile": settings.profile or "–",
            "seed": run.manifest.seed,
            **{f"options.{name}": value for name, value in settings.options.items()},
            **{f"search.{name}": value for name, value in search.items()},
            **{f"version of {name}": value for name, value in run.manifest.versions.items()},
        }
        for name, value in values.items():
            found.setdefault(name, {})[str(value)] = None
    return {name: list(values) for name, values in found.items()}


def group_table(found: GroupComparison | None) -> Table:
    """The groups of a comparison."""
    rows = [
        (one.name, one.runs, one.median, *one.iqr, *one.interval, one.successes)
        for one in (found.groups if found else ())
    ]
    quartiles = ("lower quartile", "upper quartile")
    interval = ("95 % interval from", "to")
    return Table(("group", "runs", "median", *quartiles, *interval, "reached target"), rows)


def pair_table(found: GroupComparison | None) -> Table:
    """The tests of a comparison, two groups at a time."""
    rows = [
        (one.a, one.b, one.test, one.p, one.p_holm, one.a12, one.favoured or "neither")
        for one in (found.tests if found else ())
    ]
    return Table(("a", "b", "test", "p", "p (Holm)", "A12", "favours"), rows)
