"""Functions of truth tables: a table is an integer, bit k of which is the value in row k."""

from __future__ import annotations

from collections.abc import Callable


def tables(inputs: int) -> tuple[int, ...]:
    """The truth table of each input; row k gives input i bit i of k, the first input the least."""
    rows = 1 << inputs
    return tuple(sum((row >> i & 1) << row for row in range(rows)) for i in range(inputs))


def functions(inputs: int) -> dict[str, tuple[int, Callable[..., int]]]:
    """What programs may call, with the number of its arguments, for tables of so many inputs."""
    full = (1 << (1 << inputs)) - 1
    return {
        "and_": (2, lambda a, b: a & b),
        "or_": (2, lambda a, b: a | b),
        "nand": (2, lambda a, b: full ^ (a & b)),
        "nor": (2, lambda a, b: full ^ (a | b)),
        "xor": (2, lambda a, b: a ^ b),
        "not_": (1, lambda a: full ^ a),
        "if_": (3, lambda test, a, b: test & a | (full ^ test) & b),
    }
