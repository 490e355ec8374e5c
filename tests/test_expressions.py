import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp import InvalidProgram
from gegp.arithmetic import parse_arithmetic
from gegp.expressions import compile_expression, parse_expression

FUNCTIONS = {"sin": np.sin, "max": max}


def value(text, **variables):
    return compile_expression(text, names=variables, functions=FUNCTIONS)(variables)


@st.composite
def expressions(draw, depth=4):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(["x", "y", "1.5", "2", "0.25"]))
    left, right = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    return draw(
        st.sampled_from(
            [
                f"({left} + {right})",
                f"({left} - {right})",
                f"({left} * {right})",
                f"-{left}",
                f"({left} if {right} < 1 else {left})",
                f"max({left}, {right})",
            ]
        )
    )


@given(expressions(), st.floats(-10, 10), st.floats(-10, 10))
def test_agrees_with_python(text, x, y):
    assert value(text, x=x, y=y) == eval(text, {"max": max, "x": x, "y": y})


FRAGMENTS = [
    *("x", "y", "x1", "1", "2.5", "0", "sin(", "max(", "(", ")", ",", "+", "-", "*", "/", " "),
    *("z", "sin", "007", "1e3", "1.", ".5", "1_0", "**", "//", "<", " if ", " else ", "\n", "é"),
]


def outcome(expression, **variables):
    """The value of an expression, or what is wrong with it."""
    try:
        return repr(value(expression, **variables))
    except (InvalidProgram, ArithmeticError, TypeError) as error:
        return type(error)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join) | expressions())
def test_plain_arithmetic_is_read_as_python_reads_it(text):
    try:
        tree = parse_expression(text)
    except InvalidProgram:
        tree = None
    variables = {"x": 1.5, "y": -2, "x1": 7}
    assert outcome(text, **variables) == (
        InvalidProgram if tree is None else outcome(tree, **variables)
    )


@pytest.mark.parametrize(
    "text",
    ["x", "-x", "1 - 2 - 3", "2 * -x / 4", "(x + 1) * 2", "max(x, 2.5, -1)", "sin((x))"],
)
def test_plain_arithmetic_needs_no_tree(text):
    assert parse_arithmetic(text, names=["x"], functions=FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    ["x) + (x", "x)", "(x", "x x", "sin x", "sin()", "max(x,)", "(x, x)", "x, x", "1 if x else 2"],
)
def test_the_rest_is_left_to_python(text):
    assert parse_arithmetic(text, names=["x"], functions=FUNCTIONS) is None


def test_works_on_arrays():
    x = np.linspace(0, 1, 5)
    assert np.array_equal(value("sin(x) * 2 + x ** 2", x=x), np.sin(x) * 2 + x**2)


def test_only_the_branch_taken_is_evaluated():
    assert value("1 if x > 0 else 1 / 0", x=1) == 1
    assert value("x > 0 or 1 / 0 > 1", x=1) is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not an expression"),
        ("x +", "not an expression"),
        ("(" * 500 + "x" + ")" * 500, "not an expression"),
        ("x" + " + x" * 2000, "nested too deeply"),
        ("x.real", "not allowed"),
        ("x[0]", r"unknown name 'x\[0\]'"),
        ("lambda: 1", "not allowed"),
        ("[x]", "not allowed"),
        ("z", "unknown name 'z'; known are x"),
        ("__import__('os')", "unknown function '__import__'"),
        ("x.__class__()", "unknown function"),
        ("sin(x=1)", "unknown function"),
        ("'text'", "not a number"),
        ("1 < x < 2", "chained comparison"),
        ("x @ x", "operator not allowed"),
        ("-" * 100_000 + "x", "nested too deeply|not an expression"),
        ("x\0", "not an expression"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(InvalidProgram, match=message):
        value(text, x=1.0)


def test_huge_powers_overflow_at_once():
    with pytest.raises(OverflowError):
        value("9 ** 9 ** 9 ** 9")
    assert math.isclose(value("2 ** 10"), 1024)
