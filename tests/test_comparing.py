"""Groups of runs compared: statistics against others' and by hand, and the command on real runs."""

import json
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp import Observer, load_problem, run
from gegp.comparing import Overall, compare, magnitude
from gegp.errors import InputError
from gegp.groups import Group, Groups, read_groups
from gegp.rank_diagram import joined

stats = pytest.importorskip("scipy.stats")

VALUES = st.lists(st.sampled_from([-math.inf, *range(8)]), min_size=2, max_size=9)


def groups(*samples, weight=1.0):
    made = [
        Group(chr(ord("a") + i), tuple(map(float, sample)), tuple(range(len(sample))))
        for i, sample in enumerate(samples)
    ]
    return Groups("score", weight, tuple(made))


@settings(deadline=None)
@given(VALUES, VALUES)
def test_a_comparison_is_of_what_was_given(first, second):
    found = compare(groups(first, second))
    (test,) = found.tests
    wins = sum((a > b) + (a == b) / 2 for a, b in product(first, second))
    assert test.a12 == pytest.approx(wins / (len(first) * len(second)))
    assert 0 < test.p == test.p_holm <= 1
    for one, sample in zip(found.groups, (first, second), strict=True):
        finite = [value for value in sample if value > -math.inf]
        if len(finite) == len(sample):
            assert one.median == pytest.approx(np.median(sample))
            assert one.iqr == pytest.approx(tuple(np.quantile(sample, [0.25, 0.75])))
        assert one.iqr[0] <= one.median <= one.iqr[1]
        assert one.interval[0] <= one.interval[1]
        assert not math.isnan(one.median) and one.group.failed == len(sample) - len(finite)
    assert found.conclusion.endswith(".")


def test_what_is_minimised_is_better_below():
    # Values are the larger the better; medians are as the problem states them.
    found = compare(groups([-1, -2, -3, -1], [-7, -8, -9, -9], weight=-1.0))
    assert [one.median for one in found.groups] == [1.5, 8.5]
    assert found.tests[0].a12 == 1.0
    assert found.conclusion.startswith("a is better than b (p = 0.029, A12 = 1.00: large effect)")


def test_three_groups_have_a_test_of_all_and_pairs_with_holms_correction():
    rng = np.random.default_rng(1)
    samples = [rng.normal(place, 1, 12) for place in (0, 0.2, 3)]
    found = compare(groups(*samples))
    assert found.overall == Overall("kruskal-wallis", stats.kruskal(*samples).pvalue)
    by_scipy = [
        stats.mannwhitneyu(samples[i], samples[k], method="exact").pvalue
        for i, k in ((0, 1), (0, 2), (1, 2))
    ]
    assert [test.p for test in found.tests] == pytest.approx(by_scipy)
    order = sorted(range(3), key=lambda i: by_scipy[i])
    stepped = np.maximum.accumulate([min(1, (3 - k) * by_scipy[i]) for k, i in enumerate(order)])
    assert [found.tests[i].p_holm for i in order] == pytest.approx(list(stepped))
    assert found.conclusion.count("is better than") == 2
    assert "Of the other pairs no difference was shown" in found.conclusion


def test_paired_groups_have_the_tests_of_wilcoxon_and_friedman():
    rng = np.random.default_rng(2)
    base = rng.normal(0, 5, 14)
    samples = [base + rng.normal(shift, 0.3, 14) for shift in (0, 0.5, 1.5, 1.6, -1)]
    found = compare(groups(*samples), paired=True)
    assert found.tests[0].p == stats.wilcoxon(samples[0] - samples[1]).pvalue
    assert found.overall.p == stats.friedmanchisquare(*samples).pvalue
    assert sum(found.overall.ranks) == pytest.approx(15)
    # Demšar 2006, table 5: q is 2.728 for five groups.
    assert found.overall.critical_difference == pytest.approx(2.728 * math.sqrt(30 / 84), abs=2e-3)


def test_runs_are_paired_by_their_seeds_in_any_order():
    a = Group("a", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), (1, 2, 3, 4, 5, 6))
    b = Group("b", (5.9, 4.9, 3.9, 2.9, 1.9, 0.9), (6, 5, 4, 3, 2, 1))
    found = compare(Groups("score", 1.0, (a, b)), paired=True)
    assert found.tests[0].p == pytest.approx(2 / 2**6)
    other = Group("c", (1.0, 2.0), (1, 2))
    with pytest.raises(InputError, match="c has other seeds than a"):
        compare(Groups("score", 1.0, (a, other)), paired=True)


def test_runs_that_are_all_alike_or_alone_show_nothing():
    assert "No difference" in compare(groups([1, 1, 1], [1, 1, 1], [1, 1, 1])).conclusion
    assert "No difference" in compare(groups([1, 1], [1, 1], [1, 1]), paired=True).conclusion
    assert "single run" in compare(groups([1], [2])).conclusion
    with pytest.raises(InputError, match="two groups"):
        compare(groups([1, 2]))


def test_effects_have_the_names_that_vargha_and_delaney_gave_them():
    found = [magnitude(chance) for chance in (0.5, 0.55, 0.57, 0.35, 0.71, 0.1)]
    assert found == ["negligible", "negligible", "small", "medium", "large", "large"]


def test_ranks_that_do_not_differ_are_joined_once():
    ranked = [(1.0, "a"), (1.5, "b"), (2.2, "c"), (4.0, "d")]
    assert joined(ranked, 1.0) == [(1.0, 1.5), (1.5, 2.2)]
    assert joined(ranked, 9.0) == [(1.0, 4.0)]
    assert joined(ranked, 0.1) == []


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Runs of two settings, four seeds each, and one that was interrupted."""
    root = tmp_path_factory.mktemp("runs")

    class Interrupt(Observer):
        def generation(self, state, row, improved):
            raise KeyboardInterrupt

    for rate in (0.01, 0.5):
        small = ["search.population=20", "search.generations=3", f"search.mutation_rate={rate}"]
        problem = load_problem("symbolic_regression", profile="quartic", assignments=small)
        for seed in range(4):
            run(problem, seed=seed, out=root / str(rate) / str(seed))
    with pytest.raises(KeyboardInterrupt):
        run(problem, seed=4, out=root / "0.5" / "4", observer=Interrupt())
    boolean = load_problem("boolean", assignments=small)
    run(boolean, seed=1, out=root / "boolean")
    return root


def test_groups_are_read_from_directories(places):
    found = read_groups([str(places / "0.01"), f"often={places / '0.5'}"])
    assert (found.objective, found.weight) == ("rrse", -1.0)
    assert [group.name for group in found.groups] == ["0.01", "often"]
    assert [len(group.values) for group in found.groups] == [4, 5]
    assert [group.unfinished for group in found.groups] == [0, 1]
    assert [group.reached for group in found.groups] == [0, 0]
    assert all(value < 0 for group in found.groups for value in group.values)


def test_the_command(gegp, places, tmp_path):
    pair = (f"low={places / '0.01'}", f"high={places / '0.5'}")
    shown = gegp("compare", *pair).out
    assert "median rrse" in shown and "high: 1 runs are not finished." in shown
    printed = json.loads(gegp("compare", *pair, "--json").out)
    assert set(printed) >= {"groups", "tests", "conclusion"}
    assert [group["name"] for group in printed["groups"]] == ["low", "high"]
    assert set(printed["tests"][0]) == {"a", "b", "test", "p", "p_holm", "a12"}
    assert printed["conclusion"] in shown
    gegp("compare", *pair, "-o", tmp_path / "table.tex")
    assert (tmp_path / "table.tex").read_text().count(r"\end{tabular}") == 2
    gegp("compare", *pair, "-o", tmp_path / "table.json")
    assert json.loads((tmp_path / "table.json").read_text()) == printed
    assert gegp("compare", *pair, "--format", "csv").out.count("\n") == 6
    assert "| low | 4 |" in gegp("compare", *pair, "--format", "markdown").out


def test_the_diagram_of_ranks(gegp, places, tmp_path):
    pytest.importorskip("matplotlib")
    some = [f"{name}={places / '0.01'}" for name in "abc"]
    gegp("compare", *some, "--paired", "--plot", tmp_path / "ranks.svg")
    assert "<svg" in (tmp_path / "ranks.svg").read_text()
    refused = gegp("compare", *some, "--plot", tmp_path / "ranks.svg")
    assert refused.status == 2 and "with --paired" in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{0}/0.01",), "expected two groups of runs or more"),
        (("{0}/0.01", "{0}/nowhere"), "found neither"),
        (("{0}/0.01", "{0}/0.01"), "2 groups are called '0.01'; say NAME=DIR"),
        (("{0}/0.01", "{0}/boolean"), "found one of boolean"),
        (("{0}/0.01", "{0}/0.5", "--paired"), "other seeds"),
    ],
)
def test_what_cannot_be_compared_is_said(gegp, places, arguments, message):
    found = gegp("compare", *(text.format(places) for text in arguments))
    assert found.status == 2 and message in found.err
