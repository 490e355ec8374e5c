import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import LarkError

from gegp.grammar.analysis import is_cyclic, least_depth
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import depth, program
from gegp.grammar.membership import explain_failure, find_derivation
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream
from gegp.testing import grammars, seeds


def derivation(text, phenotype):
    return find_derivation(parse_grammar(text, dialect="gegp"), phenotype).choices


@pytest.mark.parametrize(
    ("grammar", "phenotype", "choices"),
    [
        ("<e> ::= x | y", "y", (1,)),
        ("<e> ::= x | (<e> + <e>)", "(x + (x + x))", (1, 0, 1, 0, 0)),
        ("<e> ::= ''", "", (0,)),
        # Ambiguous grammars: the first derivation in production order.
        ("<e> ::= <e>+<e> | x", "x+x+x", (0, 0, 1, 1, 1)),
        ("<e> ::= x | <e>+<e>", "x+x+x", (1, 0, 1, 0, 0)),
        ("<s> ::= <a> | <b>\n<a> ::= x\n<b> ::= x", "x", (0, 0)),
        ("<s> ::= <a><b>\n<a> ::= '' | x\n<b> ::= '' | x", "x", (0, 0, 1)),
        ("<s> ::= x | x", "x", (0,)),
        # Left recursion, hidden left recursion, empty productions.
        ("<e> ::= <e>a | b", "baaa", (0, 0, 0, 1)),
        ("<e> ::= <n><e>a | b\n<n> ::= ''", "baa", (0, 0, 0, 0, 1)),
        # Detours that change nothing are not taken.
        ("<e> ::= <e> | x", "x", (1,)),
        ("<a> ::= <b> | x\n<b> ::= <a> | y", "y", (0, 1)),
        ("<e> ::= <e><e> | '' | x", "xx", (0, 2, 2)),
        # White space counts.
        ("<e> ::= a  b", "a  b", (0,)),
    ],
)
def test_the_first_derivation_is_found(grammar, phenotype, choices):
    assert derivation(grammar, phenotype) == choices


@pytest.mark.parametrize(
    ("grammar", "phenotype", "reached", "expected"),
    [
        ("<e> ::= a  b", "a b", 0, ("a  b",)),
        ("<e> ::= x | y", "", 0, ("x", "y")),
        ("<e> ::= x | (<e> + <e>)", "(x - x)", 2, (" + ",)),
        ("<e> ::= x | (<e> + <e>)", "(x + x", 6, (")",)),
        ("<e> ::= x", "xx", 1, ()),
        ("<e> ::= x<e> | y", "xxxz", 3, ("x", "y")),
    ],
)
def test_of_a_text_that_is_no_program_it_is_known_how_far_it_went(
    grammar, phenotype, reached, expected
):
    membership = find_derivation(parse_grammar(grammar, dialect="gegp"), phenotype)
    assert not membership.member
    assert (membership.reached, membership.expected) == (reached, expected)


def test_the_failure_is_explained_with_its_place():
    grammar = parse_grammar("<e> ::= line\\n<e> | end")
    text = "line\nlune\nend"
    assert explain_failure(text, find_derivation(grammar, text)) == (
        "the text is no program of the grammar: line 2, column 1: "
        "expected 'line\\n', 'end', found 'lune\\nend'\n"
        "    lune\n"
        "    ^"
    )


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds)
def test_every_program_is_a_member_and_its_derivation_derives_it(grammar, seed):
    counts = DerivationCounts(grammar, least_depth(grammar) + seed % 3)
    choices = counts.draw(stream(seed))
    phenotype = program(grammar, choices)
    membership = find_derivation(grammar, phenotype)
    assert program(grammar, membership.choices) == phenotype
    assert depth(grammar, membership.choices) >= 1


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds)
def test_no_other_derivation_comes_before_the_one_that_is_found(grammar, seed):
    assume(not is_cyclic(grammar))
    counts = DerivationCounts(grammar, least_depth(grammar) + seed % 3)
    phenotype = program(grammar, counts.draw(stream(seed)))
    found = find_derivation(grammar, phenotype).choices
    for number in range(min(counts.total, 500)):
        other = counts.derivation(number)
        if program(grammar, other) == phenotype:
            assert found <= other


def lark_earley(grammar):
    """Lark's Earley parser over the same productions, as an oracle."""
    rules = []
    for i, rule in enumerate(grammar.rules):
        bodies = [
            " ".join(
                json.dumps(symbol.text) if symbol.terminal else f"r{grammar.index[symbol.text]}"
                for symbol in production.symbols
            )
            for production in rule.productions
        ]
        rules.append(f"r{i}: " + " | ".join(dict.fromkeys(bodies)))
    return Lark("\n".join(rules), start="r0", parser="earley", lexer="dynamic")


letters = st.sampled_from("ab")


@settings(deadline=None)
@given(data=st.data())
def test_membership_agrees_with_another_parser(data):
    names = ["<r0>", "<r1>"]
    body = st.lists(st.one_of(letters, st.sampled_from(names)), min_size=1, max_size=3).map("".join)
    bodies = [data.draw(st.lists(body, min_size=1, max_size=3)) for _ in names]
    text = "\n".join(
        f"{name} ::= {' | '.join([*bodies[i], letter])}"
        for i, (name, letter) in enumerate(zip(names, "ab", strict=True))
    )
    grammar = parse_grammar(text, dialect="gegp")
    phenotype = data.draw(st.text(letters, max_size=8))
    try:
        lark_earley(grammar).parse(phenotype)
        member = True
    except LarkError:
        member = False
    assert find_derivation(grammar, phenotype).member == member


@pytest.mark.parametrize(
    ("grammar", "phenotype"),
    [
        ("<e> ::= (<e>) | x", "(" * 5000 + "x" + ")" * 5000),
        ("<e> ::= a<e> | b", "a" * 5000 + "b"),
        ("<e> ::= <e>a | b", "b" + "a" * 5000),
    ],
    ids=["nested", "right", "left"],
)
def test_long_and_deep_programs_are_no_problem(grammar, phenotype):
    assert len(derivation(grammar, phenotype)) == 5001


BLOCKS = """\
<p> ::= def f(x):{:<s>:}
<s> ::= <l> | <s>{::}<l>
<l> ::= "if x < "<n>":"{:<s>:}else:{:<s>:} | return <n> | x += <n>
<n> ::= 1 | 2
"""


@settings(deadline=None)
@given(seed=seeds)
def test_python_blocks_are_understood_with_any_indentation(seed):
    grammar = parse_grammar(BLOCKS)
    choices = DerivationCounts(grammar, 6).draw(stream(seed))
    phenotype = program(grammar, choices)
    assert compile(phenotype, "program", "exec")
    assert find_derivation(grammar, phenotype).choices == choices
    for unit in ("  ", "\t", "   "):
        assert find_derivation(grammar, phenotype.replace("    ", unit)).choices == choices
    spaced = phenotype.replace("\n", "\n\n") + "\n"
    assert find_derivation(grammar, spaced).choices == choices


@pytest.mark.parametrize(
    "phenotype",
    [
        "def f(x):\nreturn 1",
        "def f(x):\n    return 1\n  x += 1",
        "def f(x):\n    return 1 x += 1",
        "def f(x):",
        "def f(x):\n    if x < 1:\n        return 1\n    x += 1",
    ],
)
def test_wrong_blocks_are_no_programs(phenotype):
    assert not find_derivation(parse_grammar(BLOCKS), phenotype).member


def test_blocks_that_could_be_nested_without_text_end_too():
    grammar = parse_grammar("<c> ::= <s> | <c>{::}<s>\n<s> ::= x = 1 | {:<c>:}", dialect="gegp")
    assert find_derivation(grammar, "x = 1").choices == (0, 0)
    assert find_derivation(grammar, "x = 1\n    x = 1").member
    assert not find_derivation(grammar, "x = 2").member


def test_the_first_derivation_of_blocks_is_the_first_in_production_order():
    text = "<s> ::= if:{:<a><b>:}\n<a> ::= xx | x\n<b> ::= x | xx"
    assert derivation(text, "if:\n    xxx") == (0, 0, 0)


def test_marks_that_change_nothing_end_too():
    grammar = parse_grammar("<s> ::= {::}<s> | x{:<s>:} | x")
    assert find_derivation(grammar, "x\n    x").member
