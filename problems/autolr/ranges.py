"""Ranges: the epochs and learning rates with which a place of a policy can be reached.

A policy that compares with numbers changes its answer nowhere but at these numbers, its
thresholds. So a sample from every gap between two neighbouring thresholds, and the
thresholds themselves, stand for all epochs and all rates.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from gegp.expressions import compile_expression

from .policy import FUNCTIONS, NAMES

# For each name, the samples that can still occur, in order.
Possible = Mapping[str, Sequence[float]]


def everything(tree: ast.expr, first_epoch: int) -> Possible:
    """Samples of all whole epochs from the first on, and of all finite rates of at least 0."""
    thresholds: dict[str, set[float]] = {"epoch": {first_epoch}, "learning_rate": {0.0}}
    for name, value in filter(None, map(threshold, ast.walk(tree))):
        if value <= sys.float_info.max:
            thresholds[name].add(value)
    return {
        "epoch": _whole_samples(thresholds["epoch"], first_epoch),
        "learning_rate": _real_samples(thresholds["learning_rate"]),
    }


def threshold(node: ast.AST) -> tuple[str, float] | None:
    """(name, constant) of a comparison of a name with a constant, in either order."""
    if not isinstance(node, ast.Compare) or len(node.comparators) != 1:
        return None
    sides = [node.left, node.comparators[0]]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    values = [side.value for side in sides if isinstance(side, ast.Constant)]
    if len(names) != 1 or names[0] not in NAMES or len(values) != 1:
        return None
    return (names[0], values[0]) if isinstance(values[0], int | float) else None


def holding(test: ast.expr, values: Sequence[float]) -> list[bool]:
    """Whether a comparison of a name with a constant holds, for each value of the name."""
    holds = compile_expression(test, names=NAMES, functions=FUNCTIONS)
    return [holds(dict.fromkeys(NAMES, value)) for value in values]


def split(test: ast.expr, possible: Possible) -> tuple[Possible | None, Possible | None]:
    """What is possible where the test holds, and where it fails; None for never.

    A test that is no comparison of a name with a constant may do either everywhere.
    """
    found = threshold(test)
    if not found:
        return possible, possible
    name = found[0]
    sides: dict[bool, list[float]] = {True: [], False: []}
    for value, holds in zip(possible[name], holding(test, possible[name]), strict=True):
        sides[holds].append(value)
    return (
        {**possible, name: sides[True]} if sides[True] else None,
        {**possible, name: sides[False]} if sides[False] else None,
    )


def leaves(tree: ast.expr, possible: Possible) -> Iterator[tuple[ast.expr, Possible]]:
    """The leaves that can be reached, each with where."""
    if not isinstance(tree, ast.IfExp):
        yield tree, possible
        return
    for branch, there in zip((tree.body, tree.orelse), split(tree.test, possible), strict=True):
        if there is not None:
            yield from leaves(branch, there)


def _whole_samples(thresholds: set[float], least: int) -> list[float]:
    around = {math.floor(t) + step for t in thresholds for step in (-1, 0, 1, 2)}
    return sorted(number for number in around if number >= least)


def _real_samples(thresholds: set[float]) -> list[float]:
    places = sorted(t for t in thresholds if t >= 0)
    gaps = [low + (high - low) / 2 for low, high in pairwise(places)]
    return sorted({*places, *gaps, sys.float_info.max})
