"""Groups of runs compared: medians, tests on ranks, effect sizes, and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import numpy as np

from gegp.comparability import comparable, differences, doubts, objective
from gegp.comparison import a12, holm, mann_whitney, signed_ranks, wilcoxon
from gegp.conclusions import conclusion
from gegp.errors import InputError
from gegp.group_results import GroupComparison, OverallTest, PairTest, Summary, finite
from gegp.groups import Group, load_groups, observe
from gegp.omnibus import (
    critical_difference,
    friedman,
    kruskal_wallis,
    mean_ranks,
    scipy_stats,
)
from gegp.samples import median_interval, quartiles

Scores = Mapping[str, Sequence[float]]
"""By group: a number for each run, more is better; by seed where runs are paired."""

_EXACT = 50 * 50
"""Up to so many pairs of runs the Mann–Whitney test is exact."""


def compare(
    groups: Mapping[str, str | Path],
    *,
    measure: str = "best",
    target: float | None = None,
    paired: bool = False,
    level: float = 0.05,
    accept: Collection[str] = (),
) -> GroupComparison:
    """Compare groups of runs; each name has a directory with runs in it, at any depth.

    ``measure`` is the best fitness, ``"evaluations"`` until the target was reached, or a column of
    ``generations.csv``. The target is that of the runs, if none is given. With ``paired`` the
    runs of equal seeds belong together. Runs of a problem whose options differ are those of
    different problems, unless ``accept`` holds ``"options"``. A group may hold runs of several
    problems, if all do.

    The tests are described in ``docs/comparing.md``. Raises InputError for runs that cannot be
    compared, StoreError for a damaged one, MissingPackage if a test needs SciPy.
    """
    runs = load_groups({name: Path(directory) for name, directory in groups.items()})
    labels = comparable(runs, accept)
    problems = sorted(set(labels.values()))
    found = observe(runs, labels, measure=measure, target=target)
    scores = {problem: _scores(found, problem, paired=paired) for problem in problems}
    tests = [
        test
        for problem in problems
        for test in _pair_tests(problem, scores[problem], paired=paired)
    ]
    adjusted = holm([test.p for test in tests])
    result = GroupComparison(
        measure=measure,
        objectives=sorted({objective(run) for run in chain(*runs.values())}),
        paired=paired,
        level=level,
        groups=[_summary(group, problem) for problem in problems for group in found],
        tests=[replace(test, p_holm=p) for test, p in zip(tests, adjusted, strict=True)],
        overall=list(_overall(scores, paired=paired, level=level)),
        notes=[*doubts(runs, labels), *differences(runs, labels)],
    )
    return replace(result, conclusion=conclusion(result))


def _scores(groups: Sequence[Group], problem: str, *, paired: bool) -> Scores:
    """The scores of the groups on a problem. Raises InputError where a pair is not complete."""
    if paired:
        seeds = {group.name: [one.seed for one in group.of(problem)] for group in groups}
        (first, expected), *others = seeds.items()
        for name, found in others:
            if found != expected or len(set(found)) < len(found):
                odd = sorted(set(found) ^ set(expected)) or found
                raise InputError(
                    f"--paired: {first} and {name} need a run of {problem} with each seed; "
                    f"seed {', '.join(map(str, odd))} is not once in both. Leave out --paired"
                )
    return {group.name: [one.score for one in group.of(problem)] for group in groups}


def _summary(group: Group, problem: str) -> Summary:
    """The group's runs on a problem, described."""
    runs = group.of(problem)
    # The same generator for every group: another group beside it changes no interval.
    low, high = median_interval(np.random.default_rng(0), [one.worth for one in runs])
    first, median, third = quartiles([one.worth for one in runs])
    targets = {one.target for one in runs}
    return Summary(
        name=group.name,
        problem=problem,
        runs=len(runs),
        unfinished=sum(not one.ended for one in runs),
        failed=sum(one.value is None for one in runs),
        median=finite(median),
        iqr=(finite(first), finite(third)),
        interval=(finite(low), finite(high)),
        target=targets.pop() if len(targets) == 1 else None,
        successes=None
        if any(one.success is None for one in runs)
        else sum(bool(one.success) for one in runs),
        seeds=[one.seed for one in runs],
        values=[one.value for one in runs],
    )


def _pair_tests(problem: str, scores: Scores, *, paired: bool) -> Iterator[PairTest]:
    """A test of each pair of groups that have two runs or more; not yet adjusted."""
    for (a, first), (b, second) in combinations(scores.items(), 2):
        if min(len(first), len(second)) < 2:
            continue
        effect = a12(first, second)
        if paired:
            positive, ranks = signed_ranks(first, second)
            p, favour = wilcoxon(first, second), float(2 * positive - sum(ranks))
        else:
            p, favour = _mann_whitney(first, second), effect - 0.5
        yield PairTest(
            problem=problem,
            a=a,
            b=b,
            test="wilcoxon" if paired else "mann-whitney",
            p=p,
            p_holm=p,
            a12=effect,
            favoured=a if favour > 0 else b if favour < 0 else None,
            sizes=(len(first), len(second)),
        )


def _mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """Exact where that takes no time, else by the normal distribution."""
    if len(first) * len(second) <= _EXACT:
        return mann_whitney(first, second)
    if len({*first, *second}) == 1:
        return 1.0  # The variance is 0 then.
    stats = scipy_stats("the Mann–Whitney test of more than 50 runs a group")
    return float(stats.mannwhitneyu(first, second, method="asymptotic").pvalue)


def _overall(scores: Mapping[str, Scores], *, paired: bool, level: float) -> Iterator[OverallTest]:
    """Tests of all groups at once: on each problem from three groups on, and over problems."""
    for problem, samples in scores.items():
        if len(samples) < 3 or min(map(len, samples.values())) < 2:
            continue
        if paired:
            seeds = list(zip(*samples.values(), strict=True))
            yield _blocked(problem, list(samples), seeds, level)
        else:
            statistic, p = kruskal_wallis(list(samples.values()))
            yield OverallTest(problem, "kruskal-wallis", statistic, p)
    if len(scores) > 1:
        medians = [[quartiles(one)[1] for one in samples.values()] for samples in scores.values()]
        yield _blocked(None, list(next(iter(scores.values()))), medians, level)


def _blocked(
    problem: str | None, names: Sequence[str], rows: Sequence[Sequence[float]], level: float
) -> OverallTest:
    """The test of values that come in blocks."""
    ranks = dict(zip(names, mean_ranks(rows), strict=True))
    if len(names) == 2:
        first, second = zip(*rows, strict=True)
        positive, _ = signed_ranks(first, second)
        p = wilcoxon(first, second)
        return OverallTest(problem, "wilcoxon", positive / 2, p, len(rows), ranks)
    statistic, p = friedman(rows)
    difference = critical_difference(len(names), len(rows), level)
    return OverallTest(problem, "friedman", statistic, p, len(rows), ranks, difference)
