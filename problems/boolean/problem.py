"""Boolean functions: the rows of the truth table in which a program is wrong."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from gegp.errors import InvalidProgram
from gegp.expressions import compile_expression, parse_expression
from gegp.postfix import Programs, Vocabulary, values

from .functions import functions
from .targets import TARGETS, Target


@dataclass(frozen=True)
class Boolean:
    """``target`` names the function to find; with ``gates`` their number is a second objective."""

    target: Literal[
        "majority5", "multiplexer11", "multiplexer6", "parity3", "parity4", "parity5"
    ] = "multiplexer6"
    gates: bool = False

    formats: ClassVar[tuple[str, ...]] = ("python",)

    @property
    def objectives(self) -> tuple[str, ...]:
        """The wrong rows, and if wanted the gates."""
        return ("min wrong", "min gates") if self.gates else ("min wrong",)

    def evaluate(self, phenotype: str, *, cases: bool = False) -> float | dict[str, Any]:
        """The number of wrong rows: 0 if the program is the function.

        With ``cases`` also 1 for each wrong row and 0 for the others, for selection by lexicase;
        a gate is a call of a function.
        """
        inputs = self._target.inputs
        calls = {name: function for name, (_, function) in self._functions.items()}
        program = compile_expression(_checked(phenotype), names=inputs, functions=calls)
        wrong = program(inputs) ^ self._target.table
        found: dict[str, Any] = {"wrong": float(wrong.bit_count())}
        if self.gates:
            found["gates"] = float(phenotype.count("("))
        if cases:
            found["cases"] = [float(wrong >> row & 1) for row in range(self._target.rows)]
        return found

    @property
    def bindings(self) -> dict[str, int]:
        """How many inputs of each kind there are, for grammars."""
        names = list(self._target.inputs)
        addresses = sum(name.startswith("a") for name in names)
        data = len(names) - addresses
        return {"addresses": addresses, "data": data, "inputs": data}

    @property
    def vocabulary(self) -> Vocabulary:
        """What programs may be made of to be evaluated without their text."""
        arities = {name: count for name, (count, _) in self._functions.items()}
        return Vocabulary(tuple(self._target.inputs), arities, operators=())

    def evaluate_programs(self, programs: Programs) -> NDArray[np.float64]:
        """What ``evaluate`` returns for many programs, a row each; NaN for what is no program."""
        made = values(programs, list(self._target.inputs.values()), list(self._functions.values()))
        table = self._target.table
        wrong = [np.nan if value is None else (value ^ table).bit_count() for value in made]
        columns = [np.array(wrong, np.float64)]
        if self.gates:
            calls = np.concatenate([[0], np.cumsum(programs.codes >= 0)])
            columns.append(np.diff(calls[programs.places]))
        return np.stack(columns, axis=1)

    def export(self, phenotype: str, format: str) -> str:
        """The function as a Python module."""
        return _MODULE.format(arguments=", ".join(self._target.inputs), program=phenotype)

    @cached_property
    def _target(self) -> Target:
        return TARGETS[self.target]()

    @cached_property
    def _functions(self) -> Any:
        return functions(len(self._target.inputs))


def _checked(phenotype: str) -> ast.expr:
    """The tree of a program. Raises InvalidProgram if it holds more than calls and inputs."""
    tree = parse_expression(phenotype)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Call | ast.Name):
            text = ast.unparse(node)[:80]
            raise InvalidProgram(f"expected calls of functions and inputs only, found {text!r}")
    return tree


_MODULE = '''\
"""A boolean function that gegp found."""


def and_(a, b):
    return a and b


def or_(a, b):
    return a or b


def nand(a, b):
    return not (a and b)


def nor(a, b):
    return not (a or b)


def xor(a, b):
    return a != b


def not_(a):
    return not a


def if_(test, a, b):
    return a if test else b


def function({arguments}):
    """Takes and returns truth values."""
    return {program}
'''
