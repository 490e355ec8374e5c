"""Evaluation of expression phenotypes without Python's ``eval``.

An expression is parsed to a syntax tree, every node is checked against a list
of what is allowed (numbers, listed names, arithmetic, comparisons, conditionals,
listed functions; no attribute, no keyword; a subscript only as part of a listed name, such as
``x[0]``), and the tree becomes a
closure. The closure works on numbers and on numpy arrays alike. Plain arithmetic has
a parser of its own, which is faster and makes the same closures.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np

from gegp.arithmetic import parse_arithmetic
from gegp.closures import Evaluate, binary, call, constant, name, unary
from gegp.errors import InvalidProgram


def parse_expression(text: str) -> ast.expr:
    """The syntax tree of an expression.

    Raises InvalidProgram if the text is not one expression. Python's own parser
    reads it, so about 200 levels of parentheses are the limit.
    """
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        raise InvalidProgram(f"not an expression ({reason}): {text[:80]!r}") from None


def compile_expression(
    expression: str | ast.expr,
    *,
    names: Collection[str],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[[float], Any] = lambda value: value,
    by_element: bool = False,
) -> Evaluate:
    """A function from the values of the names to the value of the expression.

    Only the branch of a conditional that is taken is evaluated; with ``by_element`` both are, and
    values are arrays, of which ``if``, ``and``, ``or`` and ``not`` choose or connect each element
    by itself. ``number`` makes constants of the numbers in the text. Raises InvalidProgram for
    anything that is not allowed.
    """
    if isinstance(expression, str):
        plain = parse_arithmetic(expression, names=names, functions=functions, number=number)
        if plain:
            return plain
        tree = parse_expression(expression)
    else:
        tree = expression
    try:
        compiler = _ByElement if by_element else _Compiler
        return compiler(names, functions, number).visit(tree)
    except RecursionError:
        raise InvalidProgram("the expression is nested too deeply to evaluate") from None


def _power(base: Any, exponent: Any) -> Any:
    # Integers are made floats first: 9**9**9 must overflow at once, not run for hours.
    return (float(base) if isinstance(base, int) else base) ** exponent


_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class _Compiler:
    """One method a kind of node; each returns the closure of the node."""

    def __init__(
        self,
        names: Collection[str],
        functions: Mapping[str, Callable[..., Any]],
        number: Callable[[float], Any],
    ) -> None:
        self.names = names
        self.functions = functions
        self.number = number

    def visit(self, node: ast.AST) -> Evaluate:
        method = getattr(self, "visit_" + type(node).__name__, None)
        if method is None:
            raise InvalidProgram(f"not allowed in an expression: {ast.unparse(node)[:80]!r}")
        closure: Evaluate = method(node)
        return closure

    def visit_Constant(self, node: ast.Constant) -> Evaluate:
        value = node.value
        if not isinstance(value, int | float):
            raise InvalidProgram(f"not a number: {value!r}")
        try:
            return constant(self.number(value))
        except OverflowError:
            raise InvalidProgram("a number is too large") from None

    def visit_Name(self, node: ast.Name) -> Evaluate:
        if node.id not in self.names:
            raise InvalidProgram(f"unknown name {node.id!r}; known are {', '.join(self.names)}")
        return name(node.id)

    def visit_Subscript(self, node: ast.Subscript) -> Evaluate:
        """A name such as ``x[0]``, as a whole."""
        text = ast.unparse(node)
        if text not in self.names:
            raise InvalidProgram(f"unknown name {text!r}; known are {', '.join(self.names)}")
        return name(text)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Evaluate:
        return unary(self._operator(node.op), self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> Evaluate:
        apply = self._operator(node.op)
        return binary(apply, self.visit(node.left), self.visit(node.right))

    def visit_Compare(self, node: ast.Compare) -> Evaluate:
        if len(node.ops) > 1:
            raise InvalidProgram(f"chained comparison: {ast.unparse(node)[:80]!r}")
        apply = self._operator(node.ops[0])
        return binary(apply, self.visit(node.left), self.visit(node.comparators[0]))

    def visit_BoolOp(self, node: ast.BoolOp) -> Evaluate:
        parts = [self.visit(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda environment: all(part(environment) for part in parts)
        return lambda environment: any(part(environment) for part in parts)

    def visit_IfExp(self, node: ast.IfExp) -> Evaluate:
        test, body, orelse = self.visit(node.test), self.visit(node.body), self.visit(node.orelse)
        return lambda environment: body(environment) if test(environment) else orelse(environment)

    def visit_Call(self, node: ast.Call) -> Evaluate:
        called = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if called not in self.functions or node.keywords:
            known = ", ".join(self.functions) or "none"
            raise InvalidProgram(f"unknown function {called!r}; known are: {known}")
        return call(self.functions[called], [self.visit(argument) for argument in node.args])

    def _operator(self, node: ast.AST) -> Callable[..., Any]:
        try:
            return _OPERATORS[type(node)]
        except KeyError:
            raise InvalidProgram(f"operator not allowed: {type(node).__name__}") from None


class _ByElement(_Compiler):
    """Conditionals and connections of arrays."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Evaluate:
        if not isinstance(node.op, ast.Not):
            return super().visit_UnaryOp(node)
        return unary(np.logical_not, self.visit(node.operand))

    def visit_BoolOp(self, node: ast.BoolOp) -> Evaluate:
        connect = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        parts = map(self.visit, node.values)
        return reduce(partial(binary, connect), parts)

    def visit_IfExp(self, node: ast.IfExp) -> Evaluate:
        return call(np.where, [self.visit(part) for part in (node.test, node.body, node.orelse)])
