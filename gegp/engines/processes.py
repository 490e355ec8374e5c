"""Evaluation in worker processes that may die or overrun without harm to the others.

Each worker has a channel of its own to this process, and nothing that it could leave
locked. What it was sent last and has not answered is what it was evaluating when it
died, so no task is lost and only the guilty candidate is blamed. There are no threads: all is
done in :meth:`ProcessEngine.evaluate`, which is never more than a moment away from
noticing what has happened.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import msgspec

from gegp.engines.base import Task
from gegp.engines.environment import device_of, find_devices, worker_environment
from gegp.engines.guard import Guard
from gegp.engines.messages import Start
from gegp.engines.slots import Died, Event, Finished, NotStarted, Overran, Slot
from gegp.engines.worker_process import WorkerProcess
from gegp.errors import RunFailed
from gegp.outcome import Outcome, failure
from gegp.problem import Problem

_TICK = 0.1  # seconds between two looks at the workers when none sends anything
_CHUNK = 0.02  # seconds of work that a worker is sent at a time
_LARGEST_CHUNK = 256
_LONGEST_PAUSE = 0.5  # seconds before another start after one that failed
_MOST_FAILED_STARTS = 5  # one after another, beyond one for each worker


class ProcessEngine:
    """A pool of worker processes.

    ``timeout`` is the wall-clock limit of one candidate in seconds; it runs from the
    start of its evaluation. A candidate whose worker dies gets a second try, as the
    first of a fresh worker; so does one that runs out of memory where others were before it.
    What workers print goes to the file ``log``. ``devices`` are the GPUs that they share out,
    by default those of this machine if the problem uses GPUs.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        workers: int,
        timeout: float | None = None,
        log: Path | None = None,
        devices: Sequence[str] | None = None,
    ) -> None:
        self.timeout = timeout
        self.log = log
        self._entry = problem.entry
        self._start = Start(
            msgspec.json.encode(problem.settings), problem.settings.search.memory_limit
        )
        self._worker_tasks = problem.settings.search.worker_tasks
        found = find_devices(problem.entry, os.environ) if devices is None else devices
        self._slots = [self._slot(device_of(number, found)) for number in range(workers)]
        self._guard: Guard | None = None
        self._pace: float | None = None
        self._failed_starts = 0
        self._next_start = 0.0
        self._closed = False
        self._lock = Lock()

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they finish.

        Raises the problem's GegpError if a worker cannot load it, and RunFailed if workers
        do not start or the engine is closed, which another thread may do.
        """
        batch = _Batch(tasks)
        try:
            while batch.open:
                with self._lock:
                    if self._closed:
                        raise RunFailed("the engine is closed")
                    self._dispatch(batch)
                    self._wait()
                    found = self._collect(batch)
                yield from found
        finally:
            with self._lock:
                for slot in self._slots:
                    if slot.pending:
                        slot.stop()

    def close(self) -> None:
        """Kill the workers and what they have started; evaluations under way are given up."""
        self._closed = True
        with self._lock:
            for slot in self._slots:
                slot.stop()
            if self._guard:
                self._guard.close()
                self._guard = None

    def _slot(self, device: str | None) -> Slot:
        def launch() -> WorkerProcess:
            self._guard = self._guard or Guard()
            environment = worker_environment(self._entry, os.environ, device)
            return WorkerProcess(self._start, environment, self.log, self._guard)

        return Slot(launch, self.timeout)

    def _dispatch(self, batch: _Batch) -> None:
        """Give work to the free workers, and start as many as have something to do."""
        for slot in self._slots:
            if slot.ready and slot.free and (chunk := self._chunk(slot, batch)):
                slot.give(chunk, batch.tasks)
        free = [slot for slot in self._slots if slot.free]
        fresh = sum(not slot.evaluated for slot in free)
        wanted = max(len(batch.again) - fresh, len(batch.again) + len(batch.waiting) - len(free))
        if self._failed_starts:  # one at a time, until one is of use
            wanted = min(wanted, not any(slot.worker and not slot.ready for slot in self._slots))
        empty = [slot for slot in self._slots if slot.worker is None]
        for slot in empty[: max(0, wanted)]:
            if time.monotonic() < self._next_start:
                break
            try:
                slot.start()
            except OSError as error:
                self._not_started(str(error))

    def _chunk(self, slot: Slot, batch: _Batch) -> list[int]:
        """What a worker is sent: a second try by itself, or some tenths of its fair share."""
        if batch.again and not slot.evaluated:
            return [batch.again.popleft()]
        size = 1
        if self._pace is not None:
            fair = len(batch.waiting) // (2 * len(self._slots))
            size = max(1, min(int(_CHUNK / max(self._pace, 1e-6)), fair, _LARGEST_CHUNK))
        if self._worker_tasks is not None:
            size = min(size, self._worker_tasks - slot.evaluated)
        return [batch.waiting.popleft() for _ in range(min(size, len(batch.waiting)))]

    def _wait(self) -> None:
        """Until a worker sends something, or it is time to look at them all."""
        poll = select.poll()
        now = time.monotonic()
        until = now + _TICK
        for slot in self._slots:
            if slot.worker:
                full = select.POLLOUT if slot.worker.waiting_to_send else 0
                poll.register(slot.worker.channel, select.POLLIN | full)
                until = min(until, slot.deadline)
        poll.poll(max(0.0, until - now) * 1000)

    def _collect(self, batch: _Batch) -> list[tuple[int, Outcome]]:
        """The outcomes that are final; whatever else has happened is seen to."""
        found = []
        for slot in self._slots:
            if slot.worker:
                slot.worker.send()
            events, left = slot.collect()
            batch.waiting.extendleft(reversed(left))
            for event in events:
                done = self._judge(event, slot, batch)
                if done:
                    batch.open -= 1
                    found.append(done)
            if slot.free and slot.evaluated >= (self._worker_tasks or float("inf")):
                slot.stop()
        return found

    def _judge(self, event: Event, slot: Slot, batch: _Batch) -> tuple[int, Outcome] | None:
        """The outcome that an event brings, if it is final."""
        if isinstance(event, NotStarted):
            slot.stop()
            self._not_started(event.reason)
            return None
        self._failed_starts = 0
        if isinstance(event, Finished):
            seconds = event.outcome.seconds
            self._pace = seconds if self._pace is None else 0.8 * self._pace + 0.2 * seconds
            if event.outcome.status != "memory" or event.fresh:
                return event.candidate, event.outcome
            # Perhaps it was not this candidate that has filled the memory.
            batch.again.append(event.candidate)
            batch.waiting.extendleft(reversed(slot.stop()[0]))
            return None
        if isinstance(event, Overran):
            limit = float(self.timeout or 0.0)
            detail = f"stopped at the time limit of {limit:g} s"
            return event.candidate, failure("timeout", detail, limit)
        return self._judge_death(event, batch)

    def _judge_death(self, event: Died, batch: _Batch) -> tuple[int, Outcome] | None:
        """A worker's death is its candidate's fault if it happens twice."""
        if event.candidate is None:
            return None
        if event.candidate not in batch.crashed:
            batch.crashed.add(event.candidate)
            batch.again.append(event.candidate)
            return None
        detail = f"its worker process died ({event.cause}), twice"
        return event.candidate, failure("crashed", detail)

    def _not_started(self, reason: str) -> None:
        """Count it, and try again a little later; raises RunFailed if it happens too often."""
        self._failed_starts += 1
        if self._failed_starts >= _MOST_FAILED_STARTS + len(self._slots):
            see = f"; see {self.log}" if self.log else ""
            raise RunFailed(
                f"{self._failed_starts} worker processes in a row could not be started: "
                f"{reason}{see}"
            )
        pause = min(0.05 * 2.0 ** min(self._failed_starts, 10), _LONGEST_PAUSE)
        self._next_start = time.monotonic() + pause


class _Batch:
    """The tasks of a call of ``evaluate``, by position.

    ``waiting`` have not begun; ``again`` need a fresh worker; ``crashed`` have cost a
    worker; ``open`` counts those without an outcome.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.waiting = deque(range(len(tasks)))
        self.again: deque[int] = deque()
        self.crashed: set[int] = set()
        self.open = len(tasks)
