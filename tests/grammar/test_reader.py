import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gegp import GrammarError, read_grammar
from gegp.grammar.reader import parse_grammar
from gegp.testing import grammars

ROOT = Path(__file__).parents[2]

FIGURE_4 = """\
<expr> ::= if_func(<logic_expr>, <expr>, <expr>) | <lr_const>
<logic_expr> ::= learning_rate <logic_op> <lr_const> | epoch <logic_op> <ep_const>
<logic_op> ::= < | ≤ | > | ≥
<lr_const> ::= 0.0001 | 0.1
<ep_const> ::= 1 | 2 | 100
"""


def language(text, rule=0):
    """The productions of a rule as text, non-terminals in brackets."""
    productions = parse_grammar(text).rules[rule].productions
    return [
        "".join(s.text if s.terminal else f"<{s.text}>" for s in production.symbols)
        for production in productions
    ]


def test_figure_4_reads_as_printed():
    grammar = parse_grammar(FIGURE_4)
    assert [rule.name for rule in grammar.rules] == [
        "expr",
        "logic_expr",
        "logic_op",
        "lr_const",
        "ep_const",
    ]
    assert language(FIGURE_4, 2) == ["<", "≤", ">", "≥"]
    assert language(FIGURE_4, 0) == ["if_func(<logic_expr>, <expr>, <expr>)", "<lr_const>"]
    assert language(FIGURE_4, 1)[0] == "learning_rate <logic_op> <lr_const>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a> ::= x", ["x"]),
        ("<a>::=x|y", ["x", "y"]),
        ("  <a> ::= x  |  y  ", ["x", "y"]),
        ("<a> ::= x\n  | y\n  | z", ["x", "y", "z"]),
        ("<a> ::= x |\n  y", ["x", "y"]),
        ("<a> ::= x\n    y", ["x\n    y"]),
        ("<a> ::= x y  z", ["x y  z"]),
        ("<a> ::= < | <= | > | >= | <> ", ["<", "<=", ">", ">=", "<>"]),
        ("<a> ::= x < y", ["x < y"]),
        ("<a> ::= '' | \"\"", ["", ""]),
        ("<a> ::= \" x \" | 'a|b'", [" x ", "a|b"]),
        ('<a> ::= (x "|" y) | (?"<"=z)', ["(x | y)", "(?<=z)"]),
        ('<a> ::= "it\'s"', ["it's"]),
        ("<a> ::= x # don't | y\n # it's a comment\n  | z", ["x", "z"]),
        ('<a> ::= "#" | x#y', ["#", "x"]),
        (r"<a> ::= a\tb | 'c\n' | \\ | \'", ["a\tb", "c\n", "\\", "'"]),
        (r"<a> ::= \d+ | é\x41", [r"\d+", "éA"]),
        ("<a> ::= a:b | ::", ["a:b", "::"]),
        ("\ufeff<a> ::= x\r\n  | y\r\n", ["x", "y"]),
        ("# only a comment first\n\n<a> ::= x", ["x"]),
        ("<a> ::= x | x", ["x", "x"]),
        ("<elementary-RE> ::= <0_9>\n<0_9> ::= x", ["<0_9>"]),
    ],
)
def test_reads(text, expected):
    assert language(text) == expected


DEFECTS = [
    ("", "1:1", "empty grammar", "<name> ::= alternative"),
    ("x\n<a> ::= y", "1:1", "text before the first", "<name> ::="),
    ("| y\n<a> ::= y", "1:1", "text before the first", "<name> ::="),
    ("<a> ::= <b>", "1:9", "<b> is used and never defined", "define it"),
    ("<abc> ::= x <abd>", "1:13", "<abd> is used and never defined", "did you mean <abc>?"),
    ("<a> ::= x\n<a> ::= y", "2:1", "<a> is defined twice, first in line 1", "join"),
    ("<a> ::= x | <b y", "1:13", "closing '>'", "quote"),
    ("<a> ::= 'x", "1:9", "closing quote", "other kind of quotes"),
    ("<a> ::= x |", "1:11", "empty alternative of <a>", '""'),
    ("<a> ::= | x", "1:1", "empty alternative of <a>", '""'),
    ("<a> ::=", "1:1", "empty alternative of <a>", '""'),
    ("<a> ::= x | # nothing\n", "1:11", "empty alternative of <a>", '""'),
    ("<a> ::= <a> x", "1:1", "<a> can never end", "add an alternative"),
    ("<a> ::= x | <b>\n<b> ::= <c>\n<c> ::= <b>", "2:1", "<b> can never end", "add"),
    ("<a> ::= x\nb ::= y", "2:3", "'::=' only after", "beginning of a line"),
    ("<a> ::= x <a> ::= y", "1:15", "'::=' only after", "beginning of a line"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), DEFECTS)
def test_defects_are_shown_with_place_caret_and_hint(text, place, message, hint):
    with pytest.raises(GrammarError) as caught:
        parse_grammar(text, source="my.bnf")
    first, line, caret, advice = str(caught.value).split("\n")[:4]
    assert first.startswith(f"my.bnf:{place}: ")
    assert message in first
    assert caret.index("^") == 4 + int(place.split(":")[1]) - 1
    assert line == "    " + text.split("\n")[int(place.split(":")[0]) - 1]
    assert advice.startswith("    hint: ")
    assert hint in advice


def test_all_defects_of_a_file_are_shown_in_one_go():
    with pytest.raises(GrammarError) as caught:
        parse_grammar("<a> ::= <b> | 'x\n<a> ::= <c\n")
    places = [line for line in str(caught.value).split("\n") if line.startswith("<grammar>:")]
    assert [place.split(":")[1] for place in places] == ["1", "1", "2", "2"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GrammarError, match=r"nowhere\.bnf: there is no such grammar file"):
        read_grammar(tmp_path / "nowhere.bnf")


def test_a_file_that_is_no_text_is_named(tmp_path):
    file = tmp_path / "binary.bnf"
    file.write_bytes(b"<a> ::= \xff\xfe")
    with pytest.raises(
        GrammarError, match=r"binary\.bnf:1:9: expected UTF-8 text, found the byte 0xff"
    ):
        read_grammar(file)


@given(grammars())
def test_a_printed_grammar_reads_as_the_same_grammar(grammar):
    assert parse_grammar(str(grammar)) == grammar
    assert parse_grammar(str(grammar)).digest == grammar.digest


@given(st.one_of(st.text(), st.text("<>ab:=|\"'#\\ \n\t%").map("<a> ::= ".__add__)))
@example("<a> ::= \ud800")
def test_any_text_is_a_grammar_or_a_grammar_error(text):
    with contextlib.suppress(GrammarError):
        parse_grammar(text)


def test_the_paper_grid_of_learning_rates():
    import numpy as np

    rates = read_grammar(ROOT / "grammars/autolr.bnf").rules[3]
    assert [float(str(production)) for production in rates.productions] == list(
        np.linspace(0.0001, 0.1, 100)
    )
    assert [str(production) for production in rates.productions] == [
        repr(float(value)) for value in np.linspace(0.0001, 0.1, 100)
    ]
