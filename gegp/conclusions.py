"""What may be concluded from a comparison of groups, and what not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gegp.comparison import detectable_a12, detectable_share, magnitude
from gegp.group_results import GroupComparison, OverallTest, PairTest

NAMES = {
    "mann-whitney": "Mann–Whitney",
    "wilcoxon": "Wilcoxon signed-rank",
    "kruskal-wallis": "Kruskal–Wallis",
    "friedman": "Friedman",
}
"""The tests as a reader knows them."""


def conclusion(results: GroupComparison) -> str:
    """The conclusion: a few sentences, for each problem and over all of them."""
    sentences = []
    for problem in results.problems:
        prefix = f"{problem}: " if len(results.problems) > 1 else ""
        sentences.append(prefix + " ".join(_on_problem(results, problem)))
    sentences += _over_problems(results)
    return " ".join(sentences)


def p_text(p: float) -> str:
    """A p-value for a reader: ``< 0.0001``, ``0.00031``, ``0.042``."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}" if p < 0.001 else f"{p:.3f}"


def _on_problem(results: GroupComparison, problem: str) -> Iterator[str]:
    tests = [test for test in results.tests if test.problem == problem]
    yield from _whether_any(results, problem)
    shown = [test for test in tests if test.p_holm < results.level and test.favoured]
    for test in shown:
        yield _difference(results, test)
    left = [test for test in tests if test not in shown]
    if left:
        yield _nothing_shown(results, left)
    single = [one.name for one in results.groups if one.problem == problem and one.runs < 2]
    if single:
        yield f"{', '.join(single)}: a single run says nothing of other runs, so it was not tested."


def _whether_any(results: GroupComparison, problem: str) -> Iterator[str]:
    """The test of all groups at once, if there is one."""
    for test in results.overall:
        if test.problem == problem:
            found = "differ somewhere" if test.p < results.level else "were not shown to differ"
            yield f"The {len(results.names)} groups {found} ({_named(test)})."


def _difference(results: GroupComparison, test: PairTest) -> str:
    """A difference that was shown."""
    other = test.b if test.favoured == test.a else test.a
    share = test.a12 if test.favoured == test.a else 1 - test.a12
    p = f"p {_equals(test.p_holm)}{' by Holm' if len(results.tests) > 1 else ''}"
    name = NAMES[test.test]
    effect = f"A12 = {share:.2f}, {magnitude(share)}"
    verb = "is better than" if results.relation == "better" else "has higher values than"
    return f"{test.favoured} {verb} {other} ({name}, {p}; {effect})."


def _nothing_shown(results: GroupComparison, tests: Sequence[PairTest]) -> str:
    """What was not shown, and how large it would have had to be."""
    pairs = ", ".join(f"{test.a} and {test.b}{_its_p(results, test)}" for test in tests)
    text = f"No difference was shown between {pairs}. That does not mean that they are equal: "
    # The fewest runs decide; Holm's correction leaves its first test no more than this level.
    first, second = min((test.sizes for test in tests), key=lambda sizes: (min(sizes), sum(sizes)))
    level = results.level / len(results.tests)
    if results.paired:
        share, runs = detectable_share(first, level), f"{first} pairs of runs"
    else:
        share = detectable_a12(first, second, level)
        runs = f"{first} runs each" if first == second else f"{first} and {second} runs"
    if share is None:
        return text + f"with {runs} no result at all would be significant; make more runs."
    return text + (
        f"with {runs} {_least(share, paired=results.paired)} "
        "would have been found with a probability of 80 %."
    )


def _least(share: float, *, paired: bool) -> str:
    """The least difference that would have been found, in words."""
    if share > 0.99:
        return "only that one is always better"
    if paired:
        return f"only that one is better for about {share:.0%} of the seeds".replace("%", " %")
    return f"only a difference of about A12 = {share:.2f} (or {1 - share:.2f}) or beyond"


def _over_problems(results: GroupComparison) -> Iterator[str]:
    """What holds over all problems."""
    for test in results.overall:
        if test.problem is None and test.mean_ranks:
            found = "differ" if test.p < results.level else "were not shown to differ"
            ranks = ", ".join(f"{name} {rank:.2f}" for name, rank in test.mean_ranks.items())
            yield (
                f"Over the {test.blocks} problems the groups {found} "
                f"({_named(test)}; mean ranks {ranks})."
            )


def _named(test: OverallTest) -> str:
    return f"{NAMES[test.test]}, p {_equals(test.p)}"


def _its_p(results: GroupComparison, test: PairTest) -> str:
    """The p-value in brackets, where it is the only one."""
    return f" ({NAMES[test.test]}, p {_equals(test.p)})" if len(results.tests) == 1 else ""


def _equals(p: float) -> str:
    text = p_text(p)
    return text if text.startswith("<") else f"= {text}"
