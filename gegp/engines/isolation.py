"""Candidates under suspicion, each evaluated in a process of its own.

A candidate that was begun and never ended may have killed the process that evaluated it. It
does not get the chance to do so at every resume.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from gegp.engines.base import Engine, Task
from gegp.engines.processes import ProcessEngine
from gegp.outcome import Outcome
from gegp.problem import Problem


class Isolation:
    """An engine over another one: evaluates the suspects first, one by one, in a worker process.

    ``suspects`` are keys of candidates. Only its own death gives one of them the
    outcome ``crashed``. All others are left to the inner engine.
    """

    def __init__(
        self, inner: Engine, problem: Problem, suspects: Collection[str], log: Path
    ) -> None:
        self.inner = inner
        self._problem = problem
        self._suspects = set(suspects)
        self._log = log

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """The position and the outcome of each task: first those of the suspects."""
        apart = [i for i, task in enumerate(tasks) if self._suspects and self._is_suspect(task)]
        if apart:
            yield from self._alone(tasks, apart)
            self._suspects -= {self._problem.key(tasks[i].phenotype) for i in apart}
        others = sorted({*range(len(tasks))} - {*apart})
        for place, outcome in self.inner.evaluate([tasks[i] for i in others]):
            yield others[place], outcome

    def close(self) -> None:
        """End the inner engine."""
        self.inner.close()

    def _is_suspect(self, task: Task) -> bool:
        return self._problem.key(task.phenotype) in self._suspects

    def _alone(self, tasks: Sequence[Task], places: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
        timeout = self._problem.settings.search.timeout
        engine = ProcessEngine(self._problem, workers=1, timeout=timeout, log=self._log)
        try:
            for i in places:
                for _, outcome in engine.evaluate([tasks[i]]):
                    yield i, outcome
        finally:
            engine.close()


def isolated(
    inner: Engine, problem: Problem, unfinished: dict[str, int], log: Path, *, workers: int
) -> Engine:
    """The engine, with what an interrupted run leaves ``unfinished`` kept apart.

    A candidate of worker processes (``workers`` above 0) is in a process of its own anyway.
    There one by one is only what was left unfinished more than once: more often it is the power
    that has failed, and then all workers shall have something to do.
    """
    least = 1 if workers == 0 else 2
    suspects = [key for key, times in unfinished.items() if times >= least]
    return Isolation(inner, problem, suspects, log) if suspects else inner
