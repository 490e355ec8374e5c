"""Symbolic regression: the error of a formula on the cases of a benchmark function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from gegp.errors import InvalidProgram
from gegp.expressions import compile_expression

from .targets import TARGETS, Cases, Floats


@dataclass(frozen=True)
class SymbolicRegression:
    """``target`` names the function to find."""

    target: Literal["keijzer6", "pagie", "quartic"] = "pagie"

    formats: ClassVar[tuple[str, ...]] = ("python",)

    def evaluate(self, phenotype: str, *, cases: bool = False) -> float | dict[str, Any]:
        """The root relative squared error: 0 if perfect, 1 for a formula that is the mean.

        With ``cases`` the absolute error of each case too, for selection by lexicase.
        """
        data = self._cases
        formula = compile_expression(phenotype, names=data.variables, functions=FUNCTIONS)
        with np.errstate(all="ignore"):
            predicted = np.broadcast_to(formula(data.variables), data.target.shape)
            finite = int(np.isfinite(predicted).sum())
            if finite < len(predicted):
                raise InvalidProgram(f"not finite in {len(predicted) - finite} cases")
            error = predicted - data.target
            rrse = float(np.sqrt(np.sum(error**2) / self._variation))
        return {"rrse": rrse, "cases": np.abs(error).tolist()} if cases else rrse

    def export(self, phenotype: str, format: str) -> str:
        """The formula as a Python module; it needs numpy."""
        return _MODULE.format(arguments=", ".join(self._cases.variables), formula=phenotype)

    @cached_property
    def _cases(self) -> Cases:
        return TARGETS[self.target]()

    @cached_property
    def _variation(self) -> Any:
        return np.sum((self._cases.target - self._cases.target.mean()) ** 2)


def pdiv(a: Floats | float, b: Floats | float) -> Floats:
    """Protected division: a / b, and 1 where b is 0."""
    quotient: Floats = np.divide(a, b)
    return np.where(np.equal(b, 0.0), 1.0, quotient)


def plog(a: Floats | float) -> Floats:
    """Protected logarithm: log(1 + |a|)."""
    return np.log1p(np.abs(a))


FUNCTIONS = {"sin": np.sin, "cos": np.cos, "exp": np.exp, "pdiv": pdiv, "plog": plog}

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
