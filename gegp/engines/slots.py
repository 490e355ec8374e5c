"""Places for workers: each holds one worker process at a time, and knows what that works on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gegp.engines.base import Task
from gegp.engines.messages import Done, Message, Ready, Refused, Work
from gegp.engines.worker_process import WorkerProcess
from gegp.errors import error_named
from gegp.outcome import Outcome

_LONGEST_START = 300.0  # seconds


class Finished(NamedTuple):
    """A candidate has its outcome; ``fresh`` if its worker had evaluated none before."""

    candidate: int
    outcome: Outcome
    fresh: bool


class Died(NamedTuple):
    """A worker has ended, and how; with the candidate that it was evaluating, if any."""

    candidate: int | None
    cause: str


class Overran(NamedTuple):
    """A candidate was stopped at its time limit."""

    candidate: int


class NotStarted(NamedTuple):
    """A worker has ended, and why, before it has evaluated anything."""

    reason: str


Event = Finished | Died | Overran | NotStarted


class Slot:
    """A place for a worker, which may be empty. ``timeout`` is in seconds a candidate."""

    def __init__(self, launch: Callable[[], WorkerProcess], timeout: float | None) -> None:
        self.worker: WorkerProcess | None = None
        self.pending: deque[int] = deque()
        self.evaluated = 0
        self.ready = False
        self._launch = launch
        self._timeout = timeout
        self._since = 0.0

    @property
    def free(self) -> bool:
        """Whether there is a worker that has nothing to do, or will have once it is ready."""
        return self.worker is not None and not self.pending

    @property
    def deadline(self) -> float:
        """When the worker must have ended what it does, on the monotonic clock."""
        if not self.ready:
            return self._since + _LONGEST_START
        return self._since + self._timeout if self._timeout and self.pending else float("inf")

    def start(self) -> None:
        """Start a worker in this empty place; raises OSError if that cannot be done."""
        self.worker = self._launch()
        self.ready, self.evaluated, self._since = False, 0, time.monotonic()
        self.worker.send()

    def give(self, chunk: Sequence[int], tasks: Sequence[Task]) -> None:
        """Let the worker, which is free and ready, evaluate these of the tasks."""
        assert self.worker
        self.pending.extend(chunk)
        self._since = time.monotonic()
        self.worker.send(Work([(tasks[i].phenotype, tasks[i].seed) for i in chunk]))

    def collect(self) -> tuple[list[Event], list[int]]:
        """What has happened, and candidates whose evaluation did not begin before a worker's end.

        Raises the GegpError of a worker that cannot load the problem.
        """
        if self.worker is None:
            return [], []
        # An end is looked for first: what was sent before it is then sure to be there.
        ended = self.worker.has_ended()
        messages, hung_up = self.worker.receive()
        events = [event for message in messages for event in self._read(message)]
        if hung_up and not ended:
            self.worker.let_go()
        if ended or hung_up:
            candidate = self.pending.popleft() if self.pending else None
            idle = candidate is None and not self.evaluated
            left, cause = self.stop()
            events.append(NotStarted(cause) if idle else Died(candidate, cause))
            return events, left
        if time.monotonic() > self.deadline:
            candidate = self.pending.popleft() if self.pending else None
            left, _ = self.stop()
            late = f"a worker was not ready after {_LONGEST_START:g} s"
            events.append(NotStarted(late) if candidate is None else Overran(candidate))
            return events, left
        return events, []

    def stop(self) -> tuple[list[int], str]:
        """Empty the place; returns the candidates that had no outcome, and how the worker ended."""
        left, self.pending = list(self.pending), deque()
        worker, self.worker = self.worker, None
        return left, worker.stop() if worker else ""

    def _read(self, message: Message) -> list[Event]:
        if isinstance(message, Ready):
            self.ready = True
        elif isinstance(message, Refused):
            kind = error_named(message.error)
            if kind:
                raise kind(message.message)
            return [NotStarted(message.message)]
        elif isinstance(message, Done) and self.pending:
            self.evaluated += 1
            self._since = time.monotonic()
            return [Finished(self.pending.popleft(), message.outcome, self.evaluated == 1)]
        return []
