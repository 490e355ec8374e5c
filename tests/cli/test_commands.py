"""The commands as a person runs them: each in a process of its own."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CODE = "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
TOML = "[search]\npopulation = 10\ngenerations = 4\nmutation_rate = 0.3\n"
SUMMARY = {"run_dir", "seed", "generations", "best", "evaluations", "seconds", "problem"}


@pytest.fixture
def mine(make_problem):
    return make_problem(CODE, toml=TOML)


def test_a_run_prints_a_line_a_generation_and_the_next_commands(gegp, mine):
    done = gegp("run", mine, "--seed", 1, "--out", "out")
    assert done.status == 0
    assert done.err == ""
    lines = re.findall(r"^generation +(\d+)  best \S+  median \S+", done.out, re.MULTILINE)
    assert lines == ["0", "1", "2", "3"]
    assert "new best in generation 0: length" in done.out
    assert "done: all 4 generations done" in done.out
    following = re.findall(r"^  gegp (.+)", done.out, re.MULTILINE)
    assert [command.split()[0] for command in following] == ["show", "report", "export"]
    for command in following:
        assert gegp(*shlex.split(command)).status == 0


def test_json_is_one_object_and_nothing_else(gegp, mine):
    done = gegp("run", mine, "--seed", 1, "--json")
    assert set(done.json) == SUMMARY
    assert set(done.json["best"]) == {"phenotype", "fitness", "generation"}
    assert set(done.json["evaluations"]) == {"candidates", "evaluated", "from_cache", "failed"}
    assert done.json["run_dir"].startswith("runs/mine/")
    assert gegp("show", done.json["run_dir"], "--json").json == done.json
    assert gegp("resume", done.json["run_dir"], "--json").json == done.json


def test_a_problem_that_prints_does_not_spoil_json(gegp, make_problem):
    path = make_problem("def evaluate(phenotype):\n    print('noise')\n    return 1\n", toml=TOML)
    for engine in ("serial", "processes"):
        done = gegp("run", path, "--json", "--engine", engine)
        assert set(done.json) == SUMMARY


def test_quiet_prints_the_result_only(gegp, mine):
    done = gegp("run", mine, "--seed", 1, "-q")
    assert "generation " not in done.out.replace("found in generation", "")
    assert "best: length" in done.out


def test_verbose_prints_every_evaluation(gegp, mine):
    done = gegp("run", mine, "--seed", 1, "-v", "--out", "out")
    counts = gegp("show", "out", "--json").json["evaluations"]
    assert len(re.findall(r"^  ok ", done.out, re.MULTILINE)) == counts["evaluated"]


def test_several_runs_have_a_directory_each(gegp, mine, tmp_path):
    done = gegp("run", mine, "--seed", 5, "--runs", 2, "--out", "many", "--json")
    assert [one["seed"] for one in done.json["runs"]] == [5, 6]
    names = sorted(path.name for path in (tmp_path / "many").iterdir())
    assert names == ["experiment.toml", "report.html", "seed5", "seed6"]


def test_show_lists_the_runs_below_a_directory(gegp, mine, tmp_path):
    for seed in (10, 9):
        assert gegp("run", mine, "--seed", seed, "--out", f"runs/seed{seed}", "-q").status == 0
    (tmp_path / "runs/torn").mkdir()
    (tmp_path / "runs/torn/settings.toml").write_text("seed = ")
    shown = gegp("show", "runs")
    assert shown.status == 0
    lines = [re.split(r"  +", line) for line in shown.out.splitlines()]
    assert [line[0] for line in lines[2:]] == ["runs/seed9", "runs/seed10", "runs/torn"]
    assert lines[2][1:4] == ["mine", "–", "ended"]
    assert lines[2][4].startswith("length ") and lines[2][5:] == ["9", "4"]
    assert lines[4][3] == "cannot be read: gegp doctor"
    shutil.rmtree(tmp_path / "runs/torn")
    assert [one["seed"] for one in gegp("show", "runs", "--json").json["runs"]] == [10, 9]


def test_show_names_failures_by_reason(gegp, make_problem):
    code = (
        "def evaluate(phenotype):\n"
        "    if 'y' in phenotype:\n"
        "        raise ValueError('no y')\n"
        "    return len(phenotype)\n"
    )
    done = gegp("run", make_problem(code, toml=TOML), "--seed", 1, "--out", "out")
    assert done.status == 0
    shown = gegp("show", "out")
    assert re.search(r"\d+ candidates failed:", shown.out)
    assert re.search(r"\d+ x error: ValueError: no y \(.*problem\.py:3\)", shown.out)


def test_a_worker_that_dies_is_reported_and_the_run_goes_on(gegp, make_problem):
    code = (
        "import os\n"
        "def evaluate(phenotype):\n"
        "    if 'y' in phenotype:\n"
        "        os._exit(3)\n"
        "    return len(phenotype)\n"
    )
    path = make_problem(code, toml=TOML)
    done = gegp("run", path, "--seed", 1, "--engine", "processes", "--out", "out")
    assert done.status == 0
    assert "crashed: its worker process died (exit status 3), twice" in gegp("show", "out").out


def test_export_writes_any_program(gegp, mine, tmp_path):
    gegp("run", mine, "--seed", 1, "--out", "out")
    best = gegp("show", "out", "--json").json["best"]["phenotype"]
    assert gegp("export", "out", "--format", "json").json["phenotype"] == best
    given = gegp("export", mine, "--phenotype", "x", "--format", "json", "-o", "file.json")
    assert given.status == 0
    assert json.loads((tmp_path / "file.json").read_text())["phenotype"] == "x"


def test_an_exported_formula_computes_the_same(gegp, tmp_path):
    text = "(sin(x) + pdiv(y, (x - x)))"
    done = gegp("export", "symbolic_regression", "--phenotype", text, "-o", "formula.py")
    assert done.status == 0
    script = "from formula import formula; print(formula(0.0, 3.0))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert float(found.stdout) == 1.0


def test_problems_are_listed(gegp):
    listed = gegp("problems")
    assert "autolr\n" in listed.out
    assert "symbolic_regression\n" in listed.out
    names = [one["name"] for one in gegp("problems", "--json").json["problems"]]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere"], "nowhere: there is no such problem directory"),
        (["run", "{mine}", "--profile", "fast"], "unknown profile 'fast'"),
        (["run", "{mine}", "--grammar", "no.bnf"], "no.bnf: there is no such grammar file"),
        (["run", "{mine}", "--grammar", "bad.bnf"], "bad.bnf:1:9: <b> is used and never defined"),
        (["run", "{mine}", "--set", "search.populaton=9"], "did you mean 'population'?"),
        (
            ["run", "{mine}", "--set", "search.population=no"],
            "search.population = 'no': expected int",
        ),
        (["run", "{mine}", "--set", "search.max_depth=3"], "max_depth = 3 is below"),
        (["run", "{mine}", "--set", "options.epochs=9"], "unknown option 'epochs'"),
        (["run", "{mine}", "--engine", "magic"], "'magic' is not one of"),
        (["show", "nowhere"], "nowhere holds no run"),
        (["resume", "nowhere"], "nowhere holds no run"),
        (["export", "{mine}"], "give a program with --phenotype"),
        (["export", "{mine}", "--phenotype", "x", "--format", "pdf"], "has no format 'pdf'"),
        (["export", "autolr", "--phenotype", "x", "--format", "python"], "cannot be exported"),
    ],
)
def test_bad_input_is_one_message_and_status_2(gegp, mine, tmp_path, arguments, message):
    (tmp_path / "bad.bnf").write_text("<a> ::= <b>\n")
    done = gegp(*(argument.format(mine=mine) for argument in arguments))
    assert done.status == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert not (tmp_path / "runs").exists()


def test_a_run_that_cannot_succeed_is_status_1(gegp, make_problem):
    done = gegp("run", make_problem("def evaluate(phenotype):\n    return undefined\n"))
    assert done.status == 1
    assert "every candidate of the first generation failed" in done.err
    assert "Traceback" not in done.err


def test_without_keras_the_extra_is_named(gegp, mine):
    """In an environment where Keras cannot be found, everything else works."""
    hide = "import sys; sys.modules['keras'] = None; from gegp.cli import main; main()"
    for arguments, status in (["run", "autolr", "-q"], 2), (["run", str(mine), "-q"], 0):
        done = subprocess.run(
            [sys.executable, "-c", hide, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
        if status == 2:
            assert 'pip install "gegp[tensorflow]"' in done.stderr
            assert "Traceback" not in done.stderr


SLOW = "import time\ndef evaluate(phenotype):\n    time.sleep(0.05)\n" + CODE.split("\n", 1)[1]


def started(path, *arguments):
    """A run in the background, once it has saved a generation."""
    command = [sys.executable, "-c", "from gegp.cli import main; main()"]
    process = subprocess.Popen(
        [*command, "run", str(path), "--seed", "1", "--out", "part", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not os.path.exists("part/snapshots/gen000000.json"):
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_an_interrupted_run_goes_on_to_the_same_end(
    gegp, make_problem, tmp_path, engine, number, status
):
    path = make_problem(SLOW, toml=TOML)
    process = started(path, "--engine", engine)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status
    if number != signal.SIGKILL:
        assert "gegp resume part" in err
        assert "Traceback" not in err
    assert gegp("resume", "part").status == 0
    gegp("run", path, "--seed", 1, "--out", "whole")
    for name in sorted(os.listdir("whole/snapshots")):
        assert (tmp_path / "whole/snapshots" / name).read_bytes() == (
            tmp_path / "part/snapshots" / name
        ).read_bytes()


def test_a_directory_in_use_is_status_3(gegp, make_problem):
    # Long enough for the other process to start meanwhile, on a busy machine too.
    long = TOML.replace("generations = 4", "generations = 400")
    process = started(make_problem(SLOW, toml=long))
    second = gegp("resume", "part")
    process.kill()
    process.communicate()
    assert second.status == 3
    assert "is in use by process" in second.err


def test_no_worker_outlives_a_killed_run(make_problem):
    code = (
        "import os, time\ndef evaluate(phenotype):\n    time.sleep(0.05)\n    return os.getpid()\n"
    )
    process = started(make_problem(code, toml=TOML), "--engine", "processes", "--workers", "2")
    lines = Path("part/evaluations.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    workers = {int(one["values"][0]) for one in records if one["event"] == "done"}
    assert workers
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(os.path.exists(f"/proc/{pid}") for pid in workers):
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{pid}/exe") for pid in workers)
