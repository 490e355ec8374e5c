"""Operands that form across productions, in programs and in the text."""

from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from gegp import read_grammar
from gegp.batch.language import read_language
from gegp.expressions import compile_expression
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.postfix import Vocabulary, values
from gegp.rng import stream

FUNCTIONS = {"two": lambda a, b: a - 2.0 * b}
ARITIES = {"two": 2}
PLAIN = Vocabulary(("x", "y"), ARITIES)

WORDS = """
<e> ::= <e> + <e> | <n> * <e> | (<e>) - <n> | <v> | two(<n>, <e>)
<v> ::= x[<i>]
<n> ::= <d>.<d><d> | 0.<d> | 1e<d> | .<i>
<d> ::= <int 0..9>
<i> ::= 0 | 1
"""


@pytest.mark.parametrize("compiled", [False, True])
def test_operands_that_form_of_several_parts(compiled, tmp_path):
    if compiled:
        pytest.importorskip("numba")
    (tmp_path / "g.bnf").write_text(WORDS)
    grammar = read_grammar(tmp_path / "g.bnf")
    names = {"x[0]": np.float64(0.75), "x[1]": np.float64(-3.0)}
    language, reason = read_language(grammar, Vocabulary(tuple(names), ARITIES))
    assert language, reason
    growth = Growth(grammar)
    drawn = [growth.grow(stream(2, i), 0, 4 + i % 8) for i in range(400)]
    choices = np.array([c for one in drawn for c in one], np.int32)
    places = np.array([0, *accumulate(map(len, drawn))], np.int64)
    programs = language.programs(choices, places, compiled=compiled)
    functions = [(ARITIES[name], FUNCTIONS[name]) for name in ARITIES]
    made = values(programs, list(names.values()), functions)
    texts = [program(grammar, one) for one in drawn]
    for text, value in zip(texts, made, strict=True):
        formula = compile_expression(text, names=names, functions=FUNCTIONS, number=np.float64)
        assert value == formula(names), text
    assert len({*texts}) > 200 and sum("1e" in text for text in texts) > 20


def test_rules_for_classes_of_instances(tmp_path):
    grammar = read_grammar(Path(__file__).parents[2] / "grammars" / "classification.bnf")
    names = {f"x[{k}]": np.random.default_rng(k).random(50) for k in range(4)}
    operators = ("if", "and", "or", "not", "<", "<=", ">", ">=")
    language, reason = read_language(grammar, Vocabulary(tuple(names), {}, operators))
    assert language, reason
    growth = Growth(grammar)
    for i in range(200):
        choices = growth.grow(stream(3, i), 0, 4 + i % 9)
        array, places = np.array(choices, np.int32), np.array([0, len(choices)], np.int64)
        programs = language.programs(array, places, compiled=False)
        (value,) = values(programs, list(names.values()), [])
        text = program(grammar, choices)
        rows = [{name: column[k] for name, column in names.items()} for k in range(50)]
        one_by_one = compile_expression(text, names=names, functions={})
        assert np.array_equal(np.broadcast_to(value, 50), [one_by_one(row) for row in rows])
        at_once = compile_expression(text, names=names, functions={}, by_element=True)(names)
        assert np.array_equal(np.broadcast_to(at_once, 50), np.broadcast_to(value, 50))


@pytest.mark.parametrize(
    "grammar",
    [
        "<e> ::= <n> + x\n<n> ::= <d><n> | <d>\n<d> ::= 1 | 2\n",  # without an end
        "<e> ::= <n> + x\n<n> ::= <d><d><d><d><d>\n<d> ::= <int 0..9>\n",  # too many
        "<e> ::= <n> + x\n<n> ::= <d><d>\n<d> ::= 1 | z\n",  # no operands
        "<e> ::= <n> + x\n<n> ::= 0<d>\n<d> ::= 1 | 2\n",  # 01 is no number
        "<e> ::= <n><n> + x\n<n> ::= <d><d>\n<d> ::= 1 | 2\n",
        "<e> ::= <n>x\n<n> ::= <d><d>\n<d> ::= 1 | 2\n",
    ],
)
def test_operands_that_are_none(grammar, tmp_path):
    (tmp_path / "g.bnf").write_text(grammar)
    assert read_language(read_grammar(tmp_path / "g.bnf"), PLAIN)[0] is None
