import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from gegp import DSGE, GrammarError, read_grammar
from gegp.grammar.analysis import least_depth
from gegp.grammar.dialects.table import DIALECTS
from gegp.grammar.leftmost import depth, program
from gegp.grammar.membership import find_derivation
from gegp.grammar.reader import parse_grammar
from gegp.grammar.writers import write_grammar
from gegp.rng import stream

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "grammars").glob("*.bnf"))
RATES = [repr(float(rate)) for rate in np.linspace(0.0001, 0.1, 100)]

WARNINGS = {"autolr_authors.bnf": ["<var> is never reached from the start symbol <start>"]}
"""The authors of AutoLR left this rule in their grammar."""

DIALECTS_SHOWN = {"multiplexer.bnf": "ponyge", "parity.bnf": "ponyge"}
"""Grammars that count by GE_RANGE may show the dialect that has it."""

BEYOND = {
    ("autolr.bnf", "grape"): "'<' and '>' always enclose",
    ("autolr_authors.bnf", "grape"): "'<' and '>' always enclose",
    ("classification.bnf", "grape"): "'<' and '>' always enclose",
    ("decision_rules.bnf", "grape"): "'<' and '>' always enclose",
    ("string_match.bnf", "grape"): "blanks at the ends",
    ("string_match.bnf", "sge"): "blanks at the ends",
    ("synthesis_labels.bnf", "grape"): "'<' and '>' always enclose",
    ("synthesis_numbers.bnf", "grape"): "'<' and '>' always enclose",
    ("synthesis_places.bnf", "grape"): "'<' and '>' always enclose",
    ("synthesis_truths.bnf", "grape"): "'<' and '>' always enclose",
}
"""What other tools cannot read, and why."""


every_grammar = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)


def test_the_shipped_grammars():
    assert [path.stem for path in SHIPPED] == [
        "ant",
        "autolr",
        "autolr_authors",
        "boolean",
        "classification",
        "decision_rules",
        "multiplexer",
        "parity",
        "polynomials",
        "regression",
        "regression_constants",
        "regression_variables",
        "regression_x",
        "string_match",
        "synthesis_labels",
        "synthesis_numbers",
        "synthesis_places",
        "synthesis_truths",
    ]


@every_grammar
def test_its_dialect_is_detected_without_doubts(path, shipped):
    reading = shipped(path)
    assert reading.dialect == DIALECTS_SHOWN.get(path.name, "gegp")
    assert [warning.message for warning in reading.warnings] == WARNINGS.get(path.name, [])


@every_grammar
def test_it_prints_and_reads_as_itself(path, shipped):
    grammar = shipped(path).grammar
    assert parse_grammar(str(grammar)) == grammar


@every_grammar
def test_it_begins_with_its_source(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    comment = " ".join(lines[: next(i for i, line in enumerate(lines) if line[:1] != "#")])
    assert re.search(r"\b(19|20)\d\d\b", comment), "a paper has a year"
    assert max(map(len, lines)) <= 100


@every_grammar
def test_every_program_that_is_drawn_is_a_member(path, shipped):
    grammar = shipped(path).grammar
    representation = DSGE(grammar, init_depth=least_depth(grammar) + 5, max_depth=17)
    for seed in range(200):
        phenotype = representation.derive(representation.create(stream(seed))).phenotype
        choices = find_derivation(grammar, phenotype).choices
        assert choices is not None
        assert program(grammar, choices) == phenotype


@every_grammar
@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_can_be_written_for_other_tools(path, dialect, shipped):
    grammar = shipped(path).grammar
    if (path.name, dialect) in BEYOND:
        with pytest.raises(GrammarError, match=BEYOND[path.name, dialect]):
            write_grammar(grammar, dialect)
        return
    again = parse_grammar(write_grammar(grammar, dialect), dialect=dialect)
    assert again == grammar


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ant", "if_food_ahead(move, prog3(left, prog2(right, right), move))"),
        ("boolean", "if_(a0, if_(a1, d3, d1), if_(a1, d2, d0))"),
        ("boolean", "and_(nor(a0, d1), nand(not_(d2), or_(a1, d3)))"),
        (
            "classification",
            "(0 if x[2] <= 0.25 else (1 if (x[3] < 0.64 and not x[0] > 0.99) else 2))",
        ),
        ("regression", "(pdiv(x, y) - (sin(x) * plog(1.0)))"),
        ("regression_x", "(x + (x * (x + (x * (x + (x * x))))))"),
        ("string_match", "Hello world"),
        ("synthesis_labels", "(small if in0 < 1000 else (nothing if in0 < 2000 else large))"),
        ("synthesis_places", "((len(in0) - index(reverse(in0), 0)) - 1)"),
    ],
)
def test_known_programs_are_members(name, text):
    assert find_derivation(read_grammar(ROOT / f"grammars/{name}.bnf"), text).member


def constants(name, rule):
    grammar = read_grammar(ROOT / "grammars" / name)
    return [p.symbols[0].text for p in grammar.rules[grammar.index[rule]].productions]


def test_the_constants_of_the_paper():
    assert constants("autolr.bnf", "lr_const") == RATES
    assert constants("autolr.bnf", "ep_const") == [str(epoch) for epoch in range(1, 101)]


def test_the_constants_of_its_authors():
    assert constants("autolr_authors.bnf", "lr_const") == RATES
    assert constants("autolr_authors.bnf", "ep_const") == [str(epoch) for epoch in range(100)]


def test_the_grammar_of_the_paper_is_the_one_of_earlier_runs():
    digest = read_grammar(ROOT / "grammars/autolr.bnf").digest
    assert digest == "aa107125b0a16265cd169e3ec9584a96cf663f5d7672c76bb3a3f01d6ff5543a"


def test_policy_b_of_the_paper_is_a_program_of_its_authors_grammar():
    policy = runpy.run_path(str(ROOT / "tests/problems/autolr/conftest.py"))["POLICY_B"]
    grammar = read_grammar(ROOT / "grammars/autolr_authors.bnf")
    choices = find_derivation(grammar, policy).choices
    assert depth(grammar, choices) == 20
    assert program(grammar, choices) == policy


@pytest.mark.parametrize(
    ("variables", "name"), [(("x",), "regression_x"), (("x", "y"), "regression")]
)
def test_with_their_variables_it_is_the_grammar_of_one_or_two(variables, name):
    path = ROOT / "grammars/regression_variables.bnf"
    expected = read_grammar(ROOT / f"grammars/{name}.bnf")
    assert read_grammar(path, bindings={"variable": variables}) == expected
