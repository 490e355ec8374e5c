"""Programs of a population over the cases of a problem, by compiled code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gegp.batch import machine, operations
from gegp.batch.sums import pairwise_order
from gegp.postfix import OPERATORS, Floats, Programs

WIDTH = 1024
"""The number of cases at a time: with them the rows of a stack stay in the fastest cache."""


class Instructions(NamedTuple):
    """For each code the number of its operands, its number in the machine, and what it takes."""

    operands: NDArray[np.int32]
    numbers: NDArray[np.int32]
    costs: Floats


class Evaluator:
    """Evaluates programs with functions that are compiled, for values of the variables.

    ``functions`` are those of the vocabulary, with the number of their arguments. Raises ValueError
    for one that the machine does not have.
    """

    def __init__(self, variables: Sequence[Floats], functions: Mapping[str, int]) -> None:
        for name in functions:
            if name not in operations.COMPILED:
                raise ValueError(f"the function {name} is not compiled")
        names, own = (*OPERATORS, *operations.COMPILED), (*OPERATORS, *functions)
        self._instructions = Instructions(
            np.array([*(o.operands for o in OPERATORS.values()), *functions.values()], np.int32),
            np.array([names.index(name) for name in own], np.int32),
            np.array([operations.COSTS[name] for name in own]),
        )
        self._cases = len(variables[0])
        self._blocks = _blocks(variables, self._cases)
        self._order = pairwise_order(self._cases)

    def predictions(self, programs: Programs) -> Floats:
        """The values of programs, a row each; NaN of an empty program."""
        self._check(programs)
        made: Floats = machine.predictions(self._instructions, programs, self._blocks, self._cases)
        return made

    def square_sums(
        self, programs: Programs, target: Floats, errors: Floats | None = None
    ) -> Floats:
        """The sums of squared differences to a target, in the order of ``numpy.sum``.

        NaN for an empty program, and for one with a value that is not finite. The absolute
        differences by case are written into ``errors``, where it is given.
        """
        self._check(programs)
        by_case = np.empty((0, 0)) if errors is None else errors
        sums: Floats = machine.square_sums(
            self._instructions, programs, self._blocks, target, self._order, by_case
        )
        return sums

    def _check(self, programs: Programs) -> None:
        """The machine has no power."""
        if (programs.codes == list(OPERATORS).index("**")).any():
            raise ValueError("the operator ** is not compiled")


def _blocks(variables: Sequence[Floats], cases: int) -> Floats:
    """The variables in blocks of cases of equal width, of which the last is not full."""
    count = max(1, -(-cases // WIDTH))
    width = max(1, -(-cases // count))
    blocks = np.zeros((count, len(variables), width))
    for b in range(count):
        for k, values in enumerate(variables):
            part = values[b * width : (b + 1) * width]
            blocks[b, k, : len(part)] = part
    return blocks
