"""Sums in the order of ``numpy.sum``, compiled.

numpy halves an array until there are 128 numbers or less, adds eight rows of these, and then sums
by pairs. The order is made in advance: a compiled function that calls itself crashes when it comes
from numba's cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BLOCK = 128


def pairwise_order(count: int) -> NDArray[np.int64]:
    """For each block where it begins and ends, and how many sums of two follow it."""
    blocks: list[list[int]] = []
    _halve(0, count, blocks)
    return np.array(blocks, np.int64).reshape(-1, 3)


def _halve(first: int, count: int, blocks: list[list[int]]) -> None:
    if count <= _BLOCK:
        blocks.append([first, first + count, 0])
        return
    half = count // 2
    half -= half % 8
    _halve(first, half, blocks)
    _halve(first + half, count - half, blocks)
    blocks[-1][2] += 1


@njit(cache=True)
def pairwise_sum(a, order):
    """The sum of an array in this order."""
    partial, top = np.zeros(64), 0
    for i in range(len(order)):
        partial[top] = block_sum(a, order[i, 0], order[i, 1])
        for _ in range(order[i, 2]):
            top -= 1
            partial[top] += partial[top + 1]
        top += 1
    return partial[0]


@njit(cache=True)
def block_sum(a, first, end):
    """The sum of the numbers of a block: eight rows, then what is left."""
    rest, total = first, 0.0
    if end - first >= 8:
        rest = end - (end - first) % 8
        a0, a1, a2, a3 = a[first], a[first + 1], a[first + 2], a[first + 3]
        a4, a5, a6, a7 = a[first + 4], a[first + 5], a[first + 6], a[first + 7]
        for i in range(first + 8, rest, 8):
            a0, a1, a2, a3 = a0 + a[i], a1 + a[i + 1], a2 + a[i + 2], a3 + a[i + 3]
            a4, a5, a6, a7 = a4 + a[i + 4], a5 + a[i + 5], a6 + a[i + 6], a7 + a[i + 7]
        total = ((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7))
    for i in range(rest, end):
        total += a[i]
    return total
