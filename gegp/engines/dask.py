"""Evaluation by dask, on a cluster that is there or on one of this machine's own processes.

Dask brings candidates to its workers and brings those of a lost worker to another one. A
worker evaluates them in child processes, as ``dask_worker`` says. Only plain strings and
numbers travel; the problem's directory is on every machine, under the same path.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from math import ceil
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec

from gegp.engines.base import Task
from gegp.engines.dask_cluster import connect, start_local, workers_of
from gegp.engines.environment import find_devices
from gegp.errors import InputError, RunFailed
from gegp.outcome import Outcome, failure
from gegp.problem import Problem
from gegp.version import VERSION

_PATIENCE = 2.0  # seconds without an outcome after which workers are counted
_CLOSE = 3.0  # seconds for the workers to end their children
_CHUNK_SECONDS = 0.1  # a task costs dask 2 to 3 ms
_LARGEST_CHUNK = 64


class DaskEngine:
    """Evaluates on dask's workers, which may come and go.

    ``scheduler`` is the address of a cluster; without it one of ``workers`` processes is
    started here. ``timeout`` is the wall-clock limit of one candidate in seconds. What
    candidates print goes to the file ``log``, on machines that have its directory.
    Candidates of a problem with a ``device`` other than ``"cpu"`` ask for the resource
    ``GPU`` if a worker offers it.

    Raises MissingPackage if dask is not installed, and InputError if the scheduler does
    not answer or its workers have no gegp.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        timeout: float | None = None,
        log: Path | None = None,
    ) -> None:
        self._wants_gpu = getattr(problem.entry, "device", "cpu") != "cpu"
        self._asks_gpu = False
        self._warned = False
        self._seconds: float | None = None
        self._plugin = f"gegp-{os.urandom(8).hex()}"
        devices = find_devices(problem.entry, os.environ)
        client: Any = connect(scheduler) if scheduler else start_local(workers, devices)
        self._client = client
        self._address = scheduler or client.cluster.scheduler_address
        try:
            self._send(problem, timeout, log)
        except BaseException:
            self.close()
            raise

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they finish. Raises the problem's GegpError if a worker cannot load it."""
        if not tasks:
            return
        finished: SimpleQueue[Any] = SimpleQueue()
        places: dict[str, tuple[list[int], int, Any]] = {}
        parts = [(part, 1) for part in self._chunks(len(tasks))]
        while places or parts:
            for part, tries in parts:
                future = self._submit([tasks[i] for i in part])
                places[future.key] = (part, tries, future)
                future.add_done_callback(finished.put)
            part, tries, future = places.pop(self._next(finished).key)
            outcomes = _outcomes(future, self._address)
            if outcomes is None and len(part) == 1 and tries == 2:
                outcomes = [failure("crashed", "the dask workers that had it were lost, each time")]
            if outcomes is None:
                parts = [([i], tries + (len(part) == 1)) for i in part]
                continue
            parts = []
            self._learn(outcomes)
            yield from zip(part, outcomes, strict=True)

    def close(self) -> None:
        """End a cluster of our own, and on any other what the run has started there."""
        client = self._client
        cluster = client.cluster
        _within(_CLOSE, lambda: client.unregister_worker_plugin(self._plugin))
        _within(_CLOSE, client.close)
        if cluster:
            _within(_CLOSE, lambda: cluster.close(timeout=_CLOSE))

    def _send(self, problem: Problem, timeout: float | None, log: Path | None) -> None:
        """Give the workers, and those to come, what they have to know of the run."""
        from gegp.engines.dask_worker import Evaluation, Order

        settings = msgspec.json.encode(problem.settings).decode()
        place = str(log.resolve()) if log else ""
        order = Order(settings, timeout, place, VERSION, own=self._client.cluster is not None)
        try:
            self._client.register_plugin(Evaluation(self._plugin, order, self._client.id))
        except Exception as error:
            raise InputError(
                f"the dask workers at {self._address} cannot load gegp {VERSION}: "
                f"{type(error).__name__}: {error}; install it there with: "
                'pip install "gegp[dask]"'
            ) from error

    def _submit(self, tasks: Sequence[Task]) -> Any:
        from gegp.engines.dask_worker import evaluate_chunk

        return self._client.submit(
            evaluate_chunk,
            self._plugin,
            [tuple(task) for task in tasks],
            pure=False,
            key=f"gegp-{os.urandom(8).hex()}",
            resources={"GPU": 1} if self._asks_gpu else None,
        )

    def _chunks(self, count: int) -> list[list[int]]:
        """The positions of tasks that go together: cheap ones many at a time, for all workers."""
        threads = self._await_workers()
        size = 1 if self._seconds is None else int(_CHUNK_SECONDS / max(self._seconds, 1e-6))
        size = max(1, min(size, _LARGEST_CHUNK, ceil(count / (2 * threads))))
        return [list(range(i, min(i + size, count))) for i in range(0, count, size)]

    def _learn(self, outcomes: Sequence[Outcome]) -> None:
        """Keep a moving average of what a candidate takes, in seconds."""
        for outcome in outcomes:
            old = outcome.seconds if self._seconds is None else self._seconds
            self._seconds = 0.9 * old + 0.1 * outcome.seconds

    def _await_workers(self) -> int:
        """The number of candidates that can be evaluated at once; waits until it is not 0."""
        while not (threads := self._count_workers()):
            time.sleep(_PATIENCE)
        return threads

    def _next(self, finished: SimpleQueue[Any]) -> Any:
        """The next future that is done."""
        while True:
            try:
                return finished.get(timeout=_PATIENCE)
            except Empty:
                self._count_workers()

    def _count_workers(self) -> int:
        """How many candidates can be evaluated at once; says so, once, if none can."""
        if self._client.status in ("closing", "closed"):
            raise _lost(self._address)
        workers = workers_of(self._client)
        offers = [worker for worker in workers if worker["resources"].get("GPU", 0) >= 1]
        self._asks_gpu = self._asks_gpu or (self._wants_gpu and bool(offers))
        threads: int = sum(worker["nthreads"] for worker in (offers if self._asks_gpu else workers))
        if not threads and not self._warned:
            kind = "dask worker with a GPU" if self._asks_gpu else "dask worker"
            logging.getLogger("gegp").warning("no %s at %s: waiting for one", kind, self._address)
        self._warned = not threads
        return threads


def _outcomes(future: Any, address: str) -> list[Outcome] | None:
    """The outcomes of a chunk; None if dask gave it up because its workers were lost."""
    from distributed import KilledWorker

    from gegp.engines.dask_worker import read_reply

    try:
        reply = future.result()
    except KilledWorker:
        return None
    except CancelledError:
        raise _lost(address) from None
    except Exception as error:
        raise RunFailed(f"a dask worker failed: {type(error).__name__}: {error}") from error
    return read_reply(reply)


def _lost(address: str) -> RunFailed:
    return RunFailed(f"the connection to the dask scheduler at {address} was lost")


def _within(seconds: float, work: Callable[[], object]) -> None:
    """Do what may wait for a machine that does not answer, but not for longer than this."""

    def attempt() -> None:
        with suppress(Exception):
            work()

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
