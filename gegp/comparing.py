"""Groups of runs compared: what is typical of each, tests, effect sizes, and what follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from typing import Any

import numpy as np

from gegp.comparison import a12, holm, mann_whitney
from gegp.errors import InputError, MissingPackage
from gegp.groups import Group, Groups

LEVEL = 0.05
_RESAMPLES = 10_000


@dataclass(frozen=True)
class Typical:
    """The median of a group's best fitness, as the problem states it, and its spread.

    ``iqr`` are the first and the third quartile; ``interval`` is the 95 % interval of the median
    by the percentiles of bootstrap samples (Efron and Tibshirani 1993). Infinite where runs failed.
    """

    group: Group
    median: float
    iqr: tuple[float, float]
    interval: tuple[float, float]


@dataclass(frozen=True)
class Test:
    """Two groups: the p-value, the same for all pairs by Holm's correction, and A12.

    ``a12`` is the probability that a run of ``a`` is better than one of ``b``, ties counted half.
    """

    a: str
    b: str
    test: str
    p: float
    p_holm: float
    a12: float


@dataclass(frozen=True)
class Overall:
    """A test of all groups at once; with ``ranks`` the mean rank of each, 1 the best.

    Mean ranks that differ by ``critical_difference`` or more differ at the level 0.05 (Nemenyi; J.
    Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7, 2006); here
    the seeds stand for his data sets.
    """

    test: str
    p: float
    ranks: tuple[float, ...] = ()
    critical_difference: float | None = None


@dataclass(frozen=True)
class Comparison:
    """What is to be said of groups of runs."""

    objective: str
    groups: tuple[Typical, ...]
    tests: tuple[Test, ...]
    overall: Overall | None
    conclusion: str
    notes: tuple[str, ...] = ()


def compare(found: Groups, *, paired: bool = False) -> Comparison:
    """Compare groups of runs by their best fitness.

    Two groups by the test of Mann and Whitney, more by that of Kruskal and Wallis first. With
    ``paired`` runs of equal seeds belong together: the tests are those of Wilcoxon and Friedman.
    Raises InputError if there are fewer than two groups, or if seeds do not pair; MissingPackage
    if a test needs scipy, and it is not there.
    """
    groups = found.groups
    if len(groups) < 2:
        raise InputError("expected two groups of runs or more, found one")
    if paired:
        groups = _paired(groups)
    tests = _tests(groups, paired)
    return Comparison(
        found.objective,
        tuple(_typical(group, found.weight) for group in groups),
        tests,
        _overall(groups, paired) if len(groups) > 2 else None,
        _conclusion(groups, tests),
        found.notes,
    )


def _paired(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with their runs in the order of their seeds."""
    seeds = sorted(groups[0].seeds)
    for group in groups:
        if sorted(group.seeds) != seeds or len(set(seeds)) < len(seeds):
            raise InputError(
                f"runs are paired by seed, and {group.name} has other seeds than "
                f"{groups[0].name}, or one twice; leave out --paired"
            )
    made = []
    for group in groups:
        order = sorted(range(len(seeds)), key=lambda i: group.seeds[i])
        values = tuple(group.values[i] for i in order)
        made.append(Group(group.name, values, tuple(seeds), group.unfinished, group.reached))
    return tuple(made)


def _typical(group: Group, weight: float) -> Typical:
    values = np.array(group.values) * weight
    rng = np.random.default_rng(0)
    medians = _quantile(rng.choice(values, (_RESAMPLES, len(values))), 0.5)
    interval = tuple(float(np.quantile(medians, q, method="inverted_cdf")) for q in (0.025, 0.975))
    first, median, third = (float(_quantile(values[None], q)[0]) for q in (0.25, 0.5, 0.75))
    return Typical(group, median, (first, third), (interval[0], interval[1]))


def _quantile(samples: Any, q: float) -> Any:
    """By rows; infinities stay what they are, and no number comes of two of them."""
    finite = np.clip(samples, -1e300, 1e300)
    found = np.quantile(finite, q, axis=1)
    return np.where(np.abs(found) > 1e299, np.copysign(np.inf, found), found)


def _tests(groups: Sequence[Group], paired: bool) -> tuple[Test, ...]:
    pairs = list(combinations(groups, 2))
    name = "wilcoxon" if paired else "mann-whitney"
    values = [_wilcoxon(a, b) if paired else mann_whitney(a.values, b.values) for a, b in pairs]
    return tuple(
        Test(a.name, b.name, name, p, p_holm, a12(a.values, b.values))
        for (a, b), p, p_holm in zip(pairs, values, holm(values), strict=True)
    )


def _wilcoxon(a: Group, b: Group) -> float:
    # Two runs that failed are alike, and their difference is none.
    differences = [0.0 if x == y else x - y for x, y in zip(a.values, b.values, strict=True)]
    if not any(differences):
        return 1.0
    return float(_scipy().wilcoxon(np.clip(differences, -1e300, 1e300)).pvalue)


def _overall(groups: Sequence[Group], paired: bool) -> Overall:
    samples = [group.values for group in groups]
    alike = len({value for sample in samples for value in sample}) == 1
    if not paired:
        p = 1.0 if alike else float(_scipy().kruskal(*samples).pvalue)
        return Overall("kruskal-wallis", p)
    stats, count = _scipy(), len(samples)
    table = np.array([stats.rankdata(row) for row in -np.transpose(samples)])
    spread = float(stats.studentized_range.ppf(1 - LEVEL, count, np.inf)) / math.sqrt(2)
    difference = spread * math.sqrt(count * (count + 1) / (6 * len(table)))
    p = 1.0 if alike else float(stats.friedmanchisquare(*samples).pvalue)
    return Overall("friedman", p, tuple(table.mean(axis=0).tolist()), difference)


def _conclusion(groups: Sequence[Group], tests: Sequence[Test]) -> str:
    """What may be said, and what not, in a sentence or two."""
    counts = sorted({len(group.values) for group in groups})
    runs = " or ".join(map(str, counts)) + (" run" if counts == [1] else " runs")
    if counts[0] < 2:
        return "With a single run of a group nothing can be said of differences."
    shown = [test for test in tests if test.p_holm < LEVEL]
    said = [
        f"{better} is better than {worse} (p = {_number(test.p_holm)}, A12 = {chance:.2f}: "
        f"{magnitude(chance)} effect)"
        for test in shown
        for better, worse, chance in [_order(test)]
    ]
    if len(shown) < len(tests):
        rest = (
            "No difference was shown" if not shown else "Of the other pairs no difference was shown"
        )
        said.append(f"{rest}, which with {runs} each does not say that there is none")
    return ". ".join(said) + "."


def _order(test: Test) -> tuple[str, str, float]:
    if test.a12 >= 0.5:
        return test.a, test.b, test.a12
    return test.b, test.a, 1.0 - test.a12


def magnitude(chance: float) -> str:
    """The size of an effect in words, by A12 as Vargha and Delaney read it."""
    chance = max(chance, 1.0 - chance)
    if chance < 0.56:
        return "negligible"
    return "small" if chance < 0.64 else "medium" if chance < 0.71 else "large"


def _number(p: float) -> str:
    return f"{p:.1e}" if p < 0.001 else f"{p:.3f}"


def _scipy() -> Any:
    try:
        return import_module("scipy.stats")
    except ImportError:
        raise MissingPackage(
            "to compare more than two groups, or pairs, needs the package scipy, which is not "
            'installed; install it with: pip install "gegp[report]"'
        ) from None
