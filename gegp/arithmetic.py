"""A parser for plain arithmetic, which most expressions are, straight to closures.

It takes about a quarter of the time that Python's own parser takes with the tree, and
knows numbers, names, calls, parentheses, ``+``, ``-``, ``*`` and ``/``. What else there is, and
what is wrong, it leaves to that one. It is the shunting-yard algorithm of Dijkstra
("Algol 60 translation", 1961).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from gegp.closures import Evaluate, binary, call, constant, name, unary

_TOKEN = re.compile(r"[A-Za-z_]\w*\(?|(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?|[-+*/(),]", re.ASCII)

# What is nested more deeply may be too deep for Python's parser or the compiler of its trees,
# and they say so. Operators in a row nest without a parenthesis.
_MOST_WAITING = 80
_MOST_OPERATORS = 330

_Waiting = tuple[int, Callable[..., Any] | None, int]
"""What waits for its end, by how closely it binds.

That is 0 for a parenthesis, with the function that it calls, if any, and the number of values
before its arguments; 1 to 3 for an operator that waits for its right side.
"""

_BINARY: Mapping[str, _Waiting] = {
    "+": (1, operator.add, 0),
    "-": (1, operator.sub, 0),
    "*": (2, operator.mul, 0),
    "/": (2, operator.truediv, 0),
}
_MINUS: _Waiting = (3, operator.neg, 0)


def parse_arithmetic(
    text: str,
    *,
    names: Collection[str],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[[float], Any] = lambda value: value,
) -> Evaluate | None:
    """The closure of an expression; None if it is not plain arithmetic, or not in order."""
    tokens = _TOKEN.findall(text)
    known = len("".join(tokens)) + text.count(" ") == len(text)
    if not known or sum(map(text.count, _BINARY)) > _MOST_OPERATORS:
        return None
    values: list[Evaluate] = []
    waiting: list[_Waiting] = [(0, None, 0)]  # As if there were parentheses around it all.
    leaves = {text: name(text) for text in names}
    operand = True  # Whether one has to come next.
    rest = iter([*tokens, ")"])
    for token in rest:
        if operand:
            if token in leaves:
                values.append(leaves[token])
                operand = False
            elif token[-1] == "(" and len(waiting) < _MOST_WAITING:
                function = functions.get(token[:-1])
                if function is None and token != "(":
                    return None
                waiting.append((0, function, len(values)))
            elif token[0].isdigit():
                leaves[token] = constant(number(float(token) if "." in token else int(token)))
                values.append(leaves[token])
                operand = False
            elif token == "-" and len(waiting) < _MOST_WAITING:
                waiting.append(_MINUS)
            else:
                return None
        elif token in _BINARY:
            following = _BINARY[token]
            if waiting[-1][0] >= following[0]:
                _apply(values, waiting, following[0])
            waiting.append(following)
            operand = True
        elif token == ")":
            if waiting[-1][0]:
                _apply(values, waiting, 1)
            _, function, before = waiting.pop()
            if function is not None:
                values[before:] = [call(function, values[before:])]
            if not waiting:
                break
        elif token == ",":
            if waiting[-1][0]:
                _apply(values, waiting, 1)
            if waiting[-1][1] is None:
                return None
            operand = True
        else:
            return None
    return None if waiting or any(rest) else values[0]


def _apply(values: list[Evaluate], waiting: list[_Waiting], least: int) -> None:
    """Give the operators that bind at least so closely what they wait for."""
    while waiting[-1][0] >= least:
        binds, function, _ = waiting.pop()
        assert function is not None
        last = values.pop()
        values.append(unary(function, last) if binds == 3 else binary(function, values.pop(), last))
