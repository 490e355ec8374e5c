"""A candidate that kills the process that evaluates it does not do so at every resume."""

import json
import os
import signal
import subprocess
import sys

import pytest

from gegp import Run, load_problem, resume, run
from gegp.journal import Journal, read_contents
from gegp.outcome import Outcome

DEADLY = """\
import os, pathlib, time

def evaluate(phenotype):
    here = pathlib.Path(__file__).parent
    with (here / "by").open("a") as file:
        file.write(f"{os.getpid()} {phenotype}\\n")
    if phenotype == "(y + x)":
        os._exit(7)
    time.sleep(0.011)
    return abs(len(phenotype) - 20)
"""
TOML = "[search]\npopulation = 10\ngenerations = 3\nmutation_rate = 0.3\n"


@pytest.fixture
def deadly(make_problem):
    return make_problem(DEADLY, toml=TOML)


def test_a_candidate_that_kills_the_main_process_kills_no_resume(deadly, gegp, tmp_path):
    assert gegp("run", deadly, "--seed", 3, "--out", "out", "-q").status == 7
    (key,) = [
        key
        for key in read_contents(tmp_path / "out/evaluations.jsonl").unfinished
        if key == load_problem(deadly).key("(y + x)")
    ]
    done = gegp("resume", "out", "-q")
    assert done.status == 0, done.err
    outcomes = {done.key: done for done in Run.load(tmp_path / "out").evaluations}
    assert outcomes[key].status == "crashed"
    assert {done.status for done in outcomes.values()} == {"ok", "crashed"}
    assert [done.status for done in outcomes.values()].count("crashed") == 1


def test_the_others_are_evaluated_as_without(deadly, gegp, tmp_path, snapshots):
    """The same run where the candidate is known to crash: a worker process each time."""
    whole = load_problem(deadly, assignments=["search.engine=processes", "search.workers=1"])
    run(whole, seed=3, out=tmp_path / "whole")
    gegp("run", deadly, "--seed", 3, "--out", "out", "-q")
    resume(tmp_path / "out")
    assert snapshots(tmp_path / "out") == snapshots(tmp_path / "whole")


def test_an_innocent_candidate_that_was_in_flight_is_not_marked(make_problem, tmp_path):
    code = (
        "import os, pathlib, signal\n"
        "def evaluate(phenotype):\n"
        "    here = pathlib.Path(__file__).parent\n"
        "    if not (here / 'killed').exists():\n"
        "        (here / 'killed').touch()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return abs(len(phenotype) - 20)\n"
    )
    path = make_problem(code, toml=TOML)
    script = f"import gegp; gegp.run({str(path)!r}, seed=3, out='out')"
    killed = subprocess.run([sys.executable, "-c", script], check=False, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL
    resumed = resume(tmp_path / "out")
    assert {done.status for done in resumed.evaluations} == {"ok"}
    whole = run(path, seed=3, out=tmp_path / "whole")
    assert resumed.best == whole.best


def test_after_an_interruption_in_good_order_nobody_is_under_suspicion(make_problem, tmp_path):
    from gegp import Observer

    class Stop(Observer):
        def evaluated(self, phenotype, outcome):
            raise KeyboardInterrupt

    harmless = make_problem(DEADLY.replace("os._exit(7)", "pass"), toml=TOML)
    with pytest.raises(KeyboardInterrupt):
        run(harmless, seed=3, out=tmp_path / "out", observer=Stop())
    assert read_contents(tmp_path / "out/evaluations.jsonl").unfinished == {}
    resume(tmp_path / "out")
    processes = {line.split()[0] for line in (harmless / "by").read_text().splitlines()}
    assert processes == {str(os.getpid())}


def test_what_was_begun_is_counted_until_it_ends(tmp_path):
    path = tmp_path / "evaluations.jsonl"
    for keys in (["a", "b", "c"], ["b", "a"]):
        journal = Journal(path)
        journal.started(0, keys)
        journal.done(0, keys[-1], "x", Outcome("ok", (1.0,)))
        journal.flush()
    assert read_contents(path).unfinished == {"b": 2}
    journal.started(1, ["d"])
    journal.close()
    assert read_contents(path).unfinished == {}
    assert json.loads(path.read_text().splitlines()[-1])["event"] == "stopped"
