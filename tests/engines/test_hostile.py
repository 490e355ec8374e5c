"""Candidates that do their worst: each gets its status, and no other candidate suffers."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest

from gegp import load_problem
from gegp.engines.base import Task
from gegp.engines.processes import ProcessEngine
from gegp.engines.serial import SerialEngine

CODE = """
import ctypes, math, os, re, signal, sys, threading, time

HOME, VARIABLES = os.getcwd(), set(os.environ)

class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")

class Locked(Exception):
    def __init__(self):
        self.lock = threading.Lock()

def endless(depth):
    return endless(depth + 1)

def kill(number):
    os.kill(os.getpid(), number)
    time.sleep(60)

def loop():
    while True:
        pass

def forever(number):
    signal.signal(number, signal.SIG_IGN)
    loop()

def array():
    import numpy
    return numpy.zeros(3)

def stay():
    if os.fork() == 0:
        time.sleep(300)
        os._exit(0)
    return 1.0

def both():
    os.fork()
    return 1.0

def thread():
    threading.Thread(target=time.sleep, args=(300,)).start()
    return 1.0

def fail(error):
    raise error

def after(value, *_):
    return value

TABLE = {
    "raise": lambda: fail(ValueError("no")),
    "SystemExit": lambda: sys.exit(1),
    "GeneratorExit": lambda: fail(GeneratorExit()),
    "recursion": lambda: endless(0),
    "raise MemoryError": lambda: fail(MemoryError()),
    "unpicklable exception": lambda: fail(Locked()),
    "huge output": lambda: after(1.0, print("x" * 5_000_000)),
    "unpicklable value": lambda: threading.Lock(),
    "unpicklable extra": lambda: {"length": 1.0, "extra": threading.Lock()},
    "NaN": lambda: math.nan,
    "infinity": lambda: -math.inf,
    "complex": lambda: 1j,
    "None": lambda: None,
    "text": lambda: "1.0",
    "empty": lambda: (),
    "two values": lambda: (1.0, 2.0),
    "another name": lambda: {"width": 1.0},
    "array": array,
    "huge number": lambda: 10**400,
    "KeyboardInterrupt": lambda: fail(KeyboardInterrupt()),
    "exception without text": lambda: fail(Silent()),
    "exit": lambda: os._exit(7),
    "exit with 0": lambda: os._exit(0),
    "SIGKILL": lambda: kill(signal.SIGKILL),
    "SIGSEGV": lambda: kill(signal.SIGSEGV),
    "SIGTERM": lambda: kill(signal.SIGTERM),
    "null pointer": lambda: ctypes.string_at(0),
    "closes all files": lambda: os.closerange(3, 1000),
    "infinite loop": loop,
    "stops itself": lambda: kill(signal.SIGSTOP),
    "holds the interpreter": lambda: re.match("(a+)+b", "a" * 40),
    "ignores SIGTERM": lambda: forever(signal.SIGTERM),
    "3 GiB": lambda: len(bytearray(3 << 30)),
    "closes its output": lambda: after(1.0, sys.stdout.close(), sys.stderr.close()),
    "closes its output's file": lambda: after(1.0, os.close(1), os.close(2)),
    "loses its output": lambda: after(1.0, setattr(sys, "stdout", None)),
    "child that stays": stay,
    "fork that returns": both,
    "thread that stays": thread,
    "another directory": lambda: after(1.0, os.chdir("/")),
    "no environment": lambda: after(1.0, os.environ.clear()),
}

def evaluate(phenotype):
    if phenotype in TABLE:
        return TABLE[phenotype]()
    print(phenotype)
    assert os.getcwd() == HOME
    assert VARIABLES <= set(os.environ)
    bytearray(100 << 20)
    return float(phenotype.split()[1])
"""

HARMLESS = {
    "exception without text": "error",
    "raise": "error",
    "SystemExit": "error",
    "GeneratorExit": "error",
    "recursion": "error",
    "raise MemoryError": "memory",
    "unpicklable exception": "error",
    "huge output": "ok",
    "unpicklable value": "invalid",
    "unpicklable extra": "ok",
    "NaN": "invalid",
    "infinity": "invalid",
    "complex": "invalid",
    "None": "invalid",
    "text": "invalid",
    "empty": "invalid",
    "two values": "invalid",
    "another name": "invalid",
    "array": "invalid",
    "huge number": "invalid",
}
HARMFUL = {
    "KeyboardInterrupt": "error",
    "exit": "crashed",
    "exit with 0": "crashed",
    "SIGKILL": "crashed",
    "SIGSEGV": "crashed",
    "SIGTERM": "crashed",
    "null pointer": "crashed",
    "closes all files": "crashed",
    "infinite loop": "timeout",
    "stops itself": "timeout",
    "holds the interpreter": "timeout",
    "ignores SIGTERM": "timeout",
    "3 GiB": "memory",
    "closes its output": "ok",
    "closes its output's file": "ok",
    "loses its output": "ok",
    "child that stays": "ok",
    "fork that returns": "ok",
    "thread that stays": "ok",
    "another directory": "ok",
    "no environment": "ok",
}


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


def test_in_worker_processes(make_problem, tmp_path):
    path = make_problem(CODE)
    problem = load_problem(path, assignments=["search.memory_limit=1000"])
    expected = HARMLESS | HARMFUL
    innocents = [f"innocent {number}" for number in range(len(expected) + 1)]
    phenotypes = [innocents[0]]
    for name, innocent in zip(expected, innocents[1:], strict=True):
        phenotypes += [name, innocent]
    engine = ProcessEngine(problem, workers=2, timeout=2.0, log=tmp_path / "log")
    try:
        assert statuses(engine, phenotypes) == expected | dict.fromkeys(innocents, "ok")
    finally:
        engine.close()
    log = (tmp_path / "log").read_text()
    assert "Fatal Python error: Segmentation fault" in log
    assert all(f"{innocent}\n" in log for innocent in innocents)


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
