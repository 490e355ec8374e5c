"""Symbolic regression: the error of a formula on the cases of a benchmark function, or of data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np

from gegp.checking import unknown_key
from gegp.errors import InvalidProgram, SettingsError
from gegp.expressions import compile_expression
from gegp.postfix import ARITHMETIC, Programs, Vocabulary, values

from .cases import Cases, Floats, Parts
from .functions import ARGUMENTS, FUNCTIONS
from .lines import Line, nearest_line
from .own_data import divided, read_cases
from .targets import TARGETS

_NODE = re.compile(r"[A-Za-z_]\w*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\*\*|//|[-+*/%]")


@dataclass(frozen=True)
class SymbolicRegression:
    """``target`` names the function to find, ``functions`` those that formulas are made of.

    With ``data``, a CSV file, its ``column``, by default the last one, takes the place of the
    target; ``test_share`` of its rows are kept for :meth:`assess`. With ``size`` the number of
    nodes of a formula is a second objective. With ``scaling`` a formula f stands for the line
    a + b f that is nearest to the target (Keijzer, "Improving Symbolic Regression with Interval
    Arithmetic and Linear Scaling", EuroGP 2003).
    """

    target: str = "pagie"
    functions: Literal["numpy", "own"] = "numpy"
    data: str = ""
    column: str = ""
    test_share: Annotated[float, msgspec.Meta(ge=0.0, le=0.9)] = 0.0
    size: bool = False
    scaling: bool = False

    formats: ClassVar[tuple[str, ...]] = ("python",)

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise unknown_key(self.target, TARGETS, "target", "options.target")
        for name in ("column", "test_share"):
            if getattr(self, name) and not self.data:
                raise SettingsError(f"options.{name} is for options.data, the name of a CSV file")

    @property
    def objectives(self) -> tuple[str, ...]:
        """What is measured, and which way it is better."""
        return ("min rrse", "min size") if self.size else ("min rrse",)

    def bindings(self) -> dict[str, list[str]]:
        """What ``<variable>`` stands for in a grammar that does not say it."""
        return {"variable": list(self._cases.variables)}

    def on(self, variables: dict[str, Floats], target: Floats) -> SymbolicRegression:
        """The same options with cases from memory."""
        other = replace(self, data="", column="", test_share=0.0)
        vars(other)["_parts"] = Parts(Cases(variables, target))  # in place of what it would read
        return other

    def check(self) -> None:
        """Raise SettingsError if the data cannot be used."""
        self._parts  # noqa: B018

    def context(self) -> str:
        """What an evaluation depends on: the options, and what the file holds."""
        data = Path(self.data).expanduser()
        digest = hashlib.sha256(data.read_bytes()).hexdigest() if data.is_file() else ""
        return f"{astuple(self)} {digest}"

    def evaluate(self, phenotype: str, *, cases: bool = False) -> float | dict[str, Any]:
        """The root relative squared error: 0 if perfect, 1 for a formula that is the mean.

        With ``cases`` the absolute error of each case too, for selection by lexicase.
        """
        rrse, errors = self._measured(phenotype, self._cases)
        if not (cases or self.size):
            return rrse
        found: dict[str, Any] = {"rrse": rrse}
        if self.size:
            found["size"] = len(_NODE.findall(phenotype))
        if cases:
            found["cases"] = np.abs(errors).tolist()
        return found

    def assess(self, program: str, *, scenario: str, seed: int) -> dict[str, dict[str, float]]:
        """The error on the cases of the search, and on those that it did not see."""
        parts = self._parts._asdict().items()
        return {name: {"rrse": self._measured(program, part)[0]} for name, part in parts if part}

    @property
    def baselines(self) -> dict[str, str]:
        """The mean of the target."""
        return {"mean": repr(float(self._cases.target.mean()))}

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
        compiled = bool(compiled and self.functions == "own" and find_spec("numba"))
        if compiled and not self.scaling:
            sums = self._evaluator.square_sums(programs, self._cases.target, errors)
            return self._rows(programs, np.sqrt(sums / self._variation))
        scores = np.full(len(programs), np.nan)
        with np.errstate(all="ignore"):
            for i, predicted in enumerate(self._values(programs, compiled)):
                # What is no expression has no value.
                value = np.nan if predicted is None else predicted
                scores[i], error = self._score(value, self._cases)
                if errors is not None:
                    errors[i] = np.nan if error is None else np.abs(error)
        return self._rows(programs, scores)

    def _values(self, programs: Programs, compiled: bool) -> Iterable[Any]:
        """What each program gives in the cases."""
        if compiled:
            return iter(self._evaluator.predictions(programs))
        functions = [(ARGUMENTS[name], apply) for name, apply in FUNCTIONS[self.functions].items()]
        return values(programs, list(self._cases.variables.values()), functions)

    def _rows(self, programs: Programs, scores: Floats) -> Floats:
        """The objectives of programs, a row each."""
        columns = (scores, np.diff(programs.places)) if self.size else (scores,)
        found: Floats = np.column_stack(columns)
        return found

    def predict(self, phenotype: str, variables: dict[str, Floats]) -> Floats:
        """What a formula gives for values of the variables, an entry a case, without its line."""
        count = len(next(iter(variables.values())))
        return np.broadcast_to(self._applied(phenotype, variables), count).copy()

    def line(self, phenotype: str) -> Line:
        """What is made of a formula: with ``scaling`` the line that is nearest to the target."""
        return self._line(self._applied(phenotype, self._cases.variables))

    def _applied(self, phenotype: str, variables: dict[str, Floats]) -> Any:
        formula = compile_expression(
            phenotype,
            names=variables,
            functions=FUNCTIONS[self.functions],
            number=np.float64,  # so that constants are divided as arrays are
        )
        with np.errstate(all="ignore"):
            return formula(variables)

    def _measured(self, phenotype: str, cases: Cases) -> tuple[float, Floats]:
        """The error, and those of the cases. Raises InvalidProgram if one is not finite."""
        predicted = self._applied(phenotype, cases.variables)
        line = None if cases is self._cases else self.line(phenotype)
        with np.errstate(all="ignore"):
            rrse, errors = self._score(predicted, cases, line)
        if errors is None:
            finite = np.isfinite(np.broadcast_to(predicted, cases.target.shape))
            raise InvalidProgram(f"not finite in {int((~finite).sum())} cases")
        return rrse, errors

    def _score(
        self, predicted: Any, cases: Cases, line: Line | None = None
    ) -> tuple[float, Floats | None]:
        """The error, and the errors of the cases; NaN and None if a prediction is not finite."""
        predicted = (line or self._line(predicted))(predicted)
        error: Floats = predicted - cases.target
        total = np.add.reduce(error * error)
        # Only then there may be predictions that are not finite.
        if not np.isfinite(total) and not np.isfinite(predicted).all():
            return np.nan, None
        variation = self._variation if cases is self._cases else _variation(cases)
        return float(np.sqrt(total / variation)), error

    def _line(self, predicted: Any) -> Line:
        """What is made of predictions of the cases of the search."""
        return nearest_line(predicted, self._cases.target) if self.scaling else Line()

    def export(self, phenotype: str, format: str) -> str:
        """The formula as a Python module; it needs numpy."""
        formula = self.line(phenotype).text(phenotype)
        return _MODULE.format(arguments=", ".join(self._cases.variables), formula=formula)

    @cached_property
    def _parts(self) -> Parts:
        if not self.data:
            return TARGETS[self.target].parts()
        return divided(read_cases(self.data, self.column, ARGUMENTS), self.test_share)

    @property
    def _cases(self) -> Cases:
        return self._parts.training

    @cached_property
    def _evaluator(self) -> Any:
        from gegp.batch.evaluation import Evaluator

        return Evaluator(list(self._cases.variables.values()), ARGUMENTS)

    @cached_property
    def _variation(self) -> Any:
        return _variation(self._cases)


def _variation(cases: Cases) -> Any:
    """The squared error of the mean; 1 where that has none."""
    return np.sum((cases.target - cases.target.mean()) ** 2) or 1.0


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
