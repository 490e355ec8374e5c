"""Policies for a reader: evolved conditionals without the parts that never act.

Most of an evolved policy is never reached: inside the branch of ``epoch < 67`` the
test ``epoch > 80`` always fails. What is removed here can change no rate, for any
epoch from the first on and any learning rate of at least 0.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from gegp.expressions import compile_expression

from .policy import FUNCTIONS, NAMES, parse_policy

# For each name, sample values that can still occur at some place of the tree. Between
# two neighbouring thresholds no comparison changes its answer, so one sample from
# every gap and the thresholds themselves stand for all values.
Possible = Mapping[str, Sequence[float]]

_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def simplify(tree: ast.expr, first_epoch: int = 0) -> ast.expr:
    """An equivalent tree: decided tests, equal branches and nested conditions taken out.

    Of two branches the shorter comes first (its test turned round if need be), so that
    what is printed reads as a list of cases.
    """
    comparisons = [node for node in ast.walk(tree) if _threshold(node)]
    thresholds: dict[str, set[float]] = {"epoch": {first_epoch}, "learning_rate": {0.0}}
    for name, value in filter(None, map(_threshold, comparisons)):
        thresholds[name].add(value)
    possible = {
        "epoch": _whole_samples(thresholds["epoch"], first_epoch),
        "learning_rate": _real_samples(thresholds["learning_rate"]),
    }
    return _simplify(tree, possible)


def policy_lines(tree: ast.expr, leaf: str = "{}", depth: int = 0) -> Iterator[str]:
    """A tree's conditionals as indented if, elif and else; ``leaf`` frames the rates."""
    indent = "    " * depth
    word = "if"
    while isinstance(tree, ast.IfExp):
        yield f"{indent}{word} {ast.unparse(tree.test)}:"
        yield from policy_lines(tree.body, leaf, depth + 1)
        tree, word = tree.orelse, "elif"
    if word == "if":
        yield indent + leaf.format(ast.unparse(tree))
    else:
        yield f"{indent}else:"
        yield indent + "    " + leaf.format(ast.unparse(tree))


def policy_text(policy: str, first_epoch: int = 0) -> str:
    """The simplified policy as indented text."""
    return "\n".join(policy_lines(simplify(parse_policy(policy), first_epoch)))


def size(tree: ast.expr) -> int:
    """The number of nodes."""
    return sum(1 for _ in ast.walk(tree))


def _simplify(tree: ast.expr, possible: Possible) -> ast.expr:
    if not isinstance(tree, ast.IfExp):
        return tree
    when_true, when_false = _split(tree.test, possible)
    if when_true is None:
        return _simplify(tree.orelse, possible)
    if when_false is None:
        return _simplify(tree.body, possible)
    body = _simplify(tree.body, when_true)
    orelse = _simplify(tree.orelse, when_false)
    if ast.dump(body) == ast.dump(orelse):
        return body
    if size(body) > size(orelse) and _threshold(tree.test):
        return ast.IfExp(_negated(tree.test), orelse, body)
    return ast.IfExp(tree.test, body, orelse)


def _split(test: ast.expr, possible: Possible) -> tuple[Possible | None, Possible | None]:
    """What is possible where the test holds, and where it fails; None for never."""
    found = _threshold(test)
    if not found:
        return possible, possible
    name = found[0]
    holds = compile_expression(test, names=NAMES, functions=FUNCTIONS)
    true = [value for value in possible[name] if holds({name: value})]
    false = [value for value in possible[name] if not holds({name: value})]
    return (
        {**possible, name: true} if true else None,
        {**possible, name: false} if false else None,
    )


def _threshold(node: ast.AST) -> tuple[str, float] | None:
    """(name, constant) of a comparison of a name with a constant, in either order."""
    if not isinstance(node, ast.Compare) or len(node.comparators) != 1:
        return None
    sides = [node.left, node.comparators[0]]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    values = [side.value for side in sides if isinstance(side, ast.Constant)]
    if len(names) != 1 or names[0] not in NAMES or len(values) != 1:
        return None
    return (names[0], values[0]) if isinstance(values[0], int | float) else None


def _negated(test: ast.expr) -> ast.expr:
    assert isinstance(test, ast.Compare)
    return ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)


def _whole_samples(thresholds: set[float], least: int) -> list[float]:
    around = {math.floor(t) + step for t in thresholds for step in (-1, 0, 1, 2)}
    return sorted(number for number in around if number >= least)


def _real_samples(thresholds: set[float]) -> list[float]:
    places = sorted(t for t in thresholds if t >= 0)
    gaps = [(low + high) / 2 for low, high in pairwise(places)]
    return sorted({*places, *gaps, places[-1] + 1})
