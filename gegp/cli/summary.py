"""A run's result as lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gegp.commands import command_line
from gegp.reports.texts import duration, objectives_text
from gegp.runs import Run

_SHOWN = 20


def result_lines(run: Run) -> Iterator[str]:
    """The best program, and what it took to find it."""
    summary = run.summary
    counts = summary["evaluations"]
    yield (
        f"{summary['generations']} generations in {duration(summary['seconds'])}: "
        f"{counts['candidates']} candidates, {counts['evaluated']} evaluated, "
        f"{counts['from_cache']} known already, {counts['failed']} failed"
    )
    if "repeats" in counts:
        yield f"evaluations beyond the first of a candidate: {counts['repeats']:,}"
    if "from_other_runs" in counts:
        yield f"evaluations found in the cache: {counts['from_other_runs']:,}"
    for name, value in summary["problem"].items():
        yield f"{name.replace('_', ' ')}: {value:,}"
    best = run.best
    if best is None:
        yield "no candidate could be evaluated"
        return
    values = objectives_text(run, best.fitness.values)
    yield f"best: {values}, found in generation {summary['best']['generation']}"
    yield ""
    describe = run.problem.hook("describe")
    yield describe(best.phenotype) if describe else best.phenotype
    yield ""
    yield from _front_lines(run, summary.get("front", []))


def _front_lines(run: Run, front: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """With several objectives: the first program of each trade-off that no other dominates."""
    equals: dict[tuple[float, ...], list[str]] = {}
    for one in front:
        equals.setdefault(tuple(one["fitness"]), []).append(one["phenotype"])
    if front:
        yield f"no other program of the last generation is better than these in all: {len(front)}"
    for values, programs in list(equals.items())[:_SHOWN]:
        more = f" (and {len(programs) - 1} more)" if len(programs) > 1 else ""
        yield f"  {objectives_text(run, values)}: {programs[0]}{more}"
    if len(front) > min(len(equals), _SHOWN):
        yield f"  {command_line('show', run.directory, '--json')} has them all"
    if front:
        yield ""


def failures(run: Run) -> Iterator[str]:
    """The candidates that failed, by reason, the most frequent first."""
    reasons = Counter((done.status, done.detail) for done in run.evaluations if done.status != "ok")
    if reasons:
        yield f"{sum(reasons.values())} candidates failed:"
    for (status, detail), count in reasons.most_common(5):
        yield f"  {count} x {status}: {detail}"
    if len(reasons) > 5:
        yield f"  and {len(reasons) - 5} more reasons; all are in evaluations.jsonl"
