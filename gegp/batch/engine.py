"""Evaluation of expression programs, all new ones of a generation at once, in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from gegp.batch.dsge import Derivations
from gegp.batch.language import Language, read_language
from gegp.engines.base import Engine, Task
from gegp.engines.serial import SerialEngine
from gegp.grammar.model import Grammar
from gegp.individual import WORST
from gegp.outcome import Outcome, failure
from gegp.problem import Problem


def with_programs(engine: Engine, problem: Problem, grammar: Grammar) -> Engine:
    """An engine that evaluates programs, if problem and grammar have them; else the one given.

    Only in place of one that evaluates in this process: others keep candidates apart.
    """
    if isinstance(engine, SerialEngine) and problem.hook("evaluate_programs"):
        language, _ = read_language(grammar, problem.entry.vocabulary)
        if language:
            return ProgramEngine(problem, language, engine)
    return engine


class ProgramEngine:
    """Evaluates those whose derivations it was told, and leaves others to another engine.

    The problem's ``evaluate_programs`` gets them as postfix programs. If that raises anything, or
    does not return a row for each, they are evaluated one by one elsewhere.
    """

    def __init__(self, problem: Problem, language: Language, elsewhere: Engine) -> None:
        self._evaluate = problem.entry.evaluate_programs
        self._objectives = len(problem.weights)
        self._language = language
        self._elsewhere = elsewhere
        self._numbers: dict[bytes, int] = {}
        self._derivations: Derivations | None = None

    def expect(self, programs: Sequence[bytes], derivations: Derivations) -> None:
        """Tell the derivations of programs that are to be evaluated soon."""
        self._numbers = {program: number for number, program in enumerate(programs)}
        self._derivations = derivations

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """The position and the outcome of each task."""
        numbers = np.array(
            [self._numbers.get(task.phenotype.encode(), -1) for task in tasks], np.int64
        )
        mine = np.flatnonzero(numbers >= 0)
        outcomes = self._outcomes(numbers[mine])
        if outcomes is None:
            mine, outcomes = mine[:0], []
        yield from zip(mine.tolist(), outcomes, strict=True)
        others = np.setdiff1d(np.arange(len(tasks)), mine).tolist()
        for k, outcome in self._elsewhere.evaluate([tasks[i] for i in others]):
            yield others[k], outcome

    def close(self) -> None:
        """Close the other engine."""
        self._elsewhere.close()

    def _outcomes(self, numbers: np.ndarray) -> list[Outcome] | None:
        """What becomes of some of the programs; None if the problem cannot say."""
        if self._derivations is None or not len(numbers):
            return []
        begun = time.perf_counter()
        choices, places = self._derivations.take(numbers)
        programs = self._language.programs(choices, places, compiled=True)
        try:
            table = np.asarray(self._evaluate(programs), np.float64)
        except Exception:
            return None
        if table.shape != (len(numbers), self._objectives):
            return None
        seconds = round((time.perf_counter() - begun) / len(numbers), 6)
        invalid = failure("invalid", "its values are no numbers that can be compared", seconds)
        sound = np.all(np.abs(table) < WORST, axis=1).tolist()
        return [
            Outcome("ok", tuple(row), seconds=seconds) if ok else invalid
            for ok, row in zip(sound, table.tolist(), strict=True)
        ]
