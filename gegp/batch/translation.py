"""The derivations of a population to postfix, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from gegp.batch import parsing

parse = njit(cache=True)(parsing.parse)


@njit(cache=True)
def translate(tables, choices, places, most_items):
    """The codes of all programs and the places where each begins."""
    longest = np.diff(places).max() if len(places) > 1 else 0
    room = longest * most_items + 1
    waiting, returns = np.empty(room + 1, np.int32), np.empty(longest + 1, np.int32)
    out, begins = np.empty(len(choices) + room, np.int32), np.zeros(len(places), np.int64)
    size = 0
    for i in range(len(places) - 1):
        if size + room > len(out):
            larger = np.empty(2 * len(out) + room, np.int32)
            larger[:size] = out[:size]
            out = larger
        size += parse(tables, choices, places[i], out[size:], waiting, returns)
        begins[i + 1] = size
    return out[:size].copy(), begins
