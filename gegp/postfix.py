"""Expressions as postfix programs in flat arrays, and their evaluation by numpy."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Floats = NDArray[np.float64]


class Operator(NamedTuple):
    """What an operator does to its operands, which are numbers or arrays of them."""

    operands: int
    apply: Callable[..., Any]


def _truth(value: Any) -> Any:
    """1.0 where it is true, else 0.0."""
    return np.multiply(value, 1.0)


# A positive code is a place in this table, or beyond it a function.
OPERATORS: dict[str, Operator] = {
    "negative": Operator(1, operator.neg),
    "+": Operator(2, operator.add),
    "-": Operator(2, operator.sub),
    "*": Operator(2, operator.mul),
    "/": Operator(2, operator.truediv),
    "//": Operator(2, operator.floordiv),
    "%": Operator(2, operator.mod),
    "**": Operator(2, operator.pow),
    "<": Operator(2, lambda a, b: _truth(np.less(a, b))),
    "<=": Operator(2, lambda a, b: _truth(np.less_equal(a, b))),
    ">": Operator(2, lambda a, b: _truth(np.greater(a, b))),
    ">=": Operator(2, lambda a, b: _truth(np.greater_equal(a, b))),
    "==": Operator(2, lambda a, b: _truth(np.equal(a, b))),
    "!=": Operator(2, lambda a, b: _truth(np.not_equal(a, b))),
    "and": Operator(2, lambda a, b: _truth(np.logical_and(a, b))),
    "or": Operator(2, lambda a, b: _truth(np.logical_or(a, b))),
    "not": Operator(1, lambda a: _truth(np.logical_not(a))),
    "if": Operator(3, lambda a, test, b: np.where(np.not_equal(test, 0.0), a, b)),
}
_KEPT = 5000
"""So many values are kept in memory, and those of one more program."""

ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")


@dataclass(frozen=True)
class Vocabulary:
    """What expressions may be made of.

    ``functions`` have the number of their arguments. ``operators`` are those of Python, by
    default arithmetic; with ``if`` goes its ``else``.
    """

    variables: tuple[str, ...]
    functions: Mapping[str, int]
    operators: tuple[str, ...] = ARITHMETIC


class Programs(NamedTuple):
    """Program ``i`` is ``codes[places[i]:places[i + 1]]``; an empty one is no expression.

    A code from 0 on is an operation on what is on top of the stack: an operator in the order of
    ``OPERATORS``, then a function in the order of the vocabulary. A negative code ``-1 - k`` puts
    something there: variable ``k``, or beyond the variables one of the ``constants``.
    """

    codes: Codes
    places: Places
    constants: Floats

    def __len__(self) -> int:
        return len(self.places) - 1


def values(
    programs: Programs,
    variables: Sequence[Floats],
    functions: Sequence[tuple[int, Callable[..., Any]]],
) -> Iterator[Any]:
    """The value of each program, an array or a number; None of an empty one.

    ``functions`` are those of the vocabulary, with the number of their arguments. Numbers are
    numpy's, so that nothing raises an exception; warnings are the caller's affair. Equal parts of
    programs are computed once.
    """
    operations = [*OPERATORS.values(), *functions]
    operands = {-1 - k: value for k, value in enumerate((*variables, *programs.constants))}
    # The number of each part, by its operation and the numbers of its operands, and its value.
    numbers: dict[tuple[int, ...], int] = {}
    made = dict(operands)
    codes = programs.codes.tolist()
    for begin, end in pairwise(programs.places.tolist()):
        if len(made) > _KEPT:
            numbers, made = {}, dict(operands)
        stack: list[int] = []
        for code in codes[begin:end]:
            if code < 0:
                stack.append(code)
                continue
            count, apply = operations[code]
            parts = stack[-count:]
            number = numbers.setdefault((code, *parts), len(made))
            if number not in made:
                made[number] = apply(*[made[part] for part in parts])
            stack[-count:] = (number,)
        yield made[stack[0]] if stack else None
