"""A run's result as lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gegp.runs import Run


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
    values = ", ".join(
        f"{name} {value:.6g}"
        for name, value in zip(run.problem.objective_names, best.fitness.values, strict=True)
    )
    yield f"best: {values}, found in generation {summary['best']['generation']}"
    yield ""
    describe = run.problem.hook("describe")
    yield describe(best.phenotype) if describe else best.phenotype
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


def duration(seconds: float) -> str:
    """Seconds for a person: ``8.5 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
