"""The functions that formulas are made of: numpy's, or those that are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gegp import numerics


def pdiv(a: Any, b: Any) -> Any:
    """Protected division: a / b, and 1 where b is 0."""
    quotient = np.divide(a, b)
    # Most divisors have no zero, and to count is quicker than to choose.
    if np.count_nonzero(b) == np.size(b):
        return quotient
    return np.where(np.equal(b, 0.0), 1.0, quotient)


ARGUMENTS = {"sin": 1, "cos": 1, "exp": 1, "pdiv": 2, "plog": 1}

# Functions of numpy would take another argument for an array to write into.
FUNCTIONS: dict[str, dict[str, Callable[..., Any]]] = {
    "numpy": {
        "sin": lambda a: np.sin(a),
        "cos": lambda a: np.cos(a),
        "exp": lambda a: np.exp(a),
        "pdiv": pdiv,
        "plog": lambda a: np.log1p(np.abs(a)),
    },
    "own": {
        "sin": numerics.sin,
        "cos": numerics.cos,
        "exp": numerics.exp,
        "pdiv": pdiv,
        "plog": lambda a: numerics.log1p(np.abs(a)),
    },
}
