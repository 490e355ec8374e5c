"""What an assessment came to: a row for each program and split, and how it compares."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gegp.assessment import Trial
from gegp.comparison import a12, holm, mann_whitney
from gegp.errors import GegpError
from gegp.problem import Problem


@dataclass(frozen=True)
class Row:
    """The measures of a program on a split, each with a value for every repeat.

    A value is None where there is none, which ranks below all others. ``failed`` are
    reasons by repeat.
    """

    policy: str
    scenario: str
    split: str
    measures: Mapping[str, Sequence[float | None]]
    failed: Mapping[int, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The row for a program to read; ``failed`` is there if something did."""
        row = {"policy": self.policy, "scenario": self.scenario, "split": self.split}
        failed = [{"repeat": repeat, "reason": why} for repeat, why in self.failed.items()]
        return row | dict(self.measures) | ({"failed": failed} if failed else {})


@dataclass(frozen=True)
class Comparison:
    """A program against the reference, by the two-sided Mann–Whitney test.

    ``a12`` is the probability that the program's value is above the reference's;
    ``p_holm`` is adjusted for the number of programs in the same scenario and split.
    """

    policy: str
    baseline: str
    scenario: str
    split: str
    measure: str
    p: float
    p_holm: float
    a12: float


@dataclass(frozen=True)
class Results:
    """The rows of an assessment, the comparisons, and published figures if the problem has any.

    ``measures`` are those that are compared: the problem's objectives, or its first measure.
    ``published`` are (mean, standard deviation) by scenario, policy and split.
    """

    rows: Sequence[Row]
    measures: Sequence[str]
    comparisons: Sequence[Comparison]
    published: Mapping[tuple[str, str, str], tuple[float, float]]
    source: str

    def json(self) -> dict[str, Any]:
        """What ``gegp assess --json`` prints."""
        return {
            "rows": [row.json() for row in self.rows],
            "comparisons": [self._comparison(one) for one in self.comparisons],
        }

    def _comparison(self, one: Comparison) -> dict[str, Any]:
        found = {
            name: self.published.get((one.scenario, who, one.split))
            for name, who in (("policy", one.policy), ("baseline", one.baseline))
        }
        figures = {name: f and {"mean": f[0], "sd": f[1]} for name, f in found.items()}
        return {**vars(one), "test": "mann-whitney", "published": figures}


def results(problem: Problem, trials: Sequence[Trial], reference: str | None) -> Results:
    """The results of some trials; those of an interrupted assessment are fewer.

    Raises GegpError if the problem raised in all of them.
    """
    if trials and not any(trial.splits for trial in trials):
        raise GegpError(f"nothing could be assessed: {trials[0].failed}")
    rows = list(_rows(trials))
    known = list(dict.fromkeys(name for row in rows for name in row.measures))
    measures = [name for name in problem.objective_names if name in known] or known[:1]
    weights = dict(zip(problem.objective_names, problem.weights, strict=True))
    comparisons = [
        comparison
        for measure in measures
        for comparison in _comparisons(rows, measure, weights.get(measure, 1.0), reference)
    ]
    published = getattr(problem.entry, "published", None) or {}
    figures = {
        (row["scenario"], row["policy"], row["split"]): (row["mean"], row["sd"])
        for row in published.get("rows", ())
    }
    return Results(rows, measures, comparisons, figures, published.get("source", ""))


def mean_and_deviation(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """Mean and sample standard deviation of the values that are there; None where undefined."""
    found = [value for value in values if value is not None]
    return (
        statistics.fmean(found) if found else None,
        statistics.stdev(found) if len(found) > 1 else None,
    )


def _rows(trials: Sequence[Trial]) -> Iterator[Row]:
    splits: dict[str, dict[str, None]] = {}
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.scenario, trial.policy), []).append(trial)
        for split, measures in trial.splits.items():
            splits.setdefault(split, {}).update(dict.fromkeys(measures))
    for (scenario, policy), group in groups.items():
        failed = {trial.repeat: trial.failed for trial in group if trial.failed}
        for split, names in splits.items():
            values: dict[str, Sequence[float | None]] = {
                name: [trial.splits.get(split, {}).get(name) for trial in group] for name in names
            }
            yield Row(policy, scenario, split, values, failed)


def _comparisons(
    rows: Sequence[Row], measure: str, weight: float, reference: str | None
) -> Iterator[Comparison]:
    for base in rows:
        if base.policy != reference or measure not in base.measures:
            continue
        others = [
            row
            for row in rows
            if (row.scenario, row.split) == (base.scenario, base.split) and row is not base
        ]
        second = _ranked(base, measure, weight)
        firsts = [_ranked(row, measure, weight) for row in others]
        p_values = [mann_whitney(first, second) for first in firsts]
        for row, first, p, p_holm in zip(others, firsts, p_values, holm(p_values), strict=True):
            yield Comparison(
                policy=row.policy,
                baseline=base.policy,
                scenario=base.scenario,
                split=base.split,
                measure=measure,
                p=p,
                p_holm=p_holm,
                a12=a12(first, second),
            )


def _ranked(row: Row, measure: str, weight: float) -> list[float]:
    """The values with the worst there is for those that are missing."""
    worst = -weight * math.inf
    return [worst if value is None else value for value in row.measures[measure]]
