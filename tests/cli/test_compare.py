"""``gegp compare`` with runs that take no time."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys

import pytest

from gegp import load_problem, run

CODE = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Length:
    factor: int = 1

    def evaluate(self, phenotype, seed):
        return self.factor * len(phenotype) + seed % 7
"""
TOML = 'entry = "problem:Length"\n[search]\npopulation = 6\ngenerations = 2\n'


@pytest.fixture
def groups(make_problem, tmp_path):
    """Three groups of three runs; in the last one the option differs."""
    path = make_problem(CODE, toml=TOML)
    for name, option in (("a", 1), ("b", 1), ("tenfold", 10)):
        problem = load_problem(path, assignments=[f"options.factor={option}"])
        for seed in (1, 2, 3):
            run(problem, seed=seed, out=tmp_path / "runs" / name / f"seed{seed}")
    return ["runs/a", "runs/b", "runs/tenfold"]


def test_json_to_the_letter(gegp, groups):
    done = gegp("compare", *groups[:2], "--json")
    assert (done.status, done.err) == (0, "")
    assert {"groups", "tests", "conclusion"} <= set(done.json)
    assert [group["name"] for group in done.json["groups"]] == ["a", "b"]
    assert {"name", "runs", "median", "iqr"} <= set(done.json["groups"][0])
    (test,) = done.json["tests"]
    assert {"a", "b", "test", "p", "p_holm", "a12"} <= set(test)
    assert (test["a"], test["b"], test["test"], test["a12"]) == ("a", "b", "mann-whitney", 0.5)
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed}
        assert gegp("compare", *groups[:2], "--format", "json", env=env).out == done.out


def test_every_form_holds_the_same(gegp, groups, tmp_path):
    forms = ["-o", "t.md", "--out", "t.tex", "--output", "t.csv", "-o", "t.json", "-o", "t.txt"]
    done = gegp("compare", "A_1=runs/a", "B=runs/b", *forms)
    assert (done.status, done.out) == (0, "")
    assert done.err.count("wrote ") == 5
    markdown, latex, table, text = (
        (tmp_path / f"t.{suffix}").read_text() for suffix in ("md", "tex", "csv", "txt")
    )
    found = json.loads((tmp_path / "t.json").read_text())
    for shown in (markdown, latex, text):
        assert found["conclusion"] in shown
        assert f"{found['groups'][0]['median']:.4g}" in shown
    assert re.search(r"^\| A_1 \| 3 \|", markdown, re.MULTILINE)
    assert latex.count(r"\toprule") == latex.count(r"\bottomrule") == 2
    assert re.search(r"^A\\_1 & 3 & .* \\\\$", latex, re.MULTILINE)
    first, second = table.split("\n\n")
    (a, _), (test,) = (list(csv.DictReader(io.StringIO(part))) for part in (first, second))
    assert float(a["median"]) == found["groups"][0]["median"]
    assert float(test["p"]) == found["tests"][0]["p"]
    assert gegp("compare", "A_1=runs/a", "B=runs/b").out == text


def test_other_options_are_another_problem_unless_accepted(gegp, groups):
    done = gegp("compare", *groups)
    assert done.status == 2
    assert "a has mine, factor = 1; tenfold has mine, factor = 10" in done.err
    accepted = gegp("compare", *groups[1:], "--accept", "options")
    assert accepted.status == 0
    assert "options.factor differs: b: 1; tenfold: 10" in accepted.out


def test_a_terminal_gets_a_drawn_table(groups, tmp_path):
    master, slave = pty.openpty()
    code = "from gegp.cli import main; main()"
    command = [sys.executable, "-c", code, "compare", "[x]=runs/a", "runs/b", "--paired"]
    done = subprocess.run(command, stdout=slave, cwd=tmp_path, timeout=100, check=False)
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert done.returncode == 0
    assert "───" in shown
    assert "[x]" in shown
    assert "No difference was shown" in shown


def test_a_plot_is_drawn_if_asked_for(gegp, groups, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("scipy.stats")
    arguments = ["compare", *groups, "--accept", "options", "--plot", "ranks.png"]
    done = gegp(*arguments, "--paired")
    assert done.status == 0
    assert "wrote ranks.png" in done.err
    assert (tmp_path / "ranks.png").read_bytes().startswith(b"\x89PNG")
    assert "mean rank" in done.out
    refused = gegp(*arguments)
    assert (refused.status, refused.out) == (2, "")
    assert "--paired" in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["runs/a"], "needs two groups or more"),
        (["runs/a", "nowhere"], "nowhere holds no run"),
        (["runs/a", "runs"], "is in two groups"),
        (["x=runs/a", "x=runs/b"], "two groups are called x"),
        (["runs/a", "runs/b", "--measure", "speed"], "expected one of best"),
        (["runs/a", "runs/b", "--measure", "evaluations"], "give one with --target"),
        (["runs/a", "runs/b", "-o", "nowhere/t.md"], "cannot be written"),
        (["runs/a", "runs/b/seed1", "--paired"], "seed 2, 3 is not once in both"),
    ],
)
def test_bad_input_is_one_message_and_status_2(gegp, groups, arguments, message):
    done = gegp("compare", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err


def test_directories_of_one_name_are_told_apart(gegp, groups, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "runs" / "b").rename(tmp_path / "more" / "a")
    done = gegp("compare", "runs/a", "more/a", "--json")
    assert [group["name"] for group in done.json["groups"]] == ["runs/a", "more/a"]
    assert gegp("compare", "more/a/", ".").status == 2
