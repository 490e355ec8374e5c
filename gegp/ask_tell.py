"""A search in the hands of a Python program, candidate by candidate."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gegp.budgets import stop_reason
from gegp.engines.base import Task
from gegp.individual import Individual
from gegp.outcome import Outcome, attempt
from gegp.problem import Problem, load_problem
from gegp.search import State, start, step
from gegp.search_states import unwritten
from gegp.seeding import founders
from gegp.toolbox import build_toolbox


class Search:
    """A search whose candidates you evaluate: ask for some, tell their results, ask again.

    Its states are those of :func:`states` if the results are those of the problem, whose
    ``evaluate`` is never called. ``state`` is the last whole generation, None before the first.
    """

    def __init__(self, problem: Problem | str | Path, *, seed: int) -> None:
        self.problem = problem if isinstance(problem, Problem) else load_problem(problem)
        self.state: State | None = None
        self._seed = seed
        self._toolbox = build_toolbox(self.problem, seed=seed)
        self._told = _Told()
        self._evaluator = unwritten(self.problem, self._told, seed)
        self._begun = time.perf_counter()

    @property
    def best(self) -> Individual | None:
        """The best individual so far; None before the first generation is whole."""
        return self.state.best if self.state else None

    def ask(self) -> list[Task]:
        """What is to be evaluated next: programs, each with a seed for what its evaluation draws.

        They are different programs of one generation, and none when a budget is spent. Until
        all of them were told, what is missing is asked for again.
        """
        while not self._ended():
            try:
                self._advance()
            except _Wanted as wanted:
                return wanted.tasks
        return []

    def tell(self, task: Task, result: Any) -> None:
        """The result of a program: what ``evaluate`` of a problem may return, or an exception.

        An exception, and values that are no numbers, are failures: the program has no fitness.
        """
        self._told.outcomes[task] = attempt(_Given(self.problem, result), *task)

    def _ended(self) -> bool:
        spent = time.perf_counter() - self._begun
        return bool(stop_reason(self.problem, self.state, len(self._evaluator.taken), spent))

    def _advance(self) -> None:
        """The next state. A step changes nothing that it is given, so it can be tried again."""
        settings = self.problem.settings.search
        if self.state is None:
            first = founders(self.problem, self._toolbox)
            self.state = start(
                self._toolbox, settings, self._evaluator, seed=self._seed, founders=first
            )
        else:
            self.state = step(self.state, self._toolbox, settings, self._evaluator, seed=self._seed)
        self._told.outcomes.clear()  # the evaluator remembers them


class _Wanted(Exception):
    def __init__(self, tasks: list[Task]) -> None:
        self.tasks = tasks


class _Told:
    """An engine that knows what it was told, and asks for the rest."""

    def __init__(self) -> None:
        self.outcomes: dict[Task, Outcome] = {}

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        missing = [task for task in tasks if task not in self.outcomes]
        if missing:
            raise _Wanted(missing)
        for i, task in enumerate(tasks):
            yield i, self.outcomes[task]

    def close(self) -> None:
        """Nothing was started."""


class _Given:
    """A problem whose result is there already."""

    def __init__(self, problem: Problem, result: Any) -> None:
        self.objective_names = problem.objective_names
        self._result = result

    def evaluate(self, phenotype: str, seed: int) -> Any:
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result
