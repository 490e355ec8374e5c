"""What every engine does with candidates, whatever they do."""

import os
import signal
import time

import pytest

from gegp import load_problem
from gegp.engines.base import Task
from gegp.engines.processes import ProcessEngine
from gegp.engines.serial import SerialEngine
from gegp.errors import GegpError

CODE = """
import os, pathlib, signal, time

def evaluate(phenotype, seed):
    if phenotype == "raise":
        raise ValueError("no")
    if phenotype == "exit":
        raise SystemExit(1)
    if phenotype == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if phenotype == "leave":
        os._exit(7)
    if phenotype == "die once":
        mark = pathlib.Path(__file__).parent / "died"
        if not mark.exists():
            mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
    if phenotype == "loop":
        while True:
            pass
    if phenotype == "print":
        print("to standard output")
    if phenotype.startswith("sleep"):
        time.sleep(float(phenotype.split()[1]))
    if phenotype == "pid":
        return os.getpid()
    return len(phenotype) + seed
"""


class EngineContract:
    """What holds for every engine; a test class inherits it and defines ``make``."""

    @pytest.fixture
    def engine(self, make_problem):
        engine = self.make(load_problem(make_problem(CODE)))
        yield engine
        engine.close()

    def outcomes(self, engine, *phenotypes):
        tasks = [Task(phenotype, seed) for seed, phenotype in enumerate(phenotypes)]
        found = dict(engine.evaluate(tasks))
        assert len(found) == len(tasks)
        return [found[i] for i in range(len(tasks))]

    def test_every_task_has_its_outcome(self, engine):
        outcomes = self.outcomes(engine, "a", "bb", "ccc")
        assert [outcome.values for outcome in outcomes] == [(1.0,), (3.0,), (5.0,)]

    def test_an_exception_concerns_its_candidate_only(self, engine):
        outcomes = self.outcomes(engine, "a", "raise", "exit", "bb")
        assert [outcome.status for outcome in outcomes] == ["ok", "error", "error", "ok"]
        assert "ValueError: no" in outcomes[1].detail

    def test_an_empty_batch(self, engine):
        assert self.outcomes(engine) == []


class TestSerial(EngineContract):
    def make(self, problem):
        return SerialEngine(problem)


class TestProcesses(EngineContract):
    def make(self, problem):
        return ProcessEngine(problem, workers=2, timeout=3.0)

    def test_a_worker_that_dies_concerns_its_candidate_only(self, engine):
        outcomes = self.outcomes(engine, *["a"] * 5, "die", "leave", *["a"] * 5)
        assert [outcome.status for outcome in outcomes].count("ok") == 10
        assert outcomes[5].status == "crashed"
        assert "SIGKILL" in outcomes[5].detail
        assert outcomes[6].status == "crashed"
        assert "exit status 7" in outcomes[6].detail

    def test_a_worker_that_dies_once_is_forgiven(self, engine):
        assert self.outcomes(engine, "die once")[0].status == "ok"

    def test_a_candidate_that_overruns_is_stopped(self, engine):
        start = time.monotonic()
        outcomes = self.outcomes(engine, "loop", "a", "sleep 0.1")
        assert [outcome.status for outcome in outcomes] == ["timeout", "ok", "ok"]
        assert "time limit of 3 s" in outcomes[0].detail
        assert time.monotonic() - start < 60

    def test_time_in_the_queue_does_not_count(self, engine):
        assert {one.status for one in self.outcomes(engine, *["sleep 0.5"] * 16)} == {"ok"}


def test_output_of_workers_goes_to_the_log(make_problem, tmp_path, capfd):
    engine = ProcessEngine(load_problem(make_problem(CODE)), workers=1, log=tmp_path / "log")
    list(engine.evaluate([Task("print", 0)]))
    engine.close()
    assert "to standard output" in (tmp_path / "log").read_text()
    assert capfd.readouterr().out == ""


def test_a_worker_that_cannot_load_the_problem_ends_the_evaluation(make_problem):
    path = make_problem(CODE)
    problem = load_problem(path)
    (path / "problem.py").write_text("raise OSError('gone')")
    engine = ProcessEngine(problem, workers=1)
    try:
        with pytest.raises(GegpError, match="does not import: OSError: gone"):
            list(engine.evaluate([Task("a", 0)]))
    finally:
        engine.close()


def test_workers_end_with_their_engine(make_problem):
    engine = ProcessEngine(load_problem(make_problem(CODE)), workers=1)
    ((_, outcome),) = engine.evaluate([Task("pid", 0)])
    pid = int(outcome.values[0])
    os.kill(pid, 0)
    engine.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid):
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return True
