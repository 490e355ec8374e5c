"""Operations on rows of values, compiled: operators and functions, by their numbers."""

from __future__ import annotations

import numpy as np
from numba import njit

from gegp.batch import elementary
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

COSTS = {
    **dict.fromkeys(OPERATORS, 1.0),
    **{"/": 3.0, "pdiv": 3.0, "//": 50.0, "%": 50.0},
    **dict.fromkeys(("sin", "cos", "exp", "log", "log1p", "plog"), 12.0),
}
"""What operations take, in units of an addition."""


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
def copy(width, a, out):
    """The same values in another row."""
    for i in range(width):
        out[i] = a[i]


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
