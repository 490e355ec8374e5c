"""New problems run at once, and so do their tests."""

import re
import subprocess
import sys

import pytest

from gegp import load_problem, run
from gegp.errors import InputError
from gegp.scaffold import TASKS, TEMPLATES, new_problem, read_table

FILES = {"README.md", "grammar.bnf", "problem.py", "problem.toml", "test_problem.py"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_problem_is_complete_and_passes_its_own_tests(template, tmp_path):
    made = new_problem(tmp_path / "mine", template)
    assert {file.name for file in made} == FILES | ({"data.csv"} if template == "table" else set())
    assert not [file for file in made if "$" in file.read_text(encoding="utf-8")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mine"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    assert "2 passed" in finished.stdout


@pytest.mark.parametrize("task", TASKS)
def test_a_table_of_ones_own(task, tmp_path):
    rows = [(f"{k}", f"{k * k % 7}", str(k % 2)) for k in range(20)]
    lines = ["Size (m2),class,Price"] + [",".join(row) for row in rows]
    (tmp_path / "houses.csv").write_text("\n".join(lines) + "\n")
    new_problem(tmp_path / "houses", "table", data=tmp_path / "houses.csv", task=task)
    problem = load_problem(tmp_path / "houses", assignments=["search.generations=2"])
    assert "size_m2 | class_" in str((tmp_path / "houses" / "grammar.bnf").read_text())
    found = run(problem, seed=1, out=tmp_path / "run")
    assert found.best.fitness.values[0] >= 0
    if task == "classification":
        assert problem.evaluate("(size_m2 - size_m2)", 0) == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3,x\n", r"t.csv:3: column 'b': expected a number, found 'x'"),
        ("a,b\n1,2\n3\n", r"t.csv:3: expected 2 columns as in line 1, found 1"),
        ("a\n1\n2\n", "two columns or more"),
        ("a,b\n1,2\n", "two lines of numbers or more"),
        ("A b,a-b\n1,2\n3,4\n", r"t.csv:1: two columns have one name"),
        ("", "found 0 lines"),
    ],
)
def test_what_is_no_table_is_said_with_its_place(text, message, tmp_path):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / "t.csv")


def test_names_become_such_that_formulas_can_hold_them(tmp_path):
    (tmp_path / "t.csv").write_text("2020,if,Größe,sin,y\n1,2,3,4,5\n1,2,3,4,5\n")
    found = read_table(tmp_path / "t.csv")
    assert found.columns == ("column_1", "if_", "gr_e", "sin_", "y")


def test_nothing_is_written_over(tmp_path):
    new_problem(tmp_path / "mine", "function")
    before = (tmp_path / "mine" / "problem.py").read_text()
    with pytest.raises(InputError, match="is there already"):
        new_problem(tmp_path / "mine", "simulator")
    assert (tmp_path / "mine" / "problem.py").read_text() == before


def test_the_command(gegp, tmp_path):
    said = gegp("new", "mine").out
    assert "gegp run mine --seed 1" in said
    done = gegp("run", "mine", "--seed", 1, "--set", "search.generations=2")
    assert done.status == 0
    (tmp_path / "prices.csv").write_text("a,b\n1,2\n3,4\n5,6\n")
    assert "data.csv" in gegp("new", "prices", "--data", "prices.csv").out
    wrong = gegp("new", "other", "--template", "functon")
    assert wrong.status == 2 and "did you mean 'function'?" in wrong.err
    again = gegp("new", "mine")
    assert again.status == 2 and re.search("mine is there already", again.err)
