"""What a report says of runs: values that the page only has to set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gegp.comparability import comparable
from gegp.errors import GegpError, InputError
from gegp.group_comparison import compare
from gegp.group_results import GroupComparison
from gegp.reports.best import Best, best_of
from gegp.reports.chart import Chart
from gegp.reports.history import front_chart, history_charts
from gegp.reports.tables import (
    Table,
    failures_table,
    group_table,
    pair_table,
    runs_table,
    settings_table,
)
from gegp.reports.texts import duration
from gegp.runs import Run
from gegp.settings import read_problem_file
from gegp.version import VERSION


@dataclass(frozen=True)
class Contents:
    """All parts of the page; an empty one is left out."""

    title: str
    description: str
    group_names: Sequence[str]
    facts: Mapping[str, str]
    best: Best | None
    charts: Sequence[Chart]
    runs: Table
    comparison: GroupComparison | None
    comparison_note: str
    group_table: Table
    test_table: Table
    failures: Table
    set_apart: Table
    settings: Table
    grammar: str
    version: str


def contents(groups: Mapping[str, Sequence[Run]], directories: Mapping[str, Any]) -> Contents:
    """The report of groups of runs of one problem; ``directories`` are where the groups are.

    Raises InputError if the runs are of different problems or no run has finished a generation.
    """
    runs = [run for found in groups.values() for run in found]
    problem = _same_problem(runs)
    comparison, note = _comparison(groups, directories)
    best = best_of(groups)
    if best is None and not any(run.history for run in runs):
        raise InputError("no run has finished its first generation: there is nothing to report")
    return Contents(
        title=problem,
        description=_description(runs[0]),
        group_names=list(groups),
        facts=dict(_facts(groups, runs)),
        best=best,
        charts=[*history_charts(groups), *front_chart(groups)],
        runs=runs_table(groups),
        comparison=comparison,
        comparison_note=note,
        group_table=group_table(comparison),
        test_table=pair_table(comparison),
        failures=failures_table(groups),
        set_apart=settings_table(groups, changed=True),
        settings=settings_table(groups, changed=False),
        grammar=str(runs[0].problem.grammar),
        version=VERSION,
    )


def _same_problem(runs: Sequence[Run]) -> str:
    names = {run.problem.name: run for run in runs}
    objectives = {tuple(run.manifest.settings.objectives) for run in runs}
    if len(names) > 1 or len(objectives) > 1:
        places = ", ".join(f"{run.directory} ({name})" for name, run in names.items())
        raise InputError(
            f"a report is of runs of one problem and its objectives, found {places}; "
            "make a report of each"
        )
    return next(iter(names))


def _description(run: Run) -> str:
    return read_problem_file(run.problem.directory).description


def _facts(groups: Mapping[str, Sequence[Run]], runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """The numbers at the head of the page."""
    summaries = [run.summary for run in runs]
    counts = Counter[str]()
    for summary in summaries:
        counts.update(summary["evaluations"])
    yield "runs", f"{len(runs)}" + (f" in {len(groups)} groups" if len(groups) > 1 else "")
    generations = sorted({summary["generations"] for summary in summaries})
    yield (
        "generations",
        "–".join(str(one) for one in dict.fromkeys((generations[0], generations[-1]))),
    )
    yield "candidates", f"{counts['candidates']:,}"
    if counts["candidates"]:
        share = counts["from_cache"] / counts["candidates"]
        yield "known already", f"{share:.0%}"
    yield "failed", f"{counts['failed']:,}"
    yield "time", duration(sum(summary["seconds"] for summary in summaries))
    own = (done.seconds for run in runs for done in run.evaluations if not done.cached)
    yield "evaluating, over workers", duration(sum(own))
    target = runs[0].manifest.settings.search.target
    if target is not None:
        weight = runs[0].problem.weights[0]
        reached = sum(
            run.best is not None and run.best.fitness.values[0] * weight >= target * weight
            for run in runs
        )
        yield f"reached {target:g}", f"{reached} of {len(runs)}"
    unfinished = sum(not run.ended for run in runs)
    if unfinished:
        yield "not finished", str(unfinished)


def _comparison(
    groups: Mapping[str, Sequence[Run]], directories: Mapping[str, Any]
) -> tuple[GroupComparison | None, str]:
    if len(groups) < 2:
        return None, ""
    try:
        comparable(groups, ())
        return compare(directories), ""
    except GegpError as error:
        return None, f"The groups are not compared: {error}"
