"""Which dialect a file is found to be in, why, and when that is in doubt."""

import pytest

from gegp import GrammarError
from gegp.errors import SettingsError
from gegp.grammar.reader import parse_grammar, read_text

PATTERNS = """\
# Patterns over two letters
<pattern> ::= <letter> | <letter> "|" <pattern>
<letter> ::= a | b
    | (?"<"=<letter>)   # looks behind
"""
DATASET = """\
<e> ::= (<e> - <e>)
    | x[<column>]
<column> ::= GE_RANGE:dataset_n_vars
"""
LAYERS = """\
<layer> ::= layer:conv filters:<n> act:'relu' <bias> | layer:pool size:<n>
<bias> ::= bias:"yes" | None
<n> ::= 2 | 4
"""
CONDITION = "<c> ::= if x[<i>] \\le <i> : | <c> \\eb <c>\n<i> ::= 0 | 1\n"
CALLS = "<call> ::= act('relu', <n>)\n    | act('tanh', <n>)\n<n> ::= 1 | 2\n"
TOKENS = "<sum> ::= <term> '+' <sum> | <term>\n<term> ::= \"x\" | '(' <sum> ')'\n"
WEIGHTED = "<e> ::= <e> * <e> | x %4\n"
RATES = "<rate> ::= <float 1e-5..0.1 steps 50 log>\n"
REPEATED = "sum ::= term ('+' term)*\nterm ::= [0-9]+ | '(' sum ')'\n"
LOOP = "<code> ::= for i in x:{:<code>:} | y = i\n"
BINDINGS = {"dataset_n_vars": 3}

TYPICAL = [
    (PATTERNS, "x.bnf", "gegp", "quotes protect what they hold in line 2"),
    (DATASET, "x.bnf", "ponyge", "GE_RANGE in line 3"),
    (LAYERS, "x.bnf", "sge", "None for the empty text in line 2"),
    (CALLS.replace("\n    |", " |"), "x.bnf", "sge", "quotes that protect nothing in line 1"),
    (CONDITION, "x.bnf", "sge", "a backslash word such as \\le in line 1"),
    (CONDITION, "x.pybnf", "sge", "a backslash word such as \\le in line 1"),
    (CALLS, "x.bnf", "grape", "quotes that protect nothing in line 1"),
    (TOKENS, "x.bnf", "alogos", "every terminal is quoted, needed or not, and blanks separate"),
    (WEIGHTED, "x.bnf", "gegp", "a weight in line 1"),
    (RATES, "x.bnf", "gegp", "a number range in line 1"),
    (LOOP, "x.bnf", "gegp", "a mark of Python blocks in line 1"),
    (REPEATED, "x.bnf", "ebnf", "the names of its rules have no brackets"),
    (REPEATED, "x.ebnf", "ebnf", "its name ends in .ebnf"),
    ("<e> ::= x\n", "x.bnf", "gegp", "the default, and nothing in the file speaks for another"),
    ("<e> ::= x\n | y\n", "x.bnf", "gegp", "a rule goes on in line 2"),
    ("<e> ::= x # the only one\n", "x.bnf", "gegp", "a comment in line 1"),
]


@pytest.mark.parametrize(("text", "source", "dialect", "reason"), TYPICAL)
def test_a_typical_file_is_known_by_a_sign(text, source, dialect, reason):
    reading = read_text(text, source, bindings=BINDINGS)
    assert (reading.dialect, reading.reason) == (dialect, reason)
    doubtful = "undecided" in [warning.kind for warning in reading.warnings]
    assert doubtful == (text == TOKENS)  # somebody may have quoted everything
    assert reading.grammar == read_text(text, source, dialect=dialect, bindings=BINDINGS).grammar


@pytest.mark.parametrize(
    "text",
    [
        '# policy\n<p> ::= "if " <c> " then " <p> | "x"\n<c> ::= "a" | "b"\n',
        '<e> ::= "if" <c> "then" <e> | "x" # comment\n<c> ::= "true" | "false"\n',
        '<e> ::= "if" <c> | " "\n<c> ::= "true"\n',
    ],
)
def test_comments_and_quoted_blanks_do_not_speak_for_alogos(text):
    assert read_text(text).dialect == "gegp"


@pytest.mark.parametrize(
    ("text", "able"),
    [
        ("<a> ::= <b> |\n<b> ::= x\n", "ponyge, sge, grape, alogos"),
        ("<a> ::= x\n<a> ::= y\n", "sge, alogos"),
    ],
)
def test_the_dialects_that_could_read_a_file_with_defects_are_named(text, able):
    with pytest.raises(GrammarError, match=f"; without defects in: {able}$"):
        read_text(text)


def test_names_with_blanks_are_a_sign():
    text = "<my rule> ::= <other rule> | x\n<other rule> ::= y\n"
    assert read_text(text).dialect in ("sge", "alogos")


def test_a_dialect_that_is_asked_for_is_not_looked_for():
    reading = read_text(CALLS, dialect="ponyge")
    assert (reading.dialect, reading.reason) == ("ponyge", "as it was asked for")
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("<e> ::= (<e> + <e>) | x\n", "x.bnf"),
        ("<e> ::= < | ≤ | > | ≥\n", "x.bnf"),
        ("# a comment in column 0\n<e> ::= x\n", "x.bnf"),
        ("<e> ::= x\\d | y\n", "x.bnf"),
        ("<e> ::= x\\ny | z\n", "x.pybnf"),
        (LOOP, "x.pybnf"),
    ],
)
def test_dialects_that_agree_leave_no_doubt(text, source):
    assert read_text(text, source).warnings == ()


def test_a_file_that_the_default_cannot_read_is_refused_with_the_way_to_choose_another():
    text = "<e> ::= don't | x\n"
    with pytest.raises(GrammarError, match="nothing in the file speaks for another; --dialect"):
        read_text(text)
    assert read_text(text, dialect="sge").warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "<op> ::= '+' | '-'\n",
        '<op> ::= "a b" | c\n',
        "<op> ::= a#b | c\n",
        "<op> ::= a\\tb | c\n",
    ],
)
def test_even_evidence_for_different_meanings_is_a_doubt(text):
    reading = read_text(text, "my.bnf")
    (shown,) = reading.format_warnings()
    assert reading.dialect == "gegp"
    assert shown.startswith("my.bnf:1:1: read in the gegp dialect, but it would mean something")
    assert "else in sge" in shown
    assert "--dialect" in shown
    assert read_text(text, "my.bnf", dialect="gegp").warnings == ()


def test_strong_signs_outweigh_weak_ones():
    assert read_text(LAYERS.replace("| None", "| None # none")).dialect == "sge"
    assert read_text("<e> ::= x # a <b> 'c'\n    | 'd|e' | None\n").dialect == "gegp"


def test_a_rule_over_several_lines_excludes_sge():
    with pytest.raises(GrammarError, match="read in the grape dialect"):
        read_text("<e> ::= f('x') |\n  < | None\n")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize(
    "text", [PATTERNS, LAYERS, CALLS, TOKENS, WEIGHTED, REPEATED], ids=range(6)
)
def test_line_ends_and_byte_order_marks_change_nothing(text, end):
    expected = read_text(text, "my.bnf")
    reading = read_text("\ufeff" + text.replace("\n", end), "my.bnf")
    assert (reading.dialect, reading.reason) == (expected.dialect, expected.reason)
    assert reading.grammar == expected.grammar


def test_an_unknown_dialect_is_refused_with_those_that_exist():
    with pytest.raises(SettingsError, match="no dialect 'ponyeg'; did you mean 'ponyge'"):
        parse_grammar("<e> ::= x", dialect="ponyeg")
    with pytest.raises(SettingsError, match="there are: gegp, ponyge, sge, grape, alogos, ebnf"):
        parse_grammar("<e> ::= x", dialect="yaml")
