"""Evaluation by dask, on real clusters: of this process, and of processes of their own."""

import importlib.util
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import gegp
from gegp import load_problem
from gegp.engines.base import Task
from gegp.engines.choice import require_engine
from gegp.engines.dask import DaskEngine
from gegp.engines.dask_cluster import start_local, workers_of
from gegp.errors import GegpError, InputError, RunFailed

pytest.importorskip("distributed")


def _module(name):
    path = Path(__file__).with_name(name)
    spec = importlib.util.spec_from_file_location(f"engines_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


engines = _module("test_engines.py")

RECORDING = """
import os, pathlib, time

def evaluate(phenotype):
    with open(pathlib.Path(__file__).parent / "seen", "a") as file:
        file.write(f"{os.getppid()}\\n")
    time.sleep(0.3)
    return len(phenotype)
"""


class Cluster:
    """A scheduler and workers in processes of their own, as on another machine."""

    def __init__(self, workers):
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.processes = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        self.workers = [self.add() for _ in range(workers)]

    def add(self, *options, env=None):
        return self._start("worker", self.address, "--nthreads", "1", *options, env=env)

    def _start(self, *arguments, env=None):
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, **quiet, env=os.environ | (env or {}))
        self.processes.append(process)
        return process

    def close(self):
        *workers, scheduler = reversed(self.processes)
        for process in workers:
            process.terminate()
        for process in workers:
            process.wait(20)
        # Not before: a worker that is ending waits for its scheduler.
        scheduler.terminate()
        scheduler.wait(20)


@contextmanager
def cluster_of(workers):
    cluster = Cluster(workers)
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def cluster():
    with cluster_of(2) as one:
        yield one


class TestDask(engines.EngineContract):
    @pytest.fixture(autouse=True)
    def _cluster(self, cluster):
        self.address = cluster.address

    def make(self, problem):
        return DaskEngine(problem, scheduler=self.address, timeout=3.0)

    def test_a_candidate_that_dies_or_overruns_concerns_itself_only(self, engine):
        outcomes = self.outcomes(engine, "a", "die", "leave", "loop", "die once", *["a"] * 5)
        expected = ["ok", "crashed", "crashed", "timeout", "ok", *["ok"] * 5]
        assert [outcome.status for outcome in outcomes] == expected
        assert "SIGKILL" in outcomes[1].detail

    def test_cheap_candidates_go_together(self, engine):
        self.outcomes(engine, *["a"] * 20)
        outcomes = self.outcomes(engine, *["a"] * 500, "die", "raise")
        assert [one.values[0] for one in outcomes[:500]] == [1.0 + seed for seed in range(500)]
        assert [one.status for one in outcomes[500:]] == ["crashed", "error"]

    def test_children_end_with_the_engine_and_workers_stay(self, engine, make_problem):
        pid = int(self.outcomes(engine, "pid")[0].values[0])
        assert alive(pid)
        in_background(lambda: list(engine.evaluate([Task("sleep 60", i) for i in range(4)])))
        engine.close()
        assert ends(pid)
        again = self.make(load_problem(make_problem("def evaluate(phenotype):\n    return 7")))
        assert self.outcomes(again, *["a"] * 4)[3].values == (7.0,)
        again.close()

    def test_children_end_with_a_run_that_was_killed(self, make_problem, tmp_path):
        path = make_problem(RECORDING.replace("0.3", "600").replace("getppid", "getpid"))
        command = [sys.executable, "-c", "from gegp.cli import main; main()", "run", str(path)]
        run = subprocess.Popen([*command, "--scheduler", self.address, "-q"])
        pids = seen(path, 2)
        run.kill()
        run.wait(20)
        assert all(ends(pid) for pid in pids)

    def test_a_problem_that_has_changed_is_loaded_afresh(self, make_problem, gegp):
        small = ["--set", "search.population=5", "--set", "search.generations=1", "--json"]
        for option in ("first", "second"):
            code = f"""
import dataclasses

@dataclasses.dataclass
class Mine:
    {option}: float = 0.0

    def evaluate(self, phenotype):
        return self.{option}
"""
            toml = f'entry = "problem:Mine"\n[options]\n{option} = {len(option)}\n'
            path = make_problem(code, toml=toml)
            finished = gegp("run", path, *small, "--scheduler", self.address, "--out", option)
            assert finished.json["best"]["fitness"] == [float(len(option))]

    def test_a_worker_that_cannot_load_the_problem_says_so(self, make_problem):
        path = make_problem("def evaluate(phenotype):\n    return 1")
        problem = load_problem(path)
        (path / "problem.py").write_text("raise OSError('gone')")
        engine = self.make(problem)
        with pytest.raises(GegpError, match=r"does not import: OSError: gone.*on the dask worker"):
            list(engine.evaluate([Task("a", 0)]))
        engine.close()

    def test_output_goes_to_the_log(self, make_problem, tmp_path):
        problem = load_problem(make_problem("def evaluate(phenotype):\n    print('said')"))
        engine = DaskEngine(problem, scheduler=self.address, log=tmp_path / "log")
        list(engine.evaluate([Task("a", 0)]))
        engine.close()
        assert "said" in (tmp_path / "log").read_text()

    def test_a_run_that_moves_to_the_cluster_and_away(self, gegp, tmp_path):
        small = ["--set", "search.population=20", "--seed", 1]
        four = ["--set", "search.generations=4"]
        assert gegp("run", "symbolic_regression", *small, *four, "--out", "here").status == 0
        two = ["--set", "search.generations=2", "--scheduler", self.address, "--out", "there"]
        assert gegp("run", "symbolic_regression", *small, *two).status == 0
        for generations, place in ((3, ["--engine", "serial"]), (4, ["--scheduler", self.address])):
            settings = tmp_path / "there" / "settings.toml"
            old = f"generations = {generations - 1}"
            settings.write_text(settings.read_text().replace(old, f"generations = {generations}"))
            assert gegp("resume", "there", *place).status == 0
        assert snapshots("there") == snapshots("here")
        log = [json.loads(line) for line in (tmp_path / "there/log.jsonl").read_text().splitlines()]
        assert [one["workers"] for one in log if one["event"] == "begun"] == [2, 0, 2]


def test_workers_join_and_leave(make_problem, caplog):
    path = make_problem(RECORDING)
    with cluster_of(0) as cluster:
        engine = DaskEngine(load_problem(path), scheduler=cluster.address)
        found = {}
        tasks = [Task("x" * i, 0) for i in range(1, 13)]
        work = in_background(lambda: found.update(engine.evaluate(tasks)))
        until(lambda: caplog.records)
        time.sleep(2.5)
        assert [record.getMessage() for record in caplog.records] == [
            f"no dask worker at {cluster.address}: waiting for one"
        ]
        first = cluster.add()
        seen(path, 2)
        first.kill()
        first.wait(20)
        cluster.add()
        work.join(60)
        assert [found[i].values for i in range(12)] == [(float(i),) for i in range(1, 13)]
        assert len(set(seen(path, 12))) == 2
        engine.close()


def test_a_scheduler_that_is_lost_ends_the_evaluation(make_problem):
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), cluster_of(1) as cluster:
        path = make_problem(RECORDING)
        engine = DaskEngine(load_problem(path), scheduler=cluster.address)
        outcomes = engine.evaluate([Task("x", 0) for _ in range(100)])
        next(outcomes)
        cluster.scheduler.kill()
        with pytest.raises(RunFailed, match=f"scheduler at {cluster.address} was lost"):
            list(outcomes)
        engine.close()


def test_candidates_that_need_a_gpu_go_where_there_is_one(make_problem):
    code = RECORDING.replace("def evaluate(", "device = 'auto'\n\ndef evaluate(")
    code = code.replace("len(phenotype)", "float(os.environ.get('CUDA_VISIBLE_DEVICES', -1))")
    with cluster_of(1) as cluster:
        cluster.add("--resources", "GPU=1", env={"CUDA_VISIBLE_DEVICES": "5"})
        path = make_problem(code)
        engine = DaskEngine(load_problem(path), scheduler=cluster.address)
        until(lambda: len(workers_of(engine._client)) == 2)
        outcomes = dict(engine.evaluate([Task("x", 0) for _ in range(6)]))
        assert {outcome.values for outcome in outcomes.values()} == {(5.0,)}
        assert len(set(seen(path, 6))) == 1
        engine.close()


def test_local_workers_share_out_the_gpus():
    client = start_local(3, ["2", "7"])
    try:
        assert [worker["resources"] for worker in workers_of(client)] == [{"GPU": 1}] * 3
        visible = client.run(lambda: __import__("os").environ["CUDA_VISIBLE_DEVICES"])
        assert sorted(visible.values()) == ["2", "2", "7"]
    finally:
        client.close()
        client.cluster.close()


def small_run(out, *assignments):
    budget = ["search.generations=3", "search.population=30"]
    problem = load_problem("symbolic_regression", assignments=[*budget, *assignments])
    return gegp.run(problem, seed=5, out=out)


def test_the_run_is_the_same_as_in_this_process():
    serial = small_run("serial", 'search.engine="serial"')
    local = small_run("dask", 'search.engine="dask"', "search.workers=2")
    assert snapshots("dask") == snapshots("serial")
    assert local.best.phenotype == serial.best.phenotype
    assert not dask_workers()


def kill_workers(path, times):
    """Kill the dask worker that evaluates, so many times; each time another one."""
    killed = []
    while len(killed) < times:
        pid = seen(path, 1, other=killed)[-1]
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)


def test_workers_that_are_killed_do_not_change_the_run(make_problem):
    path = make_problem(RECORDING)
    budget = ["search.generations=2", "search.population=8"]
    problem = load_problem(path, assignments=[*budget, 'search.engine="serial"'])
    gegp.run(problem, seed=1, out="serial")
    (path / "seen").unlink()
    place = ['search.engine="dask"', "search.workers=2"]
    killer = in_background(lambda: kill_workers(path, 2))
    gegp.run(load_problem(path, assignments=[*budget, *place]), seed=1, out="dask")
    killer.join(20)
    assert not killer.is_alive()
    assert snapshots("dask") == snapshots("serial")


def test_a_candidate_whose_workers_are_lost_again_and_again_is_given_up(make_problem):
    import dask

    path = make_problem(RECORDING.replace("0.3", "60"))
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        engine = DaskEngine(load_problem(path), workers=1)
    killer = in_background(lambda: kill_workers(path, 2))
    ((_, outcome),) = engine.evaluate([Task("x", 0)])
    killer.join(20)
    assert outcome.status == "crashed"
    engine.close()
    assert not dask_workers()


def test_ctrl_c_ends_everything_and_quietly(make_problem, tmp_path):
    path = make_problem(RECORDING.replace("0.3", "60").replace("getppid", "getpid"))
    command = [sys.executable, "-c", "from gegp.cli import main; main()", "run", str(path)]
    run = subprocess.Popen(
        [*command, "--engine", "dask", "--workers", "2", "--out", "out"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    pids = seen(path, 2)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert err.split("\n") == ["", "Interrupted. Continue with: gegp resume out", ""]
    assert all(ends(pid) for pid in pids)
    assert not dask_workers()


def test_a_wrong_address_is_one_error(gegp, tmp_path):
    for address in ("tcp://127.0.0.1:9", "nowhere"):
        finished = gegp("run", "symbolic_regression", "--scheduler", address, "--out", "out")
        assert finished.status == 2
        assert finished.err.startswith(f"Error: search.scheduler = '{address}': no dask scheduler")
        assert finished.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
    finished = gegp("run", "symbolic_regression", "--scheduler", "x", "--engine", "serial")
    assert finished.status == 2
    assert "--scheduler is for --engine dask" in finished.err


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    problem = load_problem("symbolic_regression", assignments=['search.engine="dask"'])
    with pytest.raises(InputError, match=r'pip install "gegp\[dask\]"'):
        require_engine(problem)


def snapshots(directory):
    files = sorted(Path(directory, "snapshots").glob("gen*.json"))
    assert files
    return [file.read_bytes() for file in files]


def in_background(work):
    def quietly():
        with suppress(GegpError, RuntimeError):
            work()

    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    return thread


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def seen(path, count, other=()):
    """The process ids that candidates have recorded: at least so many, none of the others."""

    def read():
        file = path / "seen"
        pids = [int(pid) for pid in file.read_text().split()] if file.exists() else []
        pids = [pid for pid in pids if pid not in other]
        return pids if len(pids) >= count else None

    return until(read)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid):
    return until(lambda: not alive(pid), 20)


def dask_workers():
    """The worker processes of clusters of this test, which have 10 s to end."""
    deadline = time.monotonic() + 10
    while found := [one.pid for one in multiprocessing.active_children() if one.is_alive()]:
        if time.monotonic() > deadline:
            return found
        time.sleep(0.05)
    return []
