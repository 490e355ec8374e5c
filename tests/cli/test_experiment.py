"""Several runs and experiments: the same runs as one by one, and gone on with as a whole."""

import os
import shlex
import signal
import subprocess
import sys
import time

import pytest

SLOW = "import time\ndef evaluate(phenotype):\n    time.sleep(0.1)\n    return len(phenotype)\n"
QUICK = "def evaluate(phenotype):\n    return abs(len(phenotype) - 25)\n"
TOML = "[search]\npopulation = 10\ngenerations = 4\n"
PLAN = """
problem = "mine"
runs = 3
settings.search.generations = 3

[grid.search]
representation = ["dsge", "ge"]
mutation_rate = [0.05, "1/used"]
"""


def last_states(directory):
    """The last snapshot of each run, by its directory's name."""
    return {
        path.parent.parent.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("snapshots/gen*.json"))
    }


def test_side_by_side_is_one_by_one(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml=TOML)
    done = gegp("run", "mine", "--seed", 4, "--runs", 3, "--workers", 2, "--out", "many", "--json")
    assert (done.status, [one["seed"] for one in done.json["runs"]]) == (0, [4, 5, 6])
    for seed in (4, 5, 6):
        gegp("run", "mine", "--seed", seed, "--out", f"single/seed{seed}", "-q")
    assert last_states(tmp_path / "many") == last_states(tmp_path / "single")
    assert (tmp_path / "many/report.html").is_file()


def test_more_runs_of_the_same(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml=TOML)
    gegp("run", "mine", "--seed", 1, "--runs", 2, "--out", "many", "-q")
    made = (tmp_path / "many/seed1/log.jsonl").read_bytes()
    done = gegp("run", "mine", "--seed", 1, "--runs", 4, "--out", "many")
    assert done.status == 0
    assert "2 of 4 runs are finished already" in done.err
    assert "gegp compare many" in done.out
    assert (tmp_path / "many/seed1/log.jsonl").read_bytes() == made
    assert len(last_states(tmp_path / "many")) == 4
    done = gegp("run", "mine", "--seed", 2, "--runs", 4, "--out", "many")
    assert (done.status, "another plan (seed differ)" in done.err) == (2, True)
    done = gegp("run", "mine", "--seed", 1, "--runs", 2, "--out", "many/seed1")
    assert (done.status, "holds runs already" in done.err) == (2, True)


def test_an_experiment(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml=TOML)
    (tmp_path / "plan.toml").write_text(PLAN)
    commands = gegp("experiment", "plan.toml", "--dry-run").out.splitlines()
    assert len(commands) == len(set(commands)) == 12
    assert not (tmp_path / "runs").exists()
    done = gegp("experiment", "plan.toml", "--workers", 2)
    assert done.status == 0
    groups = sorted(path.name for path in (tmp_path / "runs/plan").iterdir() if path.is_dir())
    assert groups == [
        "representation=dsge,mutation_rate=0.05",
        "representation=dsge,mutation_rate=1_used",
        "representation=ge,mutation_rate=0.05",
        "representation=ge,mutation_rate=1_used",
    ]
    assert "gegp compare runs/plan/representation=dsge,mutation_rate=0.05" in done.out
    text = (tmp_path / "runs/plan/report.html").read_text()
    assert "12 in 4 groups" in text
    # One of the commands printed makes the same run.
    line = next(one for one in commands if "1/used" in one and 'representation="ge"' in one)
    assert gegp(*shlex.split(line.replace("runs/plan", "again"))[1:]).status == 0
    again, made = last_states(tmp_path / "again"), last_states(tmp_path / "runs/plan")
    assert again.items() <= made.items()


def begin(tmp_path, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "gegp", *map(str, arguments)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_and_gone_on_with(gegp, make_problem, tmp_path, number):
    make_problem(SLOW, toml="[search]\npopulation = 8\ngenerations = 8\n")
    process = begin(
        tmp_path, "run", "mine", "--seed", 1, "--runs", 3, "--workers", 2, "--out", "many"
    )
    begun = [tmp_path / f"many/seed{seed}/snapshots" for seed in (1, 2)]
    wait_for(lambda: all(list(one.glob("gen*.json")) for one in begun))
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    if number == signal.SIGINT:
        assert "Continue with: gegp resume many" in err
    # Nobody goes on working: the locks are free, and resuming takes them.
    done = gegp("resume", "many", "--json")
    assert (done.status, len(done.json["runs"])) == (0, 3)
    gegp("run", "mine", "--seed", 1, "--runs", 3, "--out", "whole", "-q")
    assert last_states(tmp_path / "many") == last_states(tmp_path / "whole")


def test_a_run_that_fails_does_not_keep_others(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml=TOML)
    (tmp_path / "many").mkdir()
    (tmp_path / "many/seed2").write_text("in the way of the run")
    done = gegp("run", "mine", "--seed", 1, "--runs", 3, "--out", "many", "--json")
    assert done.status == 1
    assert [one["seed"] for one in done.json["runs"]] == [1, 3]
    assert "many seed 2: failed with status 2" in done.err
    assert "again with: gegp resume many" in done.err
    (tmp_path / "many/seed2").unlink()
    done = gegp("resume", "many", "--json")
    assert (done.status, len(done.json["runs"])) == (0, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('problem = "mine"\nrums = 3\n', "did you mean 'runs'?"),
        ('problem = "mine"\nruns = 0\n', "runs = 0"),
        ("runs = 3\n", "expected problem ="),
        ('problem = "mine"\n[grid]\nsearch.population = 5\n', "expected a list"),
        ('problem = "mine"\n[grid]\nserach.population = [5]\n', "did you mean 'search'?"),
        ('problem = "mine"\n[grid]\nsearch.populaton = [5]\n', "did you mean 'population'?"),
        ('problem = "mine"\n[grid]\nsearch.population = [5, -1]\n', "population = -1"),
        ('problem = "mine"\n[grid]\ngrammar = ["none.bnf"]\n', "none.bnf"),
        ('problem = "mine"\n[grid]\nsearch.population = [5, 5]\n', "would be called"),
        ("problem =", "Invalid value"),
    ],
)
def test_bad_plans(gegp, make_problem, tmp_path, text, told):
    make_problem(QUICK, toml=TOML)
    (tmp_path / "plan.toml").write_text(text)
    done = gegp("experiment", "plan.toml")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert not (tmp_path / "runs").exists()


def test_grammars_side_by_side(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml=TOML)
    (tmp_path / "other.bnf").write_text("<e> ::= z | z<e>\n")
    plan = 'problem = "mine"\nruns = 2\n[grid]\ngrammar = ["mine/grammar.bnf", "other.bnf"]\n'
    (tmp_path / "plan.toml").write_text(plan)
    assert gegp("experiment", "plan.toml", "--out", "made").status == 0
    shown = gegp("show", "made/grammar=other/seed1", "--json").json
    assert set(shown["best"]["phenotype"]) == {"z"}


def test_runs_with_workers_of_their_own(gegp, make_problem, tmp_path):
    make_problem(QUICK, toml="isolate = true\n" + TOML)
    done = gegp("run", "mine", "--runs", 2, "--seed", 1, "--workers", 2, "--out", "many")
    assert done.status == 0
    assert done.out.count("evaluated in 2 workers") == 2
    assert os.path.exists(tmp_path / "many/seed2/workers.log")
