"""Candidates that do their worst: each gets its status, and no other candidate suffers.

Whole runs with all of them are in tests/reliability.
"""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from candidates import CODE, HARMLESS

from gegp import load_problem
from gegp.engines.base import Task
from gegp.engines.processes import ProcessEngine
from gegp.engines.serial import SerialEngine


def statuses(engine, phenotypes):
    found = list(engine.evaluate([Task(phenotype, 0) for phenotype in phenotypes]))
    assert sorted(i for i, _ in found) == list(range(len(phenotypes)))
    for i, outcome in found:
        if phenotypes[i].startswith("innocent"):
            assert outcome.values == (float(phenotypes[i].split()[1]),), outcome.detail
    return {phenotypes[i]: outcome.status for i, outcome in found}


@pytest.mark.parametrize("name", HARMLESS)
def test_in_this_process(make_problem, name):
    engine = SerialEngine(load_problem(make_problem(CODE)))
    found = statuses(engine, ["innocent 1", name, "innocent 2"])
    assert found == {"innocent 1": "ok", name: HARMLESS[name], "innocent 2": "ok"}


def test_cheap_candidates_around_deaths(make_problem):
    """Many at a time are with a worker that dies, and none of them is blamed or forgotten."""
    code = "import os\ndef evaluate(p):\n    return os._exit(1) if p.endswith('7') else len(p)\n"
    engine = ProcessEngine(load_problem(make_problem(code)), workers=2)
    phenotypes = [str(number) for number in range(2000)] + ["0.7"]
    guilty = {"1007", "1997", "0.7", "7"}
    phenotypes = [p if p in guilty else p.replace("7", "x") for p in phenotypes]
    try:
        found = statuses(engine, phenotypes)
    finally:
        engine.close()
    assert {p for p, status in found.items() if status == "crashed"} == guilty
    assert set(found.values()) == {"ok", "crashed"}


def test_workers_killed_at_random_moments(make_problem, tmp_path, monkeypatch):
    """However often and whenever somebody kills workers, every task has its outcome."""
    code = """
import os, time
def evaluate(phenotype, seed):
    with open(os.environ["PIDS"], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(0.002 * (seed % 5))
    return os.getpid()
"""
    pids = tmp_path / "pids"
    pids.write_text("")
    over = threading.Event()

    def killer():
        rng = random.Random(5)
        while not over.wait(rng.random() / 20):
            for pid in pids.read_text().split()[-2:]:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)

    monkeypatch.setenv("PIDS", str(pids))
    engine = ProcessEngine(load_problem(make_problem(code)), workers=2)
    thread = threading.Thread(target=killer)
    thread.start()
    start = time.monotonic()
    try:
        found = dict(engine.evaluate([Task(str(i), i) for i in range(150)]))
    finally:
        over.set()
        thread.join()
        engine.close()
    assert len(found) == 150
    assert {outcome.status for outcome in found.values()} <= {"ok", "crashed"}
    assert len(set(pids.read_text().split())) > 10
    assert time.monotonic() - start < 200
