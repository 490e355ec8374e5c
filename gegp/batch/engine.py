"""Evaluation of expression programs, all new ones of a generation at once, in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

import numpy as np

from gegp.batch.genotypes import gather
from gegp.batch.language import Language, read_language
from gegp.engines.base import Engine, Task
from gegp.engines.serial import SerialEngine
from gegp.grammar.model import Grammar
from gegp.individual import WORST, Individual
from gegp.outcome import Outcome, failure
from gegp.postfix import Codes, Places
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
        self._choices, self._places = np.empty(0, np.int32), np.zeros(1, np.int64)

    def expect(self, programs: Sequence[bytes], choices: Codes, places: Places) -> None:
        """Tell the choices of programs that are to be evaluated soon, one after the other."""
        self._numbers = {program: number for number, program in enumerate(programs)}
        self._choices, self._places = choices, places

    def expect_individuals(self, individuals: Sequence[Individual]) -> None:
        """The same of individuals."""
        derivations = [individual.derivation for individual in individuals]
        places = np.array([0, *accumulate(len(one.choices) for one in derivations)], np.int64)
        choices = chain.from_iterable(one.choices for one in derivations)
        programs = [one.phenotype.encode() for one in derivations]
        self.expect(programs, np.fromiter(choices, np.int32, int(places[-1])), places)

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
        if not len(numbers):
            return []
        begun = time.perf_counter()
        choices, places = gather(self._choices, self._places, numbers)
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
