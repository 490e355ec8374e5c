"""The part of the dask engine that lives in dask's workers.

A dask worker evaluates nothing itself: it hands candidates to child processes of its
own, those of the engine ``processes``. So a candidate can harm its child only, and what
becomes of it is the same everywhere.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import msgspec
from distributed import Worker, WorkerPlugin, get_worker

from gegp.engines.base import Task
from gegp.engines.processes import ProcessEngine
from gegp.errors import GegpError, InputError, RunFailed, error_named
from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.settings import Settings
from gegp.version import VERSION

_CLIENT_CHECK = 5.0  # seconds

Reply = dict[str, Any]


class Order(NamedTuple):
    """What a worker has to know of a run; ``settings`` is JSON, ``timeout`` in seconds.

    ``own`` says that the worker is one of gegp's own cluster, which ends with the run.
    """

    settings: str
    timeout: float | None
    log: str
    version: str
    own: bool


class Evaluation(WorkerPlugin):
    """The child processes of one run in one dask worker: one for each thread that is in use.

    They stay from task to task. They end with the dask worker, when the engine takes the
    plugin back, and when ``client``, the client that the run belongs to, is gone.
    """

    def __init__(self, name: str, order: Order, client: str) -> None:
        self.name = name
        self.order = order
        self.client = client

    def setup(self, worker: Worker) -> None:
        """Begin to look after the client. Called in the worker's event loop."""
        if self.order.own:
            # Ctrl-C reaches all processes of a terminal; it is for the run to end its workers.
            # Not SIG_IGN, which children would inherit.
            signal.signal(signal.SIGINT, lambda *_: None)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._children: list[_Child] = []
        self._closed = False
        self._watch = asyncio.create_task(self._end_with_client(worker))

    async def teardown(self, worker: Worker) -> None:
        """End the children; evaluations under way are given up."""
        self._watch.cancel()
        await asyncio.to_thread(self._close)

    def evaluate(self, tasks: Sequence[Task]) -> list[Outcome]:
        """The outcome of each task, in order."""
        child = self._take()
        try:
            outcomes = child.evaluate(tasks)
        except BaseException:
            child.close()
            raise
        with self._lock:
            self._idle.append(child)
        return outcomes

    def _take(self) -> _Child:
        """A child that is idle, or a new one."""
        with self._lock:
            if self._closed:
                raise RunFailed("the run has ended")
            if self._idle:
                return self._idle.pop()
            child = _Child(_order_here(self.order))
            self._children.append(child)
            return child

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            children, self._children, self._idle = self._children, [], []
        for child in children:
            child.close()

    async def _end_with_client(self, worker: Worker) -> None:
        """Nobody takes the plugin back if the process of the run was killed."""
        gone = False
        while not gone:
            await asyncio.sleep(_CLIENT_CHECK)
            with suppress(OSError):
                events = await worker.scheduler.events(topic=self.client)
                gone = bool(events) and events[-1][1].get("action") == "remove-client"
        await asyncio.to_thread(self._close)


class _Child:
    """An engine with one worker process, and the thread that uses it.

    It is always the same thread, because the kernel ends a worker process with the thread
    that started it. Whoever waits for outcomes is let go when the child is closed.
    """

    def __init__(self, order: Order) -> None:
        problem = _load_afresh(order.settings)
        log = Path(order.log) if order.log else None
        self._engine = ProcessEngine(problem, workers=1, timeout=order.timeout, log=log)
        self._tasks: SimpleQueue[Sequence[Task] | None] = SimpleQueue()
        self._results: SimpleQueue[list[Outcome] | BaseException] = SimpleQueue()
        self._closing, self._closed = threading.Lock(), False
        threading.Thread(target=self._work, name="gegp-child", daemon=True).start()

    def evaluate(self, tasks: Sequence[Task]) -> list[Outcome]:
        self._tasks.put(tasks)
        result = self._results.get()
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        with self._closing:
            if not self._closed:
                self._closed = True
                self._results.put(RunFailed("the run has ended"))
                self._tasks.put(None)
                self._engine.close()

    def _work(self) -> None:
        while tasks := self._tasks.get():
            try:
                outcomes = dict(self._engine.evaluate(tasks))
                self._results.put([outcomes[i] for i in range(len(tasks))])
            except BaseException as error:
                self._results.put(error)


def evaluate_chunk(plugin: str, tasks: Iterable[tuple[str, int]]) -> Reply:
    """The task that dask runs: outcomes as plain values, or gegp's error by name and message."""
    worker = get_worker()
    evaluation = worker.plugins.get(plugin)
    try:
        if not isinstance(evaluation, Evaluation):
            raise RunFailed("the run has ended")
        _check_version(evaluation)
        outcomes = evaluation.evaluate([Task(*task) for task in tasks])
    except Exception as error:
        own = isinstance(error, GegpError)
        message = str(error) if own else f"{type(error).__name__}: {error}"
        return {"error": type(error).__name__, "message": message, "worker": worker.address}
    return {"outcomes": [msgspec.to_builtins(outcome) for outcome in outcomes]}


def read_reply(reply: Reply) -> list[Outcome]:
    """The outcomes of a reply. Raises the error that it tells of."""
    if "error" in reply:
        kind = error_named(reply["error"]) or RunFailed
        raise kind(f"{reply['message']} (on the dask worker {reply['worker']})")
    return [msgspec.convert(outcome, Outcome) for outcome in reply["outcomes"]]


def _check_version(evaluation: Evaluation) -> None:
    version = evaluation.order.version
    if version != VERSION:
        raise InputError(
            f"gegp {VERSION} is installed there, the run is made with gegp {version}; "
            "install the same on all machines"
        )


def _order_here(order: Order) -> Order:
    """The order as this machine can follow it: without files if it lacks the run directory."""
    settings = msgspec.json.decode(order.settings, type=Settings)
    if not os.path.isdir(os.path.dirname(settings.scratch)):
        settings = msgspec.structs.replace(settings, scratch="")
    log = order.log if os.path.isdir(os.path.dirname(order.log)) else ""
    return order._replace(settings=msgspec.json.encode(settings).decode(), log=log)


def _load_afresh(text: str) -> Problem:
    """The problem of encoded settings, as its files are now.

    A dask worker outlives runs: what it has imported for one may have changed since.
    """
    settings = msgspec.json.decode(text, type=Settings)
    stale = {
        name
        for name, module in list(sys.modules.items())
        if name.startswith("gegp_problem_") and settings.problem in getattr(module, "__path__", ())
    }
    for name in list(sys.modules):
        if name.split(".")[0] in stale:
            del sys.modules[name]
    importlib.invalidate_caches()
    return Problem(settings)
