"""Groups of runs whose best values are known."""

import json
import math
import re
import shutil
import sys
import warnings

import pytest

from gegp import compare, load_problem, run
from gegp.errors import InputError, MissingPackage
from gegp.rank_diagram import alike, draw_ranks

GRAMMAR = "<s> ::= " + " | ".join(map(str, range(100))) + " | bad | worse\n"
CODE = "def evaluate(phenotype):\n    return float(phenotype)\n"
TOML = "[search]\npopulation = 2\nelitism = 0\ngenerations = 1\ntarget = 10\n"


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def make_runs(make_problem, tmp_path):
    """Makes a group: a run for each value, which is its best fitness; None for a failure."""

    def make(group, values, *, seed=1, problem="mine", objective="min cost", settings=()):
        path = make_problem(CODE, problem, GRAMMAR, f'objectives = ["{objective}"]\n{TOML}')
        for i, value in enumerate(values, seed):
            first = '["bad", "worse"]' if value is None else f'["{value}", "{value}"]'
            chosen = [f"search.seed_phenotypes={first}", *settings]
            out = tmp_path / group / f"{problem}-{i}"
            run(load_problem(path, assignments=chosen), seed=i, out=out)
        return tmp_path / group

    return make


def test_two_groups_to_the_letter(make_runs):
    groups = {"a": make_runs("a", [1, 2, 3, 4, 5]), "b": make_runs("b", [11, 12, 13, 14, 10])}
    found = compare(groups)
    a, b = found.groups
    assert (a.name, a.runs, a.median, a.iqr, a.successes, a.target) == ("a", 5, 3, (2, 4), 5, 10)
    assert (b.median, b.iqr, b.successes, b.values) == (12, (11, 13), 1, [11, 12, 13, 14, 10])
    assert a.interval[0] <= a.median <= a.interval[1]
    (test,) = found.tests
    assert (test.a, test.b, test.test, test.favoured) == ("a", "b", "mann-whitney", "a")
    assert test.p == test.p_holm == pytest.approx(2 / 252)
    assert test.a12 == 1  # Of 25 pairs the run of a is better, which is lower, in all.
    assert found.conclusion == ("a is better than b (Mann–Whitney, p = 0.008; A12 = 1.00, large).")
    assert compare(groups).json() == found.json()
    assert {"groups", "tests", "conclusion"} <= set(json.loads(json.dumps(found.json())))


def test_higher_is_better_where_the_problem_says_so(make_runs):
    a = make_runs("a", [1, 2, 3, 4, 5], objective="max gain")
    b = make_runs("b", [11, 12, 13, 14, 10], objective="max gain")
    found = compare({"a": a, "b": b})
    assert found.tests[0].a12 == 0
    assert found.groups[1].successes == 5
    assert found.conclusion.startswith("b is better than a (")
    assert "higher is better" in found.quantity


def test_what_was_not_shown_is_not_said_to_be_equal(make_runs):
    found = compare({"a": make_runs("a", [1, 3, 5, 7]), "b": make_runs("b", [2, 4, 6, 8])})
    assert "No difference was shown between a and b (Mann–Whitney, p = 0.686)" in found.conclusion
    assert "That does not mean that they are equal" in found.conclusion
    assert "with 4 runs each" in found.conclusion
    few = compare({"a": make_runs("c", [1, 2]), "b": make_runs("d", [3, 4])})
    assert "with 2 runs each no result at all would be significant" in few.conclusion


def test_equal_values_and_single_runs(make_runs):
    same = compare({"a": make_runs("a", [3, 3, 3]), "b": make_runs("b", [3, 3, 3, 3])})
    assert same.tests[0].p == 1
    assert same.tests[0].favoured is None
    assert "with 3 and 4 runs" in same.conclusion
    single = compare({"a": make_runs("c", [3]), "b": make_runs("b", [])})
    assert single.tests == []
    assert single.groups[0].iqr == (3, 3)
    assert single.conclusion == (
        "a: a single run says nothing of other runs, so it was not tested."
    )


def test_a_run_in_which_everything_failed_ranks_last(make_runs):
    a = make_runs("a", [None, None, None, 1])
    found = compare({"a": a, "b": make_runs("b", [50, 60, 70, 80])})
    assert found.groups[0].failed == 3
    assert (found.groups[0].median, found.groups[0].iqr[1]) == (None, None)
    assert found.groups[0].values == [None, None, None, 1]
    assert found.tests[0].a12 == 0.25
    json.dumps(found.json(), allow_nan=False)


def test_runs_that_have_not_ended_are_counted(make_runs):
    a = make_runs("a", [1, 2, 3])
    log = a / "mine-1" / "log.jsonl"
    log.write_text("".join(x for x in log.read_text().splitlines(True) if '"ended"' not in x))
    shutil.rmtree(a / "mine-2" / "snapshots")
    found = compare({"a": a, "b": make_runs("b", [4, 5])})
    assert (found.groups[0].runs, found.groups[0].unfinished) == (2, 1)
    assert found.groups[0].values == [1, 3]
    assert "a: runs that have not ended, taken as they are: 1" in found.notes
    assert any("not finished their first generation: 1" in note for note in found.notes)


def test_pairs_go_by_seed(make_runs):
    # b is worse by 1 to 6 for each seed, which the spread over seeds hides without pairs.
    a = make_runs("a", [10, 20, 30, 40, 50, 60])
    b = make_runs("b", [11, 22, 33, 44, 55, 66])
    paired = compare({"a": a, "b": b}, paired=True)
    assert paired.tests[0].test == "wilcoxon"
    assert paired.tests[0].p == pytest.approx(2 / 64)
    assert paired.tests[0].favoured == "a"
    assert compare({"a": a, "b": b}).tests[0].p > 0.5
    with pytest.raises(InputError, match="seed 7 is not once in both"):
        compare({"a": a, "b": make_runs("b", [70], seed=7)}, paired=True)


def test_with_pairs_the_better_one_is_better_for_most_seeds(make_runs):
    # b is better by 1 for all seeds but one, for which it is far behind: A12 favours a.
    costs = range(0, 84, 6)
    a = make_runs("a", costs)
    b = make_runs("b", [99, *(cost - 1 for cost in costs[1:])])
    found = compare({"a": a, "b": b}, paired=True)
    # Thirteen mean ranks of 7 and one of 14: the sums up to 14 are 0, 7, 14 and 7 + 7.
    assert found.tests[0].p == pytest.approx(2 * (1 + 13 + 1 + 78) / 2**14)
    assert found.tests[0].a12 > 0.5
    assert found.tests[0].favoured == "b"
    assert found.conclusion.startswith("b is better than a (Wilcoxon signed-rank, p = 0.011;")


def test_three_groups(make_runs):
    values = {"a": [1, 2, 3, 4, 5], "b": [11, 12, 13, 14, 15], "c": [16, 17, 18, 10, 19]}
    groups = {name: make_runs(name, found) for name, found in values.items()}
    found = compare(groups)
    (overall,) = found.overall
    assert overall.test == "kruskal-wallis"
    assert overall.p < 0.01
    assert [(test.a, test.b) for test in found.tests] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [test.p for test in found.tests[:2]] == pytest.approx([2 / 252] * 2)
    assert [test.p_holm for test in found.tests[:2]] == pytest.approx([6 / 252] * 2)
    assert "The 3 groups differ somewhere (Kruskal–Wallis" in found.conclusion
    assert "a is better than b" in found.conclusion
    assert "No difference was shown between b and c." in found.conclusion


def test_three_groups_paired_have_ranks_and_a_diagram(make_runs, tmp_path):
    pytest.importorskip("matplotlib")
    values = {"a": [1, 2, 3, 4], "b_$x": [11, 12, 13, 14], "c": [21, 22, 23, 24]}
    groups = {name: make_runs(name, found) for name, found in values.items()}
    found = compare(groups, paired=True)
    (overall,) = found.overall
    assert (overall.test, overall.blocks) == ("friedman", 4)
    assert overall.mean_ranks == {"a": 1, "b_$x": 2, "c": 3}
    assert overall.statistic == pytest.approx(8)
    assert overall.critical_difference == pytest.approx(2.343 * math.sqrt(0.5), abs=0.002)
    for suffix in ("png", "svg", "pdf"):
        draw_ranks(found, tmp_path / f"ranks.{suffix}")
        assert (tmp_path / f"ranks.{suffix}").stat().st_size > 1000
    text = (tmp_path / "ranks.svg").read_text()
    assert all(f"<!-- {name} -->" in text for name in ("a  1.00", "b_$x  2.00", "3.00  c"))
    with pytest.raises(InputError, match=r"expected a picture, one of .*\.png"):
        draw_ranks(found, tmp_path / "ranks.doc")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        draw_ranks(found, tmp_path / "nowhere" / "ranks.png")
    with pytest.raises(InputError, match="it needs three groups or more"):
        draw_ranks(compare(groups), tmp_path / "ranks.png")


def test_bars_join_as_many_as_do_not_differ():
    assert list(alike([1.0, 1.5, 2.5, 4.0], 1.2)) == [(0, 1), (1, 2)]
    assert list(alike([1.0, 1.5, 1.9, 4.0], 1.2)) == [(0, 2)]
    assert list(alike([1.0, 3.0], 1.2)) == []


def test_without_matplotlib_the_extra_is_named(make_runs, tmp_path, monkeypatch):
    groups = {name: make_runs(name, [1, 2]) for name in "abc"}
    found = compare(groups, paired=True)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with pytest.raises(MissingPackage, match=re.escape("gegp[report]")):
        draw_ranks(found, tmp_path / "ranks.png")


def test_two_groups_need_no_scipy(make_runs, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    groups = {name: make_runs(name, [1, 2]) for name in "ab"}
    assert len(compare(groups).tests) == 1
    assert len(compare(groups, paired=True).tests) == 1
    with pytest.raises(MissingPackage, match="scipy"):
        compare(groups | {"c": make_runs("c", [3, 4])})


def test_over_several_problems(make_runs):
    for problem, objective in (("mine", "min cost"), ("yours", "max gain")):
        better, worse = ([1, 2], [8, 9]) if problem == "mine" else ([8, 9], [1, 2])
        for name, values in {"a": better, "b": [5, 6], "c": worse}.items():
            make_runs(name, values, problem=problem, objective=objective)
    found = compare({name: name for name in "abc"})
    assert found.problems == ["mine", "yours"]
    assert len(found.groups) == 6
    assert len(found.tests) == 6
    over = found.overall[-1]
    assert (over.problem, over.test, over.blocks) == (None, "friedman", 2)
    assert over.mean_ranks == {"a": 1, "b": 2, "c": 3}
    assert "mine: " in found.conclusion
    assert "Over the 2 problems the groups were not shown to differ (Friedman" in found.conclusion
    two = compare({name: name for name in "ac"}).overall
    assert [(one.test, one.p, one.blocks) for one in two] == [("wilcoxon", 0.5, 2)]


def test_many_runs_are_tested_by_the_normal_distribution(make_runs):
    first, second = make_runs("a", [1, 2]), make_runs("b", [2, 3])
    for directory in (first, second):
        for i in range(25):
            for seed in (1, 2):
                shutil.copytree(directory / f"mine-{seed}", directory / f"copy-{seed}-{i}")
    found = compare({"a": first, "b": second})
    # Ranks: 26 ones, 52 twos, 26 threes. U = 52² - 26² / 2; its variance with ties.
    u, n = 52 * 52 - 26 * 26 / 2, 104
    ties = (2 * (26**3 - 26) + (52**3 - 52)) / (n * (n - 1))
    z = (u - 52 * 52 / 2 - 0.5) / math.sqrt(52 * 52 / 12 * (n + 1 - ties))
    assert found.tests[0].p == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert found.tests[0].a12 == u / 52**2
    assert any("a: several runs with seed 1, 2" in note for note in found.notes)


def test_other_measures(make_runs):
    a, b = make_runs("a", [5, 50, 7]), make_runs("b", [20, 8, 30])
    found = compare({"a": a, "b": b}, measure="evaluations")
    # One candidate each, in the only generation; some did not reach the target of 10.
    assert [group.values for group in found.groups] == [[1, None, 1], [None, 1, None]]
    assert found.tests[0].a12 == pytest.approx((2 * 2 + 0.5 * 2 + 0.5 * 2) / 9)
    assert compare({"a": a, "b": b}, measure="evaluations", target=60).tests[0].a12 == 0.5
    sizes = compare({"a": a, "b": b}, measure="size_mean")
    assert sizes.groups[0].values == [1, 1, 1]
    assert sizes.relation == "higher"
    assert compare({"a": a, "b": b}, measure="worst").groups[0].values == [5, 50, 7]
    assert compare({"a": a, "b": b}, measure="evaluated").groups[0].values == [1, 1, 1]
    with pytest.raises(InputError, match="measure 'speed': expected one of best, evaluations"):
        compare({"a": a, "b": b}, measure="speed")


def test_the_settings_that_differ_are_listed(make_runs, make_problem, tmp_path):
    a = make_runs("a", [1, 2], settings=["search.representation=ge"])
    b = make_runs("b", [1], settings=["search.generations=2"])
    found = compare({"a": a, "b": make_runs("b", [2], seed=2)})
    assert "search.representation differs: a: 'ge'; b: 'dsge'" in found.notes
    assert "search.generations differs among the runs of b" in found.notes
    path = make_problem(CODE, grammar="<s> ::= 1 | 2\n", toml='objectives = ["min cost"]\n' + TOML)
    run(load_problem(path), seed=1, out=tmp_path / "other")
    notes = compare({"b": b, "c": tmp_path / "other"}).notes
    assert any(note.startswith("grammar differs: b: ") for note in notes)
    (path / "problem.py").write_text(CODE + "# other\n")
    run(load_problem(path), seed=1, out=tmp_path / "changed")
    notes = compare({"c": tmp_path / "other", "d": tmp_path / "changed"}).notes
    assert notes == ["the files or the data of the problem mine have changed between these runs"]


def test_what_cannot_be_compared(make_runs, tmp_path):
    a = make_runs("a", [1, 2])
    other = make_runs("other", [1, 2], problem="other")
    with pytest.raises(InputError, match="different problems: a has mine; b has other"):
        compare({"a": a, "b": other})
    turned = make_runs("turned", [1], objective="max cost")
    with pytest.raises(InputError, match="the objective is max cost, in other runs it is min cost"):
        compare({"a": a, "b": turned})
    with pytest.raises(InputError, match="needs two groups or more"):
        compare({"a": a})
    with pytest.raises(InputError, match="is in two groups, a and b"):
        compare({"a": a, "b": a / "mine-1"})
    (tmp_path / "empty").mkdir()
    for nothing in ("empty", "nowhere"):
        with pytest.raises(InputError, match=f"{nothing} holds no run"):
            compare({"a": a, "b": nothing})
    shutil.rmtree(other / "other-1" / "snapshots")
    shutil.rmtree(other / "other-2" / "snapshots")
    with pytest.raises(InputError, match="no run of other has finished its first generation"):
        compare({"a": make_runs("more", [1], problem="other"), "b": other})


def test_several_objectives_are_refused(make_problem, tmp_path):
    code = "def evaluate(phenotype):\n    return 1, len(phenotype)\n"
    path = make_problem(code, toml='objectives = ["min cost", "max length"]\n' + TOML)
    for name in "ab":
        run(load_problem(path), seed=1, out=tmp_path / name)
    with pytest.raises(InputError, match="this problem has 2 objectives, cost, length"):
        compare({name: name for name in "ab"})
