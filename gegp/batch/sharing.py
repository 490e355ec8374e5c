"""Equal parts of programs, which are to be computed once: programs rewritten, compiled.

A part that occurs again is kept in a row where it occurs first, and taken from there. To find
them every part gets a number, equal ones the same (value numbering: Cocke and Schwartz,
"Programming Languages and Their Compilers", New York University 1970).
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from gegp.batch.streams import mix

_A, _B, _C = uint64(0x9E3779B97F4A7C15), uint64(0xC2B2AE3D27D4EB4F), uint64(0x165667B19E3779F9)
NONE = -(1 << 31)
"""In place of an operand: there is none."""


@njit(cache=True)
def share(operands, costs, programs, first, last, leaves, most):
    """Programs from the first to before the last, rewritten; where each begins; the rows they need.

    Beside codes of programs there are ``-1 - leaves - row``, which puts a row on the stack, and
    ``len(operands) + row``, which keeps there what is on top. No more than ``most`` rows are used,
    and for parts that cost more than to keep them does, which is 1.
    """
    codes, places = programs.codes, programs.places
    numbers, uses = number(operands, codes, places[first], places[last])
    rows = np.full(len(uses), -1, np.int64)
    out, begins = np.empty(2 * len(numbers), np.int32), np.zeros(last - first + 1, np.int64)
    starts, prices = np.empty(len(numbers) + 1, np.int64), np.empty(len(numbers) + 1)
    size, known, used = 0, 0, 0
    for i in range(first, last):
        top = 0
        for place in range(places[i], places[i + 1]):
            code, part = codes[place], numbers[place - places[first]]
            price = 0.0
            if code < 0:
                starts[top] = size
            else:
                top -= operands[code]
                price = costs[code]
                for k in range(operands[code]):
                    price += prices[top + k]
                if rows[part] >= 0:  # What has been written for its operands is not needed.
                    size, price, code = starts[top], 0.0, -1 - leaves - rows[part]
            out[size] = code
            size += 1
            if part == known:
                known += 1
                if uses[part] > 1 and price > 1.0 and used < most:
                    out[size] = len(operands) + used
                    rows[part] = used
                    size, used, price = size + 1, used + 1, 0.0
            prices[top] = price
            top += 1
        begins[i - first + 1] = size
    return out[:size].copy(), begins, used


@njit(cache=True)
def number(operands, codes, begin, end):
    """The number of the part that ends at each place, and how often each part is needed.

    Numbers are given in the order of first occurrence; leaves have their codes. What occurs inside
    of a part that has occurred before is not needed there.
    """
    count, slots = end - begin, 16
    while slots < 2 * count:
        slots *= 2
    table, keys = np.full(slots, -1, np.int32), np.empty((count, 4), np.int32)
    numbers, uses = np.empty(count, np.int32), np.zeros(count, np.int32)
    stack = np.empty(count + 4, np.int32)
    top, known = 0, 0
    for place in range(count):
        code = codes[begin + place]
        part = code
        if code >= 0:
            top -= operands[code]
            a = stack[top]
            b = stack[top + 1] if operands[code] > 1 else NONE
            c = stack[top + 2] if operands[code] > 2 else NONE
            slot = find(table, keys, code, a, b, c)
            part = table[slot]
            if part < 0:
                part = table[slot] = known
                keys[part, 0], keys[part, 1], keys[part, 2], keys[part, 3] = code, a, b, c
                known += 1
            else:
                for k in range(operands[code]):
                    if stack[top + k] >= 0:
                        uses[stack[top + k]] -= 1
            uses[part] += 1
        numbers[place] = stack[top] = part
        top += 1
    return numbers, uses[:known].copy()


@njit(inline="always")
def find(table, keys, code, a, b, c):
    """The slot of a part in the table, or the free one where it belongs."""
    slot = mix(uint64(code) + uint64(a) * _A + uint64(b) * _B + uint64(c) * _C)
    slot = np.int64(slot & uint64(len(table) - 1))
    while table[slot] >= 0:
        part = table[slot]
        key = keys[part]
        if key[0] == code and key[1] == a and key[2] == b and key[3] == c:
            break
        slot = (slot + 1) & (len(table) - 1)
    return slot
