"""Program synthesis: on how many cases of a task a program gives the wrong answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

from gegp.expressions import compile_expression
from gegp.rng import stream

from .tasks import LABELS, TASKS, UNSEEN, Case, Task, cases

FUNCTIONS = {
    "len": len,
    "reverse": lambda sequence: sequence[::-1],
    "index": lambda sequence, item: sequence.index(item),
    "min": min,
    "max": max,
}


@dataclass(frozen=True)
class ProgramSynthesis:
    """``task`` is what a program has to do; another ``data_seed`` draws other cases."""

    task: Literal[
        "compare_string_lengths",
        "last_index_of_zero",
        "median",
        "mirror_image",
        "number_io",
        "small_or_large",
        "smallest",
    ] = "median"
    data_seed: int = 0

    scenarios: ClassVar[Mapping[str, Mapping[str, Any]]] = {"unseen": {}}

    def evaluate(self, phenotype: str, *, cases: bool = False) -> float | dict[str, Any]:
        """The number of wrong answers; with ``cases`` also 1 for each and 0 for the others."""
        wrong = _wrong(phenotype, self._training)
        return {"wrong": sum(wrong), "cases": wrong} if cases else sum(wrong)

    def assess(self, program: str, *, scenario: str, seed: int) -> dict[str, dict[str, float]]:
        """The share of right answers on the training cases and on those that no search saw."""
        del scenario, seed
        unseen = cases(self._task, UNSEEN, stream(self.data_seed, 1))
        return {
            name: {"right": 1.0 - sum(_wrong(program, some)) / len(some)}
            for name, some in (("training", self._training), ("unseen", unseen))
        }

    @property
    def bindings(self) -> dict[str, list[str]]:
        """What ``<input>`` stands for in a grammar that does not say it."""
        return {"input": list(self._training[0].inputs)}

    @property
    def baselines(self) -> dict[str, str]:
        """A program that is right."""
        return {"known": self._task.known}

    @property
    def _task(self) -> Task:
        return TASKS[self.task]

    @cached_property
    def _training(self) -> list[Case]:
        return cases(self._task, self._task.training, stream(self.data_seed, 0))


def _wrong(phenotype: str, cases: list[Case]) -> list[float]:
    """1 for each case on which a program is wrong or fails, else 0."""
    names = {*cases[0].inputs, *LABELS}
    program = compile_expression(phenotype, names=names, functions=FUNCTIONS)
    return [float(not _right(program, case)) for case in cases]


def _right(program: Any, case: Case) -> bool:
    try:
        answer = program({**case.inputs, **LABELS})
        if isinstance(case.answer, float):
            return bool(abs(answer - case.answer) < 1e-4)
        return bool(answer == case.answer)
    except (ArithmeticError, ValueError):  # such as a remainder by 0, or an item that is not there
        return False
