"""The postfix machine, compiled: programs over blocks of cases.

The stack holds the numbers of rows: a negative one ``-1 - k`` is variable ``k``, others are rows
of a scratch array. Each place of the stack has two of them, so that no operation writes where it
reads, and loops become vector instructions. Behind them are rows of what occurs again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gegp.batch.operations import binary, choose, copy, unary
from gegp.batch.sharing import share
from gegp.batch.sums import pairwise_sum
from gegp.postfix import Codes, Floats, Places

GROUP = 500
"""The number of programs of which equal parts are computed once."""

MOST_KEPT = 1 << 22
"""So many numbers are kept of parts that occur again: 32 MiB."""


class Group(NamedTuple):
    """Programs that have rows in common, rewritten by :func:`gegp.batch.sharing.share`.

    Program ``i`` is ``codes[places[i]:places[i + 1]]``. ``rows`` are kept for each block of cases,
    in ``scratch`` from ``first`` on.
    """

    codes: Codes
    places: Places
    leaves: int
    rows: int
    first: int
    stack: Places
    scratch: Floats


@njit(cache=True, error_model="numpy")
def square_sums(machine, programs, blocks, target, order, errors):
    """The sum of squared errors of each program, NaN where a value is not finite.

    ``blocks[b, k]`` are values of variable ``k``, and ``order`` is that of the sums. Absolute
    errors are written into ``errors``, if it has a row for each program.
    """
    count, cases = len(programs.places) - 1, len(target)
    sums, values = np.full(count, np.nan), np.empty(cases)
    errors[:] = np.nan
    for first in range(0, count, GROUP):
        group = make_group(machine, programs, first, min(count, first + GROUP), blocks, cases)
        for i in range(first, min(count, first + GROUP)):
            evaluate(machine, group, i - first, programs.constants, blocks, values)
            if not all_finite(values):
                continue
            for k in range(cases):
                values[k] -= target[k]
            if len(errors):
                for k in range(cases):
                    errors[i, k] = abs(values[k])
            for k in range(cases):
                values[k] *= values[k]
            sums[i] = pairwise_sum(values, order)
    return sums


@njit(cache=True, error_model="numpy")
def predictions(machine, programs, blocks, cases):
    """The values of each program, a row a program; NaN of an empty one."""
    count = len(programs.places) - 1
    out = np.empty((count, cases))
    for first in range(0, count, GROUP):
        group = make_group(machine, programs, first, min(count, first + GROUP), blocks, cases)
        for i in range(first, min(count, first + GROUP)):
            evaluate(machine, group, i - first, programs.constants, blocks, out[i])
    return out


@njit(cache=True, error_model="numpy")
def make_group(machine, programs, first, last, blocks, cases):
    """Programs from the first to before the last."""
    leaves = blocks.shape[1] + len(programs.constants)
    codes, places, rows = share(
        machine.operands, machine.costs, programs, first, last, leaves, MOST_KEPT // max(cases, 1)
    )
    deepest = deepest_stack(machine, codes, places)
    stack = np.empty(deepest, np.int64)
    scratch = np.empty((2 * deepest + rows * len(blocks), blocks.shape[2]))
    return Group(codes, places, leaves, rows, 2 * deepest, stack, scratch)


@njit(cache=True, error_model="numpy")
def deepest_stack(machine, codes, places):
    """How many values a stack has to hold for any of the programs."""
    deepest = 1
    for i in range(len(places) - 1):
        depth = 0
        for code in codes[places[i] : places[i + 1]]:
            if code < len(machine.operands):
                depth += 1 if code < 0 else 1 - machine.operands[code]
            deepest = max(deepest, depth)
    return deepest


@njit(cache=True, error_model="numpy")
def evaluate(machine, group, number, constants, blocks, out):
    """Write the values of a program of a group, block by block."""
    width = blocks.shape[2]
    if group.places[number] == group.places[number + 1]:
        out[:] = np.nan
        return
    for b in range(len(blocks)):
        part = out[b * width : (b + 1) * width]
        kept = group.first + b * group.rows
        top = run(machine, group, number, constants, blocks[b], len(part), kept)
        found = row(blocks[b], group.scratch, top)
        for k in range(len(part)):
            part[k] = found[k]


@njit(cache=True, error_model="numpy")
def run(machine, group, number, constants, variables, width, kept):
    """The number of the row that holds the values of a program; ``kept`` is the first of those."""
    stack, scratch, top = group.stack, group.scratch, 0
    for place in range(group.places[number], group.places[number + 1]):
        code = group.codes[place]
        if code < 0:
            leaf = -1 - code
            if leaf < len(variables):
                stack[top] = code
            elif leaf >= group.leaves:
                stack[top] = kept + leaf - group.leaves
            else:
                stack[top] = 2 * top
                scratch[2 * top, :width] = constants[leaf - len(variables)]
            top += 1
            continue
        if code >= len(machine.operands):
            found = row(variables, scratch, stack[top - 1])
            copy(width, found, scratch[kept + code - len(machine.operands)])
            continue
        operands = machine.operands[code]
        top -= operands
        free = 2 * top + (1 if stack[top] == 2 * top else 0)
        a, out = row(variables, scratch, stack[top]), scratch[free]
        if operands == 1:
            unary(machine.numbers[code], width, a, out)
        else:
            b = row(variables, scratch, stack[top + 1])
            if operands == 2:
                binary(machine.numbers[code], width, a, b, out)
            else:
                choose(width, a, b, row(variables, scratch, stack[top + 2]), out)
        stack[top] = free
        top += 1
    return stack[0]


@njit(inline="always")
def row(variables, scratch, number):
    """The row with this number."""
    return variables[-1 - number] if number < 0 else scratch[number]


@njit(cache=True, error_model="numpy")
def all_finite(a):
    """Whether all values are finite."""
    wrong = 0
    for i in range(len(a)):
        wrong += 0 if abs(a[i]) < np.inf else 1
    return wrong == 0
