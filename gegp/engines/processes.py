"""Evaluation in worker processes that may die or overrun without harm to the others.

Workers are spawned, not forked: frameworks with threads do not survive a fork.
Each leads a session of its own, and the kernel kills it when this process dies.
"""

from __future__ import annotations

import ctypes
import io
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gegp.engines.base import Task
from gegp.errors import GegpError, RunFailed
from gegp.outcome import Outcome, attempt, failure
from gegp.problem import Problem, problem_from_json

if TYPE_CHECKING:
    from pebble import ProcessPool

_PR_SET_PDEATHSIG = 1


class ProcessEngine:
    """A pool of worker processes.

    ``timeout`` is the wall-clock limit of one candidate in seconds; it runs from the
    start of its evaluation. A candidate whose worker dies gets a second try on a
    fresh worker. What workers print goes to the file ``log``.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        workers: int,
        timeout: float | None = None,
        log: Path | None = None,
    ) -> None:
        self.timeout = timeout
        self._settings = msgspec.json.encode(problem.settings)
        self._pool = _start_pool(workers, log)

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they finish. Raises the problem's GegpError if a worker cannot load it."""
        places = {self._schedule(task): (i, 1) for i, task in enumerate(tasks)}
        while places:
            done, _ = wait(places, return_when=FIRST_COMPLETED)
            for future in done:
                i, tries = places.pop(future)
                outcome = self._outcome(future)
                if outcome.status == "crashed" and tries == 1:
                    places[self._schedule(tasks[i])] = (i, 2)
                else:
                    yield i, outcome

    def close(self) -> None:
        """Stop the workers at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _schedule(self, task: Task) -> Future[Outcome]:
        return self._pool.schedule(
            _evaluate, args=(self._settings, task.phenotype, task.seed), timeout=self.timeout
        )

    def _outcome(self, future: Future[Outcome]) -> Outcome:
        from pebble import ProcessExpired

        try:
            return future.result()
        except TimeoutError:
            limit = float(self.timeout or 0.0)
            return failure("timeout", f"stopped at the time limit of {limit:g} s", limit)
        except ProcessExpired as error:
            return failure("crashed", f"its worker process died ({_cause(error.exitcode)}), twice")
        except GegpError:
            raise
        except Exception as error:
            raise RunFailed(f"a worker process could not be started: {error}") from error


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"signal {signal.Signals(-exitcode).name}"
    return f"exit status {exitcode}"


def _start_pool(workers: int, log: Path | None) -> ProcessPool:
    from pebble import ProcessPool

    return ProcessPool(
        max_workers=workers,
        context=multiprocessing.get_context("spawn"),
        initializer=_prepare_worker,
        initargs=(str(log) if log else "", os.getpid()),
    )


def _prepare_worker(log: str, parent: int) -> None:
    """Runs first in each worker: own session, death with the parent, output to the log."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    target = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    # Line by line: what is still in a buffer when a worker is killed would be lost.
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(line_buffering=True)


def _evaluate(settings: bytes, phenotype: str, seed: int) -> Any:
    return attempt(problem_from_json(settings), phenotype, seed)
