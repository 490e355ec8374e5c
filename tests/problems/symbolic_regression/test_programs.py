"""Formulas as programs, against the same formulas as text."""

import dataclasses
from importlib.util import find_spec
from itertools import accumulate

import numpy as np
import pytest

from gegp import InvalidProgram, load_problem
from gegp.batch.language import read_language
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.grammar.reader import read_file
from gegp.rng import stream

WIDE = """
<e> ::= <e> + <e> | <e> - <e> | <e> * <e> | <e> / <e> | <e> // <e> | <e> % <e> | -<e> | (<e>)
    | <f>(<e>) | pdiv(<e>, <e>) | x | y | <n> | x | <e> y
<f> ::= sin | cos | exp | plog
<n> ::= 0 | 1 | 2 | 0.5 | .25 | 1e3
"""
KINDS = ["numpy", "own"]


def entry(functions, target="pagie", scaling="false"):
    assignments = [f"options.functions={functions}", f"options.target={target}"]
    assignments.append(f"options.scaling={scaling}")
    return load_problem("symbolic_regression", assignments=assignments).entry


def drawn(grammar, count, depth):
    growth = Growth(grammar)
    return [growth.grow(stream(7, i), 0, 2 + i % depth) for i in range(count)]


def programs(entry, grammar, choices, compiled):
    language, reason = read_language(grammar, entry.vocabulary)
    assert language, reason
    flat = np.array([c for one in choices for c in one], np.int32)
    places = np.array([0, *accumulate(map(len, choices))], np.int64)
    return language.programs(flat, places, compiled=compiled)


def by_text(entry, text):
    """The error and those of the cases; NaN for what is refused."""
    try:
        found = entry.evaluate(text, cases=True)
    except InvalidProgram:
        return np.nan, np.nan
    return found["rrse"], found["cases"]


@pytest.mark.parametrize("scaling", ["false", "true"])
@pytest.mark.parametrize("functions", KINDS)
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("grammar", "target", "count", "depth"),
    [
        ("grammars/regression.bnf", "pagie", 1500, 12),
        ("grammars/regression_x.bnf", "quartic", 1000, 9),
        ("wide", "pagie", 1500, 9),
    ],
)
def test_programs_are_worth_what_their_texts_are(
    scaling, functions, compiled, grammar, target, count, depth, tmp_path, pytestconfig
):
    if compiled:
        pytest.importorskip("numba")
    path = pytestconfig.rootpath / grammar
    if grammar == "wide":
        path = tmp_path / "wide.bnf"
        path.write_text(WIDE)
    problem, grammar = entry(functions, target, scaling), read_file(path).grammar
    choices = drawn(grammar, count, depth)
    made = programs(problem, grammar, choices, compiled)
    errors = np.zeros((count, len(problem._cases.target)))
    found = problem.evaluate_programs(made, errors=errors, compiled=compiled)
    assert found.shape == (count, 1)
    again = problem.evaluate_programs(made, compiled=compiled)
    assert np.array_equal(found, again, equal_nan=True)
    for i, one in enumerate(choices):
        value, cases = by_text(problem, program(grammar, one))
        assert np.array_equal(found[i, 0], value, equal_nan=True), program(grammar, one)
        assert np.array_equal(errors[i], np.broadcast_to(cases, errors[i].shape), equal_nan=True)
    assert 0.4 < np.isfinite(found).mean() < 1


def test_powers_are_numpys_alone(tmp_path):
    (tmp_path / "powers.bnf").write_text("<e> ::= x ** 2 + y ** -0.5 | 2 ** x ** y | -x ** .5\n")
    grammar = read_file(tmp_path / "powers.bnf").grammar
    assert read_language(grammar, entry("own").vocabulary)[1] == "'**' is not known"
    problem = entry("numpy")
    made = programs(problem, grammar, [(0,), (1,), (2,)], False)
    found = problem.evaluate_programs(made)[:, 0]
    texts = [program(grammar, (i,)) for i in range(3)]
    assert np.array_equal(found, [by_text(problem, text)[0] for text in texts], equal_nan=True)


def test_own_functions_are_nearly_numpys():
    texts = ["sin(x) + cos(y)", "exp(x) * plog(y)", "plog(exp(sin(x) * y))"]
    for text in texts:
        own, numpys = (entry(kind).evaluate(text) for kind in KINDS)
        assert own == pytest.approx(numpys, rel=1e-13)


def test_without_numba_own_functions_are_numpy_operations(monkeypatch, pytestconfig):
    problem = entry("own")
    grammar = read_file(pytestconfig.rootpath / "grammars/regression.bnf").grammar
    made = programs(problem, grammar, drawn(grammar, 100, 8), False)
    expected = problem.evaluate_programs(made, compiled=False)
    if find_spec("numba"):
        assert np.array_equal(expected, problem.evaluate_programs(made), equal_nan=True)
    module = type(problem).evaluate_programs.__globals__
    monkeypatch.setitem(module, "find_spec", lambda name: None)
    plain = dataclasses.replace(problem)
    assert np.array_equal(expected, plain.evaluate_programs(made), equal_nan=True)
    assert "_evaluator" not in vars(plain)
