"""Derivations to postfix, against Python's own parser on the programs' text."""

import ast
import re
import warnings
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from gegp import InvalidProgram, read_grammar
from gegp.batch.language import read_language
from gegp.expressions import compile_expression
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.postfix import ARITHMETIC, OPERATORS, Vocabulary, values
from gegp.rng import stream


def one(a):
    return a * 0.5


def two(a, b):
    return a - 2.0 * b


def three(a, b, c):
    return a * b - c


FUNCTIONS = {"one": one, "two": two, "three": three}
ARITIES = {"one": 1, "two": 2, "three": 3}
NAMES = {"x": np.float64(0.75), "y": np.float64(-3.0)}
EVERYTHING = Vocabulary(("x", "y"), ARITIES, (*OPERATORS,)[1:])
PLAIN = Vocabulary(("x", "y"), ARITIES, ARITHMETIC)


def expected(text):
    """The value as compile_expression finds it for numbers of numpy, or None."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                node.value = np.float64(node.value)
            # A branch that is not taken is not called, so that Python says nothing.
            if isinstance(node, ast.Call) and len(node.args) != ARITIES.get(ast.unparse(node.func)):
                return None
        formula = compile_expression(tree, names=NAMES, functions=FUNCTIONS)
        return np.float64(formula(NAMES))
    except (SyntaxError, InvalidProgram):
        return None


def grammar_of(rules):
    """A grammar of lists of texts and of rules' numbers."""

    def symbol(part):
        return Symbol(part, True) if isinstance(part, str) else Symbol(f"r{part}", False)

    return Grammar(
        tuple(
            Rule(f"r{i}", tuple(Production(tuple(map(symbol, parts))) for parts in productions))
            for i, productions in enumerate(rules)
        )
    )


def found(language, choices):
    """The value of one program, by way of both translations to postfix."""
    array, places = np.array(choices, np.int32), np.array([0, len(choices)], np.int64)
    programs = language.programs(array, places, compiled=False)
    functions = [(ARITIES[name], FUNCTIONS[name]) for name in language.vocabulary.functions]
    (value,) = values(programs, list(NAMES.values()), functions)
    return None if value is None else np.float64(value)


def same(a, b):
    return (a is None and b is None) or np.array_equal(a, b, equal_nan=True)


TOKENS = [
    *("x", "y", "1", "2.5", ".5", "3.", "1e1", "(", ")", "(", ")", ",", "+", "-", "*", "/"),
    *("//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "if", "else"),
    *("one(", "two(", "three(", "one (", "(x)", "(x if y else 1)", "one(x)", "two(x, y)"),
]
SHAPES = [
    [0, " + ", 0],
    [0, " * ", 0],
    [0, "**", 0],
    [0, " % ", 0],
    ["-", 0],
    ["+ ", 0],
    ["not ", 0],
    ["(", 0, ")"],
    [0, " if ", 0, " else ", 0],
    [0, " < ", 0],
    [0, " == ", 0],
    [0, " and ", 0],
    [0, " or ", 0],
    ["one(", 0, ")"],
    ["two(", 0, ", ", 0, ")"],
    ["three(", 0, ",", 0, ",", 0, ")"],
    [0, " // ", 0],
    [0, " - ", 0],
    [0, " / ", 0],
]
LEAVES = [["x"], ["y"], ["1"], ["0.25"]]


def check(rules, seed, depth, vocabulary=EVERYTHING):
    """Whether there is a language; if so, that a program of it means what Python says."""
    grammar = grammar_of(rules)
    growth = Growth(grammar)
    language, reason = read_language(grammar, vocabulary)
    assert (language is None) == bool(reason)
    if language is None:
        return None
    choices = growth.grow(stream(seed), 0, max(depth, min(growth.depths[0])))
    text = program(grammar, choices)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        value = expected(text)
        assert same(found(language, choices), value), text
    return value


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.sampled_from(SHAPES), min_size=1, max_size=5),
    st.sampled_from(LEAVES),
    st.integers(0, 2**32),
    st.integers(1, 7),
)
def test_well_formed_shapes_mean_what_python_says(shapes, leaf, seed, depth):
    value = check([[*shapes, leaf]], seed, depth)
    event("no expression" if value is None else "an expression")


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(st.sampled_from(TOKENS), st.sampled_from([" ", "  "]), st.integers(0, 2)),
            max_size=6,
        ),
        min_size=3,
        max_size=6,
    ),
    st.integers(0, 2**32),
    st.booleans(),
)
def test_any_tokens_mean_what_python_says(productions, seed, spaced):
    last = [[" ", *parts] if spaced else parts for parts in productions]
    rules = [[part, ["x"]] for part in last[:2]] + [[*last[2:], ["y"]]]
    event(f"value: {type(check(rules, seed, 6)).__name__}")


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=12))
def test_any_sequence_of_tokens_means_what_python_says(tokens):
    grammar = grammar_of([[[" ".join(tokens)]]])
    language, _ = read_language(grammar, EVERYTHING)
    assume(language is not None)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert same(found(language, (0,)), expected(" ".join(tokens)))


@pytest.mark.parametrize(
    "text",
    [
        "-x ** 2",
        "2 ** -x ** 2",
        "2 ** 3 ** 2",
        "x - y - 1",
        "x / y / 2 * 3",
        "-x * -y",
        "- - x",
        "not x < y",
        "not not x",
        "x if y else 1 if x else 2",
        "(x if y else 1) if x else 2",
        "1 if not x < y and y < x or x else 2",
        "x or y and 0",
        "two(x if y else 1, -x) + 1",
        "three(1, two(2, 3), one(4)) ** 2",
        "x < y < 1",
        "x if y if x else 1 else 2",
        "x +",
        "x y",
        "x 1",
        "(x",
        "x)",
        "()",
        "x, y",
        "(x, y)",
        "two(x)",
        "two(x, y, x)",
        "one()",
        "one(*x)",
        "x < not y",
        "- not y",
        "x if y",
        "x else y",
        "x (y)",
        "(x)(y)",
        "1 (y)",
        "",
        "x //  0",
        "x % 0",
        "-x % 2 - 7 // y",
    ],
)
def test_precedence_is_pythons(text):
    check([[[text]]], 0, 1)
    # The words apart, so that every border is one between two parts of a derivation.
    words = text.split(" ")
    parts = [part for i in range(len(words)) for part in (" ", i + 1)]
    check([[parts], *([[word]] for word in words)], 0, 2)


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        ("<e> ::= 0.<d><d>\n<d> ::= 1 | 2\n", "can stand side by side"),
        ("<e> ::= <v><v>\n<v> ::= x | y\n", "can stand side by side"),
        ("<e> ::= x <o><o> y\n<o> ::= * | +\n", "'*' and '*' can stand side by side"),
        ('<e> ::= x <o>"=" y\n<o> ::= + | -\n', "'=' is not known"),
        ('<e> ::= x <a><a> y\n<a> ::= "+" | "*" | ""\n', "'*' and '*' can stand side by side"),
        ("<e> ::= z | x\n", "'z' is not known"),
        ("<e> ::= x[0]\n", "is not known"),
        ("<e> ::= x == y\n", "'==' is not known"),
        ("<e> ::= x and y\n", "'and' is not known"),
        ("<e> ::= 'x'\n", None),
        ("<e> ::= \"'x'\"\n", '"\'" is not known'),
        ("<e> ::= 01 | x\n", "01 is no number"),
        ("<e> ::= 0x10 | x\n", "'x10' is not known"),
        ("<e> ::= 1_000 | x\n", "'_000' is not known"),
        ("<e> ::= 1j | x\n", "'j' is not known"),
        ("<e> ::= (one)(x)\n", "the function one can stand before '\\)'"),
        ("<e> ::= one(x,)\n", "a comma can stand before a closing"),
        ("<e> ::= one(<a>)\n<a> ::= x, | x\n", "a comma can stand before a closing"),
        ("<e> ::= " + "9" * 400 + " | x\n", "is no number"),
        ("<e> ::= one(x=1)\n", "'=' is not known"),
        ("<e> ::= lambda | x\n", "'lambda' is not known"),
    ],
)
def test_other_grammars_have_no_language(grammar, reason, tmp_path):
    (tmp_path / "g.bnf").write_text(grammar)
    language, found = read_language(read_grammar(tmp_path / "g.bnf"), PLAIN)
    if reason is None:
        assert language and not found
        return
    assert language is None
    assert re.search(reason.replace("*", r"\*"), found), found


def test_a_vocabulary_has_to_be_one():
    grammar = grammar_of([[["x"]]])
    assert "x is a variable and a" in read_language(grammar, Vocabulary(("x",), {"x": 1}))[1]
    assert "no arguments" in read_language(grammar, Vocabulary(("x",), {"f": 0}))[1]
    blocks = Grammar(grammar.rules, blocks=True)
    assert "blocks" in read_language(blocks, PLAIN)[1]


def test_compiled_translation_is_the_same(tmp_path):
    pytest.importorskip("numba")
    bracketed = [["(", *shape, ")"] for shape in SHAPES if shape[0] == 0]
    shapes = [*bracketed, *SHAPES, ["(", 0, " ", 0, ")"], *LEAVES]
    grammar = grammar_of([shapes])
    language, _ = read_language(grammar, EVERYTHING)
    growth = Growth(grammar)
    drawn = [growth.grow(stream(1, i), 0, 1 + i % 16) for i in range(3000)]
    choices = np.array([c for one in drawn for c in one], np.int32)
    places = np.array([0, *accumulate(map(len, drawn))], np.int64)
    plain = language.programs(choices, places, compiled=False)
    fast = language.programs(choices, places, compiled=True)
    for a, b in zip(plain, fast, strict=True):
        assert a.dtype == b.dtype and np.array_equal(a, b)
    lengths = np.diff(plain.places)
    assert (lengths == 0).sum() > 300 and (lengths > 20).sum() > 100
    empty = language.programs(choices[:0], places[:1], compiled=True)
    assert len(empty) == 0
