"""Regression on a CSV file of the user's own."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gegp import load_problem, run
from gegp.errors import SettingsError
from gegp.testing import ProblemContract

TABLE = "length,sepal width,sin,2nd,area\n" + "".join(
    f"{a},{a + 1},{a * a},7,{a * (a + 1)}\n" for a in range(1, 13)
)


def load(text, *assignments, profile=""):
    Path("my.csv").write_text(text)
    options = ["options.data=my.csv", *assignments]
    return load_problem("symbolic_regression", profile=profile, assignments=options)


class TestOwnData(ProblemContract):
    @pytest.fixture(params=["", "constants", "data"])
    def problem(self, request):
        return load(TABLE, "options.test_share=0.25", profile=request.param)


def test_the_profile_for_data_holds_some_out_and_needs_a_file():
    assert len(load(TABLE, profile="data").entry._parts.test.target) == 4
    with pytest.raises(SettingsError, match=r"options\.data, the name of a CSV file"):
        run(load_problem("symbolic_regression", profile="data"), seed=1)


def test_columns_are_variables_and_the_last_one_is_the_target():
    problem = load(TABLE)
    assert list(problem.entry._cases.variables) == ["length", "sepal_width", "_sin", "_2nd"]
    assert problem.entry.evaluate("length * sepal_width") == 0
    names = [str(production) for production in problem.grammar.rules[-1].productions]
    assert names == ["length", "sepal_width", "_sin", "_2nd", "1.0"]


def test_any_column_may_be_the_target():
    problem = load(TABLE, "options.column=sin")
    assert list(problem.entry._cases.variables) == ["length", "sepal_width", "_2nd", "area"]
    assert problem.entry.evaluate("length * length") == 0


@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
def test_separators_quotes_blank_lines_and_a_byte_order_mark(separator):
    rows = [["a", '"b c"', "y"], [], ["1", "2", "3"], [], ["4", '"5"', "9e0"]]
    problem = load("\ufeff" + "\r\n".join(map(separator.join, rows)) + "\n")
    assert problem.entry.evaluate("a + b_c") == 0


def test_what_is_held_out_is_no_part_of_the_search_and_always_the_same():
    share = "options.test_share=0.25"
    one, again = (load(TABLE, share).entry._parts for _ in range(2))
    assert (len(one.training.target), len(one.test.target)) == (9, 3)
    both = [*one.training.target, *one.test.target]
    assert sorted(both) == sorted(a * (a + 1) for a in range(1, 13))
    assert np.array_equal(one.test.target, again.test.target)
    found = load(TABLE, share).entry.assess("length * sepal_width", scenario="", seed=0)
    assert found == {"training": {"rrse": 0}, "test": {"rrse": 0}}


@pytest.mark.parametrize("profile", ["polynomials", "data"])
def test_a_run_finds_the_formula_and_exports_it(profile):
    found = run(load(TABLE, profile=profile), seed=1, out="out")
    assert found.best.fitness.values[0] < 1e-9
    module = {}
    exec(found.problem.entry.export(found.best.phenotype, "python"), module)
    given = {"length": 20.0, "sepal_width": 21.0, "_sin": 400.0, "_2nd": 7.0}
    assert module["formula"](**given) == pytest.approx(420.0)


def test_other_data_are_another_problem():
    before = load(TABLE).context
    assert load(TABLE).context == before
    assert load(TABLE.replace(",7,", ",8,")).context != before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a line of names and lines of numbers, found nothing"),
        ("a\n1\n2\n", "my.csv:1: expected two columns or more, found 'a'"),
        ("1,2\n3,4\n5,6\n", "my.csv:1: expected names of the columns, found numbers: 1, ..."),
        ("a,y\n", "expected two rows of numbers or more, found 0"),
        ("a,y\n1,2\n", "expected two rows of numbers or more, found 1"),
        ("a,y\n1,2\n\n3,four\n", "my.csv:4: column 2 (y): expected a number, found 'four'"),
        ("a,y\n1,2\n,4\n", "my.csv:3: column 1 (a): expected a number, found ''"),
        ("a,y\n1,2\n3,nan\n", "my.csv:3: column 2 (y): expected a number, found 'nan'"),
        ("a,y\n1,2\n3,4,5\n", "my.csv:3: expected 2 values, found 3"),
        ("a,y\n1,2\n3,2\n", "the target 'y' is 2 in all rows"),
        ("a b,a-b,y\n1,2,3\n4,5,6\n", "column 2: a second variable 'a_b'; rename one"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(text, message):
    with pytest.raises(SettingsError) as caught:
        load(text).entry.check()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["options.data=none.csv"], "none.csv: there is no such file"),
        (["options.data=."], "cannot be read as UTF-8 text"),
        (["options.data=my.csv", "options.column=aera"], "did you mean 'area'?"),
        (["options.column=area"], "options.column is for options.data"),
        (["options.test_share=0.5"], "options.test_share is for options.data"),
        (["options.data=my.csv", "options.test_share=1.5"], "options.test_share"),
        (["options.data=two.csv", "options.test_share=0.5"], "the same in all 1 rows"),
    ],
)
def test_options_that_cannot_be_met(assignments, message, gegp):
    Path("my.csv").write_text(TABLE)
    Path("two.csv").write_text("a,y\n1,2\n3,4\n")
    sets = [word for one in assignments for word in ("--set", one)]
    done = gegp("run", "symbolic_regression", *sets)
    assert done.status == 2
    assert message in done.err and "Traceback" not in done.err


numbers = st.floats(-1e6, 1e6, allow_nan=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=2, unique_by=lambda row: row[1]))
def test_numbers_are_read_as_they_were_written(rows):
    with open("drawn.csv", "w", newline="") as file:
        csv.writer(file).writerows([("a", "y"), *rows])
    options = ["options.data=drawn.csv"]
    cases = load_problem("symbolic_regression", assignments=options).entry._cases
    assert list(zip(cases.variables["a"], cases.target, strict=True)) == rows
