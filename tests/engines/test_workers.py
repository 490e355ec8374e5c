"""What a worker process is, how it begins and how it ends."""

import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gegp import load_problem
from gegp.engines.base import Task
from gegp.engines.environment import find_devices, worker_environment
from gegp.engines.processes import ProcessEngine
from gegp.errors import RunFailed, SettingsError

CODE = """
import os, pathlib, resource, subprocess, sys, time

HERE = pathlib.Path(__file__).parent

def evaluate(phenotype):
    word, _, rest = phenotype.partition(" ")
    if word == "child":
        child = subprocess.Popen(["sleep", "300"])
        with open(HERE / "children", "a") as file:
            file.write(f"{child.pid}\\n{os.getpid()}\\n")
        phenotype, word = rest, rest.partition(" ")[0]
    if word == "die":
        os._exit(1)
    if word == "loop":
        while True:
            pass
    if word == "sleep":
        time.sleep(0.5)
    if word == "core":
        return resource.getrlimit(resource.RLIMIT_CORE)[0]
    if word in os.environ:
        time.sleep(0.3)
        return int(os.environ[word])
    return os.getpid()
"""


@pytest.fixture
def start(make_problem):
    """Makes an engine for code, which is closed at the end."""
    engines = []

    def make(code=CODE, *, workers=1, assignments=(), **options):
        problem = load_problem(make_problem(code), assignments=assignments)
        engines.append(ProcessEngine(problem, workers=workers, **options))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def outcomes(engine, *phenotypes):
    found = dict(engine.evaluate([Task(phenotype, 0) for phenotype in phenotypes]))
    return [found[i] for i in range(len(phenotypes))]


def values(engine, *phenotypes):
    return [outcome.values[0] for outcome in outcomes(engine, *phenotypes)]


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def assert_gone(pids):
    assert pids
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(map(alive, pids)):
        time.sleep(0.02)
    assert not [pid for pid in pids if alive(pid)]


def noted(tmp_path):
    return [int(pid) for pid in (tmp_path / "mine/children").read_text().split()]


@pytest.mark.parametrize("phenotype", ["child die", "child loop"])
def test_what_a_worker_has_started_ends_with_it(start, tmp_path, phenotype):
    engine = start(timeout=1.0)
    outcomes(engine, phenotype)
    assert_gone(noted(tmp_path))


def test_what_a_worker_has_started_ends_when_it_is_replaced(start, tmp_path):
    engine = start(assignments=["search.worker_tasks=1"])
    outcomes(engine, "child x")
    assert_gone(noted(tmp_path))


def test_nothing_is_left_after_close(start, tmp_path):
    others = set(children_of_this_process())
    engine = start(workers=2)
    outcomes(engine, "child x", "child y")
    started = noted(tmp_path) + [pid for pid in children_of_this_process() if pid not in others]
    assert len(set(started)) == 5  # two children, two workers, their guard
    assert all(map(alive, started))
    engine.close()
    assert_gone(started)
    engine.close()


def children_of_this_process():
    task = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    return [int(pid) for pid in task.read_text().split()]


def test_another_thread_may_close_the_engine(start):
    engine = start()
    timer = threading.Timer(1.0, engine.close)
    timer.start()
    with pytest.raises(RunFailed, match="closed"):
        outcomes(engine, "loop")
    timer.join()


def test_evaluations_that_nobody_waits_for_are_given_up(start):
    engine = start(workers=2)
    for _, outcome in engine.evaluate([Task("loop", 0), Task("x", 0)]):
        assert outcome.ok
        break
    assert len(values(engine, "a", "b", "c")) == 3


def test_a_worker_is_replaced_after_its_tasks(start):
    engine = start(assignments=["search.worker_tasks=3"])
    pids = values(engine, *"abcdefghi")
    assert [pids.count(pid) for pid in sorted(set(pids))] == [3, 3, 3]


def test_a_worker_stays_otherwise(start):
    assert len(set(values(start(), *"abcdefghi"))) == 1


IMPORTED_IN_A_WORKER = """
import os, pathlib, sys, time
HERE = pathlib.Path(__file__).parent
if "gegp.engines.worker" in sys.modules:
    {code}
def evaluate(phenotype):
    return len(phenotype)
"""


def test_the_time_limit_does_not_count_the_import_of_the_problem(start):
    code = IMPORTED_IN_A_WORKER.format(code="time.sleep(1.5)")
    code += "def prepare():\n    time.sleep(1)\n"
    assert [one.status for one in outcomes(start(code, timeout=1.0), "a", "b")] == ["ok", "ok"]


def test_preparing_that_fails_is_left_to_the_evaluation(start):
    code = "def prepare():\n    raise ValueError\ndef evaluate(phenotype):\n    return 1.0\n"
    assert values(start(code), "a") == [1.0]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os._exit(4)", "exit status 4"),
        ("os.kill(os.getpid(), 9)", "signal SIGKILL"),
    ],
)
def test_workers_that_never_start_end_the_evaluation(start, tmp_path, code, reason):
    engine = start(IMPORTED_IN_A_WORKER.format(code=code), workers=2, log=tmp_path / "log")
    with pytest.raises(RunFailed, match=f"could not be started: .*({reason}).*; see .*log"):
        outcomes(engine, "a")


def test_a_worker_that_starts_at_the_third_attempt(start):
    tries = "(HERE / f'{os.getpid()}.try').touch(); len(list(HERE.glob('*.try'))) > 2"
    code = IMPORTED_IN_A_WORKER.format(code=f"{tries} or os._exit(1)")
    assert values(start(code), "a", "bb") == [1.0, 2.0]


def test_a_log_that_cannot_be_written(start, tmp_path):
    engine = start(log=tmp_path / "no such directory" / "log")
    with pytest.raises(RunFailed, match="no such directory"):
        outcomes(engine, "a")


def test_memory_that_another_candidate_holds_is_not_this_ones_fault(start):
    code = """
held = []
def evaluate(phenotype):
    held.append(bytearray(int(phenotype) << 20))
    return len(held)
"""
    engine = start(code, assignments=["search.memory_limit=1000"])
    found = outcomes(engine, *["300"] * 6, "2000")
    assert [one.status for one in found] == ["ok"] * 6 + ["memory"]


def test_a_memory_limit_below_what_a_worker_needs(start):
    engine = start(assignments=["search.memory_limit=5"])
    with pytest.raises(SettingsError, match=r"search.memory_limit = 5: a worker process has \d+"):
        outcomes(engine, "a")


def test_what_kills_a_worker_leaves_a_trace_in_the_log(start, tmp_path):
    code = "import ctypes\ndef evaluate(phenotype):\n    return ctypes.string_at(0)\n"
    assert outcomes(start(code, log=tmp_path / "log"), "a")[0].status == "crashed"
    assert "Fatal Python error: Segmentation fault" in (tmp_path / "log").read_text()


def test_no_core_files(start):
    assert values(start(), "core") == [0]


@pytest.mark.parametrize(("option", "expected"), [("", 1), ("\nthreads = 3\n", 3)])
def test_threads(start, monkeypatch, option, expected):
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"]
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert values(start(CODE + option), *names) == [expected] * 4


def test_what_the_user_has_set_holds_where_the_problem_says_nothing():
    made = worker_environment(SimpleNamespace(), {"OMP_NUM_THREADS": "4", "HOME": "/"})
    assert (made["OMP_NUM_THREADS"], made["MKL_NUM_THREADS"], made["HOME"]) == ("4", "1", "/")
    assert "CUDA_VISIBLE_DEVICES" not in made


def test_each_worker_has_its_gpu(start):
    engine = start(workers=2, devices=["3", "7"])
    gpus = ["CUDA_VISIBLE_DEVICES"] * 2
    assert sorted(values(engine, *gpus)) == [3, 7]
    assert [one.status for one in outcomes(engine, "die", "die")] == ["crashed", "crashed"]
    assert sorted(values(engine, *gpus)) == [3, 7]


def test_workers_share_gpus_only_if_there_are_too_few(start):
    assert sorted(values(start(workers=2, devices=["5"]), *["CUDA_VISIBLE_DEVICES"] * 2)) == [5, 5]


def test_which_gpus_there_are():
    variables = {"CUDA_VISIBLE_DEVICES": "1,GPU-4"}
    assert find_devices(SimpleNamespace(device="auto"), variables) == ["1", "GPU-4"]
    assert find_devices(SimpleNamespace(device="cpu"), variables) == []
    assert find_devices(SimpleNamespace(), variables) == []
    assert find_devices(SimpleNamespace(device="gpu"), {"CUDA_VISIBLE_DEVICES": ""}) == []


@pytest.mark.parametrize(
    ("visible", "found"), [("-1", []), ("0, 2", ["0", "2"]), ("3,-1,1", ["3"])]
)
def test_a_list_of_gpus_is_read_as_cuda_reads_it(visible, found):
    entry = SimpleNamespace(device="auto")
    assert find_devices(entry, {"CUDA_VISIBLE_DEVICES": visible}) == found
