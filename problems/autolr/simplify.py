"""Policies for a reader: evolved conditionals without the parts that never act.

Most of an evolved policy is never reached: inside the branch of ``epoch < 67`` the
test ``epoch > 80`` always fails. And what is reached can often be said by fewer tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .policy import parse_policy
from .ranges import Possible, everything, split, threshold
from .shortest import shortest, size

_OPPOSITE = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def simplify(tree: ast.expr, first_epoch: int = 0) -> ast.expr:
    """The shortest equal tree: equal in every epoch from the first on, for every rate.

    Rates are all finite numbers of at least 0, whatever leaves return. Where each test
    orders the epoch or the rate and a number by <, <=, > or >=, as in the shipped
    grammars, no policy of such tests with these leaves has fewer nodes; so none of the tests
    and leaves that remain can go. They are the policy's own. Leaves are the same if they are
    written the same: of arithmetic, nothing is known here.

    Elsewhere (other tests, or more than about sixteen ranges of both the epoch and the
    rate) what can never be reached goes, and a conditional whose branches became the
    same; the branches of such tests are as short as said above. A test or branch that goes may
    be one that would have failed, by a division by 0 say.
    """
    return _simplify(tree, everything(tree, first_epoch))


def policy_lines(tree: ast.expr, leaf: str = "{}", depth: int = 0) -> Iterator[str]:
    """A tree's conditionals as indented if, elif and else; ``leaf`` frames the rates.

    Of two branches the shorter comes first (its test turned round if need be), so that
    it reads as a list of cases.
    """
    indent = "    " * depth
    word = "if"
    while isinstance(tree, ast.IfExp):
        test, body, orelse = _shorter_first(tree)
        yield f"{indent}{word} {ast.unparse(test)}:"
        yield from policy_lines(body, leaf, depth + 1)
        tree, word = orelse, "elif"
    if word == "if":
        yield indent + leaf.format(ast.unparse(tree))
    else:
        yield f"{indent}else:"
        yield indent + "    " + leaf.format(ast.unparse(tree))


def policy_text(policy: str, first_epoch: int = 0) -> str:
    """The simplified policy as indented text."""
    return "\n".join(policy_lines(simplify(parse_policy(policy), first_epoch)))


def policy_expression(policy: str, first_epoch: int = 0) -> str:
    """The simplified policy as a policy again, in the notation that the policy is in.

    Its tests and leaves are the policy's own, so in a grammar like the shipped ones it is a
    program where the policy is. Numbers are spelled as Python prints them.
    """
    text = _expression(simplify(parse_policy(policy), first_epoch), "if_func" in policy)
    if "≤" in policy or "≥" in policy:
        text = text.replace("<=", "≤").replace(">=", "≥")
    return text


def _simplify(tree: ast.expr, possible: Possible) -> ast.expr:
    if not isinstance(tree, ast.IfExp):
        return tree
    when_true, when_false = split(tree.test, possible)
    if when_true is None:
        return _simplify(tree.orelse, possible)
    if when_false is None:
        return _simplify(tree.body, possible)
    if found := shortest(tree, possible):
        return found
    body = _simplify(tree.body, when_true)
    orelse = _simplify(tree.orelse, when_false)
    if ast.dump(body) == ast.dump(orelse):
        return body
    return ast.IfExp(tree.test, body, orelse)


def _shorter_first(tree: ast.IfExp) -> tuple[ast.expr, ast.expr, ast.expr]:
    test, body, orelse = tree.test, tree.body, tree.orelse
    if size(body) <= size(orelse) or not isinstance(test, ast.Compare) or not threshold(test):
        return test, body, orelse
    turned = ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
    return turned, orelse, body


def _expression(tree: ast.expr, calls: bool) -> str:
    """The text of a tree, its conditionals as calls of ``if_func`` or as Python has them."""
    if not calls:
        return ast.unparse(tree)
    if isinstance(tree, ast.IfExp):
        branches = (_expression(branch, calls) for branch in (tree.body, tree.orelse))
        return f"if_func({_expression(tree.test, calls)}, {', '.join(branches)})"
    return ast.unparse(_Calls().visit(tree))


class _Calls(ast.NodeTransformer):
    """``a if c else b`` becomes ``if_func(c, a, b)``."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name("if_func"), [node.test, node.body, node.orelse], [])
