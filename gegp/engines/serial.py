"""Evaluation in this process, one candidate after another: no time limit, no isolation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gegp.engines.base import Task
from gegp.outcome import Outcome, attempt
from gegp.problem import Problem


class SerialEngine:
    """Evaluates in the process that calls it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """Outcomes in the order of the tasks."""
        for i, task in enumerate(tasks):
            yield i, attempt(self.problem, task.phenotype, task.seed)

    def close(self) -> None:
        """Nothing to end."""
