"""``gegp assess`` with problems that are assessed in no time."""

import csv
import io
import json
import re
import signal
import subprocess
import sys

import pytest

CODE = """
from dataclasses import dataclass
from typing import ClassVar

from gegp import InvalidProgram


@dataclass(frozen=True)
class Length:
    factor: int = 1
    depth: int = 0

    scenarios: ClassVar = {"plain": {}, "tenfold": {"factor": 10}}
    published: ClassVar = {
        "source": "Source: nobody.",
        "rows": [
            {"scenario": "plain", "split": "test", "policy": "x", "mean": 1.5, "sd": 0.25},
            {"scenario": "plain", "split": "test", "policy": "lost", "mean": 2, "sd": 0.5},
        ],
    }

    def baselines(self):
        return {"x": "x", "x + x": "(x + x)"}

    def evaluate(self, phenotype):
        return len(phenotype)

    def assess(self, program, *, scenario, seed):
        if "y" in program:
            raise InvalidProgram("no y")
        length = self.factor * len(program)
        return {
            "training": {"length": length, "seed": seed},
            "test": {"length": length + seed % 2 / 2, "seed": seed},
        }
"""
TOML = 'entry = "problem:Length"\n[search]\npopulation = 10\ngenerations = 3\n'


@pytest.fixture
def mine(make_problem):
    return make_problem(CODE, toml=TOML)


def row(found, policy, split="test", scenario="plain"):
    (one,) = (
        each
        for each in found["rows"]
        if (each["policy"], each["split"], each["scenario"]) == (policy, split, scenario)
    )
    return one


def test_json_to_the_letter(gegp, mine):
    done = gegp("assess", mine, "--phenotype", "(x + x)", "--repeats", 2, "--json", "--seed", 3)
    assert done.status == 0, done.err
    found = done.json
    assert set(found) == {"rows", "comparisons"}
    assert len(found["rows"]) == 3 * 2 * 2
    assert row(found, "x", "training", "tenfold") == {
        "policy": "x",
        "scenario": "tenfold",
        "split": "training",
        "length": [10, 10],
        "seed": row(found, "x")["seed"],
    }
    assert (
        row(found, "given", scenario="tenfold")["length"]
        == (row(found, "x + x", scenario="tenfold")["length"])
    )
    assert found["comparisons"][0] == {
        "policy": "x + x",
        "baseline": "x",
        "scenario": "plain",
        "split": "training",
        "measure": "length",
        "p": pytest.approx(1 / 3),
        "p_holm": pytest.approx(2 / 3),
        "a12": 1.0,
        "test": "mann-whitney",
        "published": {"policy": None, "baseline": None},
    }
    tests = [one for one in found["comparisons"] if one["split"] == "test"]
    assert tests[0]["published"]["baseline"] == {"mean": 1.5, "sd": 0.25}
    assert len(re.findall(r"^\d+/12  scenario ", done.err, re.MULTILINE)) == 12


def test_repeats_have_seeds_of_their_own_that_all_programs_share(gegp, mine):
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 3, "--json", "-q"]
    first, again, other = (gegp(*arguments, "--seed", seed).json for seed in (0, 0, 1))
    assert first == again
    seeds = row(first, "x")["seed"]
    assert len(set(seeds)) == 3
    assert row(first, "x + x")["seed"] == seeds
    assert not set(seeds) & set(row(other, "x")["seed"])
    # Programs were chosen by the seeds of searches: small numbers, usually.
    assert min(seeds) > 1000


def test_what_is_set_comes_after_the_scenario(gegp, mine):
    done = gegp("assess", mine, "--repeats", 1, "--set", "options.factor=3", "--json")
    assert row(done.json, "x", "training")["length"] == [3]
    assert row(done.json, "x", "training", "tenfold")["length"] == [3]


def test_every_form_holds_the_same(gegp, mine, tmp_path):
    files = ["-o", "t.md", "-o", "t.csv", "-o", "t.tex", "-o", "t.txt", "-o", "t.json"]
    done = gegp("assess", mine, "--scenario", "plain", "--repeats", 2, *files)
    assert (done.status, done.out) == (0, "")
    found = json.loads((tmp_path / "t.json").read_text())
    table = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text())))
    places = [(one["policy"], one["split"]) for one in found["rows"]]
    assert [(line["policy"], line["split"]) for line in table] == [*places, ("lost", "test")]
    assert float(table[2]["length_mean"]) == 7 and table[2]["repeats"] == "2"
    assert table[1]["published_mean"] == "1.5"
    assert table[0]["p"] == "" and float(table[2]["p"]) == pytest.approx(1 / 3)

    lines = (tmp_path / "t.md").read_text().split("\n\n")[0].split("\n")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    headings = ["scenario", "program", "split", "length", "published", "seed"]
    assert cells[0] == [*headings, "p", "p (Holm)", "A12"]
    assert {len(line) for line in cells} == {9}
    assert cells[3][1] == "x" and cells[3][4] == "1.500 ± 0.250"
    assert cells[-1][:5] == ["plain", "lost", "test", "–", "2.000 ± 0.500"]

    latex = (tmp_path / "t.tex").read_text()
    body = latex[latex.index("{lll") : latex.index(r"\end{tabular}")].split("\\\\\n")
    assert [line.count(" & ") for line in body[:-1]] == [8] * 6
    assert "Source: nobody." in latex
    text = gegp("assess", mine, "--scenario", "plain", "--repeats", 2, "-q")
    assert text.out == (tmp_path / "t.txt").read_text() and text.err == ""
    markdown = gegp("assess", mine, "--scenario", "plain", "--repeats", 2, "--format", "markdown")
    assert markdown.out == (tmp_path / "t.md").read_text()


def test_a_failure_is_recorded_with_its_reason_and_ranks_last(gegp, mine):
    arguments = ["assess", mine, "--phenotype", "y", "--scenario", "plain", "--repeats", 2]
    found = gegp(*arguments, "--json").json
    assert row(found, "given") == {
        "policy": "given",
        "scenario": "plain",
        "split": "test",
        "length": [None, None],
        "seed": [None, None],
        "failed": [{"repeat": 1, "reason": "no y"}, {"repeat": 2, "reason": "no y"}],
    }
    # The shorter the better: what failed counts as longer than anything.
    compared = [one for one in found["comparisons"] if one["policy"] == "given"]
    assert {one["a12"] for one in compared} == {1.0}
    text = gegp(*arguments).out
    assert "– (2 failed)" in text
    assert "failed: scenario plain, given, repeat 1: no y\n" in text


def test_runs_are_assessed_with_their_best_program(gegp, mine):
    gegp("run", mine, "--seed", 1, "--runs", 2, "--out", "runs", "-q")
    best = [gegp("show", f"runs/seed{n}", "--json").json["best"]["phenotype"] for n in (1, 2)]
    assert best[0] in ("x", "y")
    arguments = ["--scenario", "tenfold", "--repeats", 1, "--json", "-q"]
    for sources in (["runs/seed1", "runs/seed2"], ["runs"]):
        found = gegp("assess", *sources, *arguments).json
        names = list(dict.fromkeys(one["policy"] for one in found["rows"]))
        assert names == ["x", "x + x", "runs/seed1", "runs/seed2"]
    given = gegp("assess", "runs/seed1", "--phenotype", "(x + x)", *arguments).json
    assert row(given, "given", "training", "tenfold")["length"] == [70]


def test_runs_that_differ_in_an_option_are_not_compared(gegp, mine):
    gegp("run", mine, "--seed", 1, "--out", "one", "-q")
    gegp("run", mine, "--seed", 1, "--set", "options.depth=1", "--out", "two", "-q")
    apart = gegp("assess", "one", "two", "--repeats", 1)
    assert apart.status == 2
    assert "one has options.depth = the default, two has 1" in apart.err
    assert gegp("assess", "one", "two", "--repeats", 1, "--set", "options.depth=2").status == 0


def test_runs_may_differ_in_what_the_scenarios_set(gegp, mine):
    gegp("run", mine, "--seed", 1, "--set", "options.factor=2", "--out", "one", "-q")
    gegp("run", mine, "--seed", 1, "--set", "options.factor=3", "--out", "two", "-q")
    found = gegp("assess", "one", "two", "--scenario", "tenfold", "--repeats", 1, "--json").json
    assert {one["policy"] for one in found["rows"]} == {"x", "x + x", "one", "two"}
    apart = gegp("assess", "one", "two", "--scenario", "plain", "--repeats", 1)
    assert apart.status == 2 and "one has options.factor = 2, two has 3" in apart.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "there is no such problem"),
        (["boolean"], "has no data held out"),
        (["{mine}", "--scenario", "plan"], "did you mean 'plain'?"),
        (
            ["{mine}", "--baseline", "z"],
            "--baseline: unknown baseline 'z'; expected one of: x, x + x",
        ),
        (["{mine}", "--phenotype", "(x + z)"], "line 1, column 6: expected"),
        (["{mine}", "--set", "options.fcator=1"], "did you mean 'factor'?"),
        (["{mine}", "{mine}"], "several DIR must all be runs"),
        (["{mine}", "-o", "no/file.md"], "there is no directory no"),
        (["{mine}", "--journal", "no/file.jsonl"], "there is no directory no"),
        (["{mine}", "--journal", "/proc/trials"], "cannot be opened"),
    ],
)
def test_bad_input_is_one_message_and_status_2(gegp, mine, arguments, message):
    done = gegp("assess", *(argument.format(mine=mine) for argument in arguments))
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") < 5 and done.out == ""


def test_a_problem_needs_no_scenarios_and_may_return_plain_measures(gegp, make_problem):
    code = (
        "def evaluate(phenotype):\n    return 1\n"
        "def assess(program, *, scenario, seed):\n"
        "    print('noise')\n    return {'length': len(program)}\n"
    )
    done = gegp("assess", make_problem(code), "--phenotype", "x", "--repeats", 2, "--json")
    assert done.json == {
        "rows": [{"policy": "given", "scenario": "default", "split": "test", "length": [1, 1]}],
        "comparisons": [],
    }


def test_if_nothing_can_be_assessed_it_says_why(gegp, make_problem):
    code = (
        "def evaluate(phenotype):\n    return 1\n"
        "def assess(program, *, scenario, seed):\n    raise ValueError('broken')\n"
    )
    done = gegp("assess", make_problem(code), "--phenotype", "x", "--repeats", 1)
    assert done.status == 1
    assert "nothing could be assessed: ValueError: broken" in done.err


def interrupted(problem, *arguments, cwd):
    """What a long assessment prints when it is interrupted after its third line."""
    command = [sys.executable, "-c", "from gegp.cli import main; main()", "assess", str(problem)]
    process = subprocess.Popen(
        [*command, "--repeats", "1000", "--json", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd,
    )  # fmt: skip
    for _ in range(3):
        process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    return out, err


def test_an_interruption_shows_what_is_done(make_problem, tmp_path):
    code = CODE.replace("length = self", "import time; time.sleep(0.2); length = self")
    out, err = interrupted(make_problem(code, toml=TOML), cwd=tmp_path)
    assert "Interrupted. 3 of 4000 trials are done." in err
    assert row(json.loads(out), "x", "training")["length"] == [1, 1]


# ----------------------------------------------------------------- journal


@pytest.fixture
def counting(make_problem, tmp_path):
    """The problem, which writes down what it is asked to assess; and a reader of that."""
    code = CODE.replace(
        "def assess(self, program, *, scenario, seed):",
        "def assess(self, program, *, scenario, seed):\n"
        "        print(program, scenario, seed, file=open('../asked', 'a'))",
    ).replace("'../asked'", repr(str(tmp_path / "asked")))
    directory = make_problem(code, toml=TOML)

    def asked():
        lines = (tmp_path / "asked").read_text().splitlines()
        (tmp_path / "asked").write_text("")
        return len(lines)

    return directory, asked


def test_what_is_in_the_journal_is_not_done_again(gegp, counting, tmp_path):
    mine, asked = counting
    plain = ["assess", mine, "--phenotype", "x", "--json"]
    arguments = [*plain, "--journal", "t.jsonl"]
    first = gegp(*arguments, "--scenario", "tenfold", "--repeats", 2)
    assert "0 of 6 trials are in t.jsonl already." in first.err and asked() == 6
    # Two repeats of three programs are there, in the second scenario of two.
    second = gegp(*arguments, "--repeats", 3)
    assert "6 of 18 trials are in t.jsonl already." in second.err and asked() == 12
    again = gegp(*arguments, "--repeats", 3)
    assert "18 of 18" in again.err and asked() == 0
    # The same as without a journal, also the order and what is a whole number.
    assert again.out == second.out == gegp(*plain, "--repeats", 3).out
    assert asked() == 18
    assert len((tmp_path / "t.jsonl").read_text().splitlines()) == 18


@pytest.mark.parametrize(
    "other",
    [
        ["--phenotype", "(x + y)"],
        ["--phenotype", "x", "--seed", 1],
        ["--phenotype", "x", "--set", "options.depth=1"],
    ],
)
def test_a_trial_is_the_same_only_if_all_that_it_depends_on_is(gegp, counting, other):
    mine, asked = counting
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 1, "--journal", "t.jsonl"]
    gegp(*arguments, "--phenotype", "x")
    assert asked() == 3
    gegp(*arguments, *other)
    assert asked() == (1 if "(x + y)" in other else 3)
    gegp(*arguments, "--phenotype", "x")
    assert asked() == 0


def test_the_value_of_a_baseline_counts_and_the_code(gegp, counting):
    mine, asked = counting
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 1, "--journal", "t.jsonl"]
    gegp(*arguments)
    gegp(*arguments, "--phenotype", "x")  # the text of a baseline, yet another program
    assert asked() == 3
    code = (mine / "problem.py").read_text()
    (mine / "problem.py").write_text(code.replace('"x": "x"', '"x": "x "'))
    gegp(*arguments)
    assert asked() == 2


@pytest.mark.parametrize("kept", [-1, -20, -60])
def test_a_torn_line_is_done_again_and_spoils_no_other(gegp, counting, tmp_path, kept):
    mine, asked = counting
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 2, "--journal", "t.jsonl"]
    whole = gegp(*arguments, "--json").out
    file = tmp_path / "t.jsonl"
    asked(), file.write_bytes(file.read_bytes()[:kept])
    assert gegp(*arguments, "--json").out == whole
    # Without its line's end the last one is whole.
    assert asked() == (0 if kept == -1 else 1)
    assert gegp(*arguments, "--json").out == whole and asked() == 0


def test_a_damaged_line_is_done_again(gegp, counting, tmp_path):
    mine, asked = counting
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 2, "--journal", "t.jsonl"]
    whole = gegp(*arguments, "--json").out
    file = tmp_path / "t.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    damaged = lines[1].replace(b'"length":7', b'"length":8'), b"{}\n", b"\xff\x00\n"
    assert damaged[0] != lines[1]
    asked(), file.write_bytes(b"".join([lines[0], *damaged, *lines[2:]]))
    assert gegp(*arguments, "--json").out == whole and asked() == 1


def test_several_processes_fill_one_journal(gegp, counting, tmp_path):
    mine, asked = counting
    command = [sys.executable, "-c", "from gegp.cli import main; main()", "assess", str(mine),
               "--repeats", "30", "--journal", "t.jsonl", "-q", "--json"]  # fmt: skip
    processes = [
        subprocess.Popen([*command, "--scenario", name], cwd=tmp_path, stdout=subprocess.DEVNULL)
        for name in ("tenfold", "plain")
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert asked() == 120
    arguments = ["assess", mine, "--repeats", 30, "--json"]
    together = gegp(*arguments, "--journal", "t.jsonl")
    assert asked() == 0
    assert together.out == gegp(*arguments).out


def test_an_interruption_shows_all_that_is_in_the_journal(make_problem, gegp, tmp_path):
    code = CODE.replace("length = self", "import time; time.sleep(0.2); length = self")
    mine = make_problem(code, toml=TOML)
    gegp("assess", mine, "--scenario", "tenfold", "--repeats", 1, "--journal", "t.jsonl")
    out, err = interrupted(mine, "--journal", "t.jsonl", cwd=tmp_path)
    assert "Interrupted. 4 of 4000 trials are done." in err
    assert row(json.loads(out), "x", "training", "tenfold")["length"] == [10]
    assert row(json.loads(out), "x", "training")["length"] == [1]


def test_what_gave_no_measures_is_tried_again(gegp, make_problem, tmp_path):
    code = CODE.replace(
        "raise InvalidProgram", f"if __import__('os').path.exists({str(tmp_path / 'ok')!r}): "
        "return {'length': 1, 'seed': 0}\n            raise InvalidProgram"
    )  # fmt: skip
    mine = make_problem(code, toml=TOML)
    arguments = ["assess", mine, "--scenario", "plain", "--repeats", 1, "--phenotype", "y",
                 "--journal", "t.jsonl", "--json"]  # fmt: skip
    assert row(gegp(*arguments).json, "given")["length"] == [None]
    (tmp_path / "ok").touch()
    assert row(gegp(*arguments).json, "given")["length"] == [1]
