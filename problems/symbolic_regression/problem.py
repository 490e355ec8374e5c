"""Symbolic regression: the error of a formula on the cases of a benchmark function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any, ClassVar, Literal

import numpy as np

from gegp.errors import InvalidProgram
from gegp.expressions import compile_expression
from gegp.postfix import ARITHMETIC, Programs, Vocabulary, values

from .functions import ARGUMENTS, FUNCTIONS
from .targets import TARGETS, Cases, Floats


@dataclass(frozen=True)
class SymbolicRegression:
    """``target`` names the function to find, ``functions`` those that formulas are made of."""

    target: Literal["keijzer6", "pagie", "quartic"] = "pagie"
    functions: Literal["numpy", "own"] = "numpy"

    formats: ClassVar[tuple[str, ...]] = ("python",)

    def evaluate(self, phenotype: str, *, cases: bool = False) -> float | dict[str, Any]:
        """The root relative squared error: 0 if perfect, 1 for a formula that is the mean.

        With ``cases`` the absolute error of each case too, for selection by lexicase.
        """
        data = self._cases
        formula = compile_expression(
            phenotype,
            names=data.variables,
            functions=FUNCTIONS[self.functions],
            number=np.float64,  # so that constants are divided as arrays are
        )
        with np.errstate(all="ignore"):
            predicted = formula(data.variables)
            rrse, error = self._score(predicted)
        if error is None:
            finite = np.isfinite(np.broadcast_to(predicted, data.target.shape))
            raise InvalidProgram(f"not finite in {int((~finite).sum())} cases")
        return {"rrse": rrse, "cases": np.abs(error).tolist()} if cases else rrse

    @property
    def vocabulary(self) -> Vocabulary:
        """What formulas may be made of to be evaluated as programs."""
        # Powers are numpy's alone.
        own = self.functions == "own"
        operators = tuple(name for name in ARITHMETIC if not (own and name == "**"))
        return Vocabulary(tuple(self._cases.variables), ARGUMENTS, operators)

    def evaluate_programs(
        self, programs: Programs, *, errors: Floats | None = None, compiled: bool = True
    ) -> Floats:
        """What ``evaluate`` returns for many programs, a row each; NaN for what it refuses.

        Absolute errors by case are written into ``errors``, if it is given, a row a program. Own
        functions are compiled if numba is there and unless told otherwise.
        """
        if compiled and self.functions == "own" and find_spec("numba"):
            sums = self._evaluator.square_sums(programs, self._cases.target, errors)
            found: Floats = np.sqrt(sums / self._variation)
            return found[:, None]
        scores = np.full((len(programs), 1), np.nan)
        functions = [(ARGUMENTS[name], apply) for name, apply in FUNCTIONS[self.functions].items()]
        with np.errstate(all="ignore"):
            made = values(programs, list(self._cases.variables.values()), functions)
            for i, predicted in enumerate(made):
                # What is no expression has no value.
                scores[i], error = self._score(np.nan if predicted is None else predicted)
                if errors is not None:
                    errors[i] = np.nan if error is None else np.abs(error)
        return scores

    def _score(self, predicted: Any) -> tuple[float, Floats | None]:
        """The error, and the errors of the cases; NaN and None if a prediction is not finite."""
        error: Floats = predicted - self._cases.target
        total = np.add.reduce(error * error)
        # Only then there may be predictions that are not finite.
        if not np.isfinite(total) and not np.isfinite(predicted).all():
            return np.nan, None
        return float(np.sqrt(total / self._variation)), error

    def export(self, phenotype: str, format: str) -> str:
        """The formula as a Python module; it needs numpy."""
        return _MODULE.format(arguments=", ".join(self._cases.variables), formula=phenotype)

    @cached_property
    def _cases(self) -> Cases:
        return TARGETS[self.target]()

    @cached_property
    def _evaluator(self) -> Any:
        from gegp.batch.evaluation import Evaluator

        return Evaluator(list(self._cases.variables.values()), ARGUMENTS)

    @cached_property
    def _variation(self) -> Any:
        return np.sum((self._cases.target - self._cases.target.mean()) ** 2)


_MODULE = '''\
"""A formula that gegp found."""

import numpy as np
from numpy import cos, exp, sin


def pdiv(a, b):
    with np.errstate(all="ignore"):
        return np.where(np.equal(b, 0.0), 1.0, np.divide(a, b))


def plog(a):
    return np.log1p(np.abs(a))


def formula({arguments}):
    return {formula}
'''
