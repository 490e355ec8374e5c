"""Functions from the values of names to the value of an expression, made of smaller ones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Environment = Mapping[str, Any]
Evaluate = Callable[[Environment], Any]


def constant(value: Any) -> Evaluate:
    """Always the value."""
    return lambda environment: value


def name(text: str) -> Evaluate:
    """The value of a name."""
    return operator.itemgetter(text)


def unary(function: Callable[[Any], Any], only: Evaluate) -> Evaluate:
    """What a function makes of one value."""
    return lambda environment: function(only(environment))


def binary(function: Callable[[Any, Any], Any], first: Evaluate, second: Evaluate) -> Evaluate:
    """What a function makes of two values."""
    return lambda environment: function(first(environment), second(environment))


def call(function: Callable[..., Any], arguments: Sequence[Evaluate]) -> Evaluate:
    """What a function makes of its arguments."""
    if len(arguments) == 1:
        return unary(function, arguments[0])
    if len(arguments) == 2:
        return binary(function, arguments[0], arguments[1])
    return lambda environment: function(*[part(environment) for part in arguments])
