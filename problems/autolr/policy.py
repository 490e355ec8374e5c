"""Learning-rate policies: from the text of a candidate to its schedule.

A policy is an expression over ``epoch`` (a whole number) and ``learning_rate`` (the
rate of the epoch before). It depends on nothing else, so all its rates are known
before a training starts: the schedule is a table with one rate an epoch, and two
policies with equal tables are the same candidate.

The grammar of the paper needs only ``if_func(condition, a, b)`` and comparisons;
arithmetic and the functions listed here are for other grammars, e.g.
``learning_rate * 0.95``.
"""

from __future__ import annotations

import ast
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast, get_args

from gegp.errors import InvalidProgram
from gegp.expressions import compile_expression, parse_expression

Precision = Literal["exact", "float32"]

NAMES = ("epoch", "learning_rate")
FLOAT32_MAX = 3.4028234663852886e38


def protected_division(a: float, b: float) -> float:
    """a / b, but 1 where b is 0 (Koza's definition)."""
    return a / b if b else 1.0


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "floor": math.floor,
    "pow": math.pow,
    "pdiv": protected_division,
    "prot_div": protected_division,
}


class _Conditionals(ast.NodeTransformer):
    """``if_func(c, a, b)`` becomes ``a if c else b``; ``a ** b`` becomes ``pow(a, b)``.

    Python's ``**`` would give huge integers or complex numbers where a rate is wanted.
    """

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "if_func":
            if len(node.args) != 3 or node.keywords:
                raise InvalidProgram(f"if_func takes 3 arguments: {ast.unparse(node)[:80]!r}")
            return ast.IfExp(*node.args)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name("pow"), [node.left, node.right], [])
        return node


def parse_policy(policy: str) -> ast.expr:
    """The policy's syntax tree, its ``if_func`` made conditionals.

    ``≤`` and ``≥`` are read as well, the way the paper prints its grammar.
    Raises InvalidProgram if the text is not a policy.
    """
    tree = parse_expression(policy.replace("≤", "<=").replace("≥", ">="))
    try:
        return cast(ast.expr, _Conditionals().visit(tree))
    except RecursionError:
        raise InvalidProgram("the policy is nested too deeply") from None


def schedule(
    policy: str | ast.expr,
    epochs: int,
    *,
    first_epoch: int = 1,
    initial_rate: float = 0.01,
    precision: Precision = "exact",
) -> tuple[float, ...]:
    """The learning rate of every epoch: the policy asked once an epoch, in order.

    The first call gets ``epoch=first_epoch`` and ``learning_rate=initial_rate``, every
    other one the next number and the rate that the policy returned before. With
    precision "exact" that is the very number. With "float32" it is what Keras'
    LearningRateScheduler hands over, the number read back from a float32 variable:
    0.01 arrives as 0.009999999776, so that ``learning_rate < 0.01`` holds.

    Raises InvalidProgram if a rate is not a finite number of at least 0, or too big for
    a float32.
    """
    if precision not in get_args(Precision):
        raise ValueError(f"precision is one of {get_args(Precision)}, not {precision!r}")
    tree = parse_policy(policy) if isinstance(policy, str) else policy
    evaluate = compile_expression(tree, names=NAMES, functions=FUNCTIONS)
    rate = initial_rate
    table = []
    for epoch in range(first_epoch, first_epoch + epochs):
        seen = through_float32(rate) if precision == "float32" else rate
        try:
            rate = float(evaluate({"epoch": epoch, "learning_rate": seen}))
        except (ArithmeticError, ValueError, TypeError) as error:
            raise InvalidProgram(f"epoch {epoch}: {error}") from None
        if not 0 <= rate <= FLOAT32_MAX:
            raise InvalidProgram(
                f"epoch {epoch}: the learning rate is {rate!r}; expected a float32 of at least 0"
            )
        table.append(rate)
    return tuple(table)


def through_float32(number: float) -> float:
    """The number as a float32 variable gives it back."""
    return cast(float, struct.unpack("f", struct.pack("f", number))[0])
