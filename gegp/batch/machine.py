"""The postfix machine, compiled: programs over blocks of cases.

The stack holds the numbers of rows: a negative one ``-1 - k`` is variable ``k``, others are rows
of a scratch array. Each place of the stack has two of them, so that no operation writes where it
reads, and loops become vector instructions.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from gegp.batch import elementary
from gegp.batch.sums import pairwise_sum
from gegp.postfix import OPERATORS

COMPILED = ("sin", "cos", "exp", "log", "log1p", "plog", "pdiv")
"""The functions of the machine, whose numbers follow those of the operators."""

_NUMBERS = {name: number for number, name in enumerate((*OPERATORS, *COMPILED))}
NEGATIVE, NOT = _NUMBERS["negative"], _NUMBERS["not"]
ADD, SUBTRACT, MULTIPLY = _NUMBERS["+"], _NUMBERS["-"], _NUMBERS["*"]
DIVIDE, FLOOR, MODULO = _NUMBERS["/"], _NUMBERS["//"], _NUMBERS["%"]
LESS, LESS_EQUAL, GREATER = _NUMBERS["<"], _NUMBERS["<="], _NUMBERS[">"]
GREATER_EQUAL, EQUAL, UNEQUAL = _NUMBERS[">="], _NUMBERS["=="], _NUMBERS["!="]
AND, OR = _NUMBERS["and"], _NUMBERS["or"]
SIN, COS, EXP = _NUMBERS["sin"], _NUMBERS["cos"], _NUMBERS["exp"]
LOG, LOG1P, PLOG, PDIV = (_NUMBERS[name] for name in ("log", "log1p", "plog", "pdiv"))


@njit(cache=True, error_model="numpy")
def square_sums(machine, programs, blocks, target, order, errors):
    """The sum of squared errors of each program, NaN where a value is not finite.

    ``blocks[b, k]`` are values of variable ``k``, and ``order`` is that of the sums. Absolute
    errors are written into ``errors``, if it has a row for each program.
    """
    count, cases = len(programs.places) - 1, len(target)
    sums, squares = np.full(count, np.nan), np.empty(cases)
    errors[:] = np.nan
    stack, scratch = make_stack(machine, programs, blocks.shape[2])
    for i in range(count):
        if programs.places[i] == programs.places[i + 1]:
            continue
        first = 0
        for b in range(len(blocks)):
            width = min(blocks.shape[2], cases - first)
            number = run(machine, programs, i, blocks[b], width, stack, scratch)
            found = row(blocks[b], scratch, number)
            for k in range(width):
                error = found[k] - target[first + k]
                squares[first + k] = error * error
            if len(errors):
                for k in range(width):
                    errors[i, first + k] = abs(found[k] - target[first + k])
            if not all_finite(found, width):
                break
            first += width
        if first == cases:
            sums[i] = pairwise_sum(squares, order)
        elif len(errors):
            errors[i] = np.nan
    return sums


@njit(cache=True, error_model="numpy")
def predictions(machine, programs, blocks, cases):
    """The values of each program, a row a program; NaN of an empty one."""
    count = len(programs.places) - 1
    out = np.full((count, cases), np.nan)
    stack, scratch = make_stack(machine, programs, blocks.shape[2])
    for i in range(count):
        if programs.places[i] == programs.places[i + 1]:
            continue
        first = 0
        for b in range(len(blocks)):
            width = min(blocks.shape[2], cases - first)
            number = run(machine, programs, i, blocks[b], width, stack, scratch)
            found = row(blocks[b], scratch, number)
            for k in range(width):
                out[i, first + k] = found[k]
            first += width
    return out


@njit(cache=True, error_model="numpy")
def make_stack(machine, programs, width):
    """A stack that is deep enough for all programs, and its scratch rows."""
    deepest = 1
    for i in range(len(programs.places) - 1):
        depth = 0
        for place in range(programs.places[i], programs.places[i + 1]):
            code = programs.codes[place]
            depth += 1 if code < 0 else 1 - machine.operands[code]
            deepest = max(deepest, depth)
    return np.empty(deepest, np.int64), np.empty((2 * deepest, width))


@njit(cache=True, error_model="numpy")
def run(machine, programs, number, variables, width, stack, scratch):
    """The number of the row that holds the values of a program."""
    top = 0
    for place in range(programs.places[number], programs.places[number + 1]):
        code = programs.codes[place]
        if code < 0:
            constant = -1 - code - len(variables)
            stack[top] = code if constant < 0 else 2 * top
            if constant >= 0:
                scratch[2 * top, :width] = programs.constants[constant]
            top += 1
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
def unary(number, width, a, out):
    """An operation on one row."""
    if number == SIN:
        elementary.sin(width, a, out)
    elif number == COS:
        elementary.cos(width, a, out)
    elif number == EXP:
        elementary.exp(width, a, out)
    elif number == PLOG:
        elementary.plog(width, a, out)
    elif number == LOG:
        elementary.log(width, a, out)
    elif number == LOG1P:
        elementary.log1p(width, a, out)
    elif number == NEGATIVE:
        for i in range(width):
            out[i] = -a[i]
    elif number == NOT:
        for i in range(width):
            out[i] = 1.0 if a[i] == 0.0 else 0.0


@njit(cache=True, error_model="numpy")
def binary(number, width, a, b, out):
    """An operation on two rows."""
    if number == ADD:
        for i in range(width):
            out[i] = a[i] + b[i]
    elif number == SUBTRACT:
        for i in range(width):
            out[i] = a[i] - b[i]
    elif number == MULTIPLY:
        for i in range(width):
            out[i] = a[i] * b[i]
    elif number == DIVIDE:
        for i in range(width):
            out[i] = a[i] / b[i]
    elif number == PDIV:
        for i in range(width):
            out[i] = 1.0 if b[i] == 0.0 else a[i] / b[i]
    elif number == FLOOR:
        for i in range(width):
            out[i] = divide_with_rest(a[i], b[i])[0]
    elif number == MODULO:
        for i in range(width):
            out[i] = divide_with_rest(a[i], b[i])[1]
    else:
        logical(number, width, a, b, out)


@njit(cache=True, error_model="numpy")
def logical(number, width, a, b, out):
    """A comparison or a connection of two rows: 1.0 or 0.0."""
    for i in range(width):
        if number == LESS:
            found = a[i] < b[i]
        elif number == LESS_EQUAL:
            found = a[i] <= b[i]
        elif number == GREATER:
            found = a[i] > b[i]
        elif number == GREATER_EQUAL:
            found = a[i] >= b[i]
        elif number == EQUAL:
            found = a[i] == b[i]
        elif number == UNEQUAL:
            found = a[i] != b[i]
        elif number == AND:
            found = a[i] != 0.0 and b[i] != 0.0
        else:
            found = a[i] != 0.0 or b[i] != 0.0
        out[i] = 1.0 if found else 0.0


@njit(cache=True, error_model="numpy")
def choose(width, a, test, b, out):
    """The one row where the test is true, else the other."""
    for i in range(width):
        out[i] = a[i] if test[i] != 0.0 else b[i]


@njit(cache=True, error_model="numpy")
def divide_with_rest(a, b):
    """As numpy's ``//`` and ``%``."""
    rest = np.fmod(a, b)
    if b == 0.0:
        return a / b, rest
    quotient = (a - rest) / b
    if rest == 0.0:
        rest = np.copysign(0.0, b)
    elif (b < 0.0) != (rest < 0.0):
        rest += b
        quotient -= 1.0
    if quotient == 0.0:
        return np.copysign(0.0, a / b), rest
    whole = np.floor(quotient)
    return whole + 1.0 if quotient - whole > 0.5 else whole, rest


@njit(cache=True, error_model="numpy")
def all_finite(a, width):
    """Whether all values are finite."""
    wrong = 0
    for i in range(width):
        wrong += 0 if abs(a[i]) < np.inf else 1
    return wrong == 0
