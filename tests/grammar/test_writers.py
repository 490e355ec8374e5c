import contextlib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gegp.errors import GrammarError, SettingsError
from gegp.grammar.blocks import has_blocks
from gegp.grammar.dialects.table import DIALECTS
from gegp.grammar.membership import find_derivation
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.grammar.reader import parse_grammar, read_text
from gegp.grammar.writers import write_grammar
from gegp.testing import grammars

NASTY = (
    *("|", "<", ">", "#", "'", '"', "\\", "%", "/", "*", " ", "\n", "\t", "\r", "\xa0", "\u2028"),
    *("None", "GE_RANGE:5", "GE_RANGE:n", "::=", "::", "=", "<a>", "<r0>", "<int 1..9>", " %3"),
    *("{:", ":}", "{::}", "{", "}", "#xA", "\\n", "\\x41", "\\le", "/*", "*/", "[a-z]", "{2,5}"),
    *("x", "0", "é", "≤", "😀", "\x00", "\x1c", "\x7f", "\x85", "\ufeff", "\ud800"),
)
texts = st.lists(st.sampled_from(NASTY), min_size=1, max_size=5).map("".join)


@st.composite
def nasty_grammars(draw):
    """Grammars with terminals that dialects read as something else, with weights and blocks."""
    weights = st.sampled_from((1.0, 1.0, 1.0, 3.0, 0.5, 1e-7, 1e20))
    weighted = draw(st.booleans())
    rules = [
        Rule(
            rule.name,
            tuple(
                Production(
                    tuple(replace(s, text=draw(texts)) if s.terminal else s for s in one.symbols),
                    draw(weights) if weighted else 1.0,
                )
                for one in rule.productions
            ),
        )
        for rule in draw(grammars()).rules
    ]
    marks = any(has_blocks(text) for text in terminals(rules))
    return Grammar(tuple(rules), blocks=marks and draw(st.booleans()))


def terminals(rules):
    return [s.text for rule in rules for p in rule.productions for s in p.symbols if s.terminal]


def one_terminal(text, **settings):
    return Grammar((Rule("a", (Production((Symbol(text, terminal=True),)),)),), **settings)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(grammar=st.one_of(grammars(), nasty_grammars()))
@example(grammar=one_terminal("{::=", blocks=True))
@example(grammar=one_terminal("{::=:}", blocks=False))
def test_a_written_grammar_reads_as_the_same_grammar_or_is_refused(dialect, grammar):
    text = None
    with contextlib.suppress(GrammarError):
        text = write_grammar(grammar, dialect)
    assert text is None or read_text(text, dialect=dialect).grammar == grammar


@pytest.mark.parametrize("dialect", ["gegp", "ponyge", "ebnf"])
@given(text=st.one_of(st.text(min_size=1), texts))
def test_three_dialects_hold_every_terminal(dialect, text):
    grammar = one_terminal(text)
    assert parse_grammar(write_grammar(grammar, dialect), dialect=dialect) == grammar


@given(grammar=nasty_grammars())
def test_the_gegp_dialect_holds_every_grammar(grammar):
    assert parse_grammar(write_grammar(grammar, "gegp"), dialect="gegp") == grammar


@given(grammar=nasty_grammars())
def test_text_for_ponyge_means_the_same_in_gegp(grammar):
    grammar = replace(
        grammar,
        rules=tuple(
            replace(rule, productions=tuple(replace(p, weight=1.0) for p in rule.productions))
            for rule in grammar.rules
        ),
    )
    text = write_grammar(grammar, "ponyge")
    assert parse_grammar(text, dialect="gegp") == grammar
    assert text.isascii()  # PonyGE2 garbles anything else


WRITTEN = {
    "gegp": """\
<e> ::= (<e>"|"<e>) | <v> = 0 | ""
<v> ::= x[<int 0..1>] | ≤
""",
    "ponyge": """\
<e> ::= (<e>"|"<e>) | <v> = 0 | ""
<v> ::= x[<int_0..1>] | "\\u2264"
<int_0..1> ::= 0 | 1
""",
    "alogos": """\
<e> ::= "(" <e> "|" <e> ")" | <v> " = 0" | ""
<v> ::= "x[" <int_0..1> "]" | "≤"
<int_0..1> ::= "0" | "1"
""",
    "ebnf": """\
e ::= "(" e "|" e ")" | v " = 0" | ""
v ::= "x[" int_0..1 "]" | "≤"
int_0..1 ::= "0" | "1"
""",
}


@pytest.mark.parametrize("dialect", WRITTEN)
def test_what_is_written(dialect):
    assert write_grammar(parse_grammar(WRITTEN["gegp"]), dialect) == WRITTEN[dialect]


@pytest.mark.parametrize(
    ("dialect", "empty"), [("sge", "<a> ::= x | None"), ("grape", "<a> ::= x |")]
)
def test_the_empty_text_without_quotes(dialect, empty):
    assert write_grammar(parse_grammar('<a> ::= x | ""'), dialect) == empty + "\n"


@pytest.mark.parametrize(
    ("dialect", "text", "written"),
    [
        ("ponyge", "it's", '"it\'s"'),
        ("ponyge", 'say "x"', r'"say \x22x\x22"'),
        ("ponyge", "{:d}", r'"{\x3ad}"'),
        ("ponyge", "::=", r'":\x3a="'),
        ("alogos", 'say "x"', "'say \"x\"'"),
        ("alogos", 'it\'s "x"', '"it" "\'" \'s "x"\''),
        ("ebnf", "x\ny\t", '"x" #xA "y" #x9'),
        ("ebnf", "\ud800", "#xD800"),
        ("sge", "a <= b", "a <= b"),
        ("sge", '"x" # \\n', '"x" # \\n'),
        ("grape", "'x' # \\n", "'x' # \\n"),
    ],
)
def test_how_a_terminal_is_written(dialect, text, written):
    assert write_grammar(one_terminal(text), dialect).split("::= ")[1].strip() == written


@pytest.mark.parametrize("dialect", ["ponyge", "sge", "grape", "alogos", "ebnf"])
def test_number_ranges_get_names_of_their_own_and_the_same_language(dialect):
    text = "<a> ::= <int_1..9> <int 1..9> <float -1e-5..1e+5 steps 3>\n<int_1..9> ::= x"
    grammar = parse_grammar(text)
    again = parse_grammar(write_grammar(grammar, dialect), dialect=dialect)
    assert [rule.name for rule in again.rules] == [
        "a",
        "int_1..9",
        "int_1..9_2",
        "float_-1e-5..1e_5_steps_3",
    ]
    assert [rule.productions for rule in again.rules[1:]] == [
        rule.productions for rule in grammar.rules[1:]
    ]
    assert find_derivation(again, "x 7 -1e-05").choices == (0, 0, 6, 0)


def test_everything_that_a_dialect_cannot_hold_is_named():
    grammar = parse_grammar(
        '<a> ::= "x|y" | <b+> < <c>\n<b+> ::= " x" | None %3\n<c> ::= "x\\ny" | ok\n'
    )
    with pytest.raises(GrammarError) as caught:
        write_grammar(grammar, "sge")
    assert str(caught.value).split("\n") == [
        "sge cannot hold this grammar:",
        "    <a>, alternative 1: 'x|y': '|' always separates alternatives",
        "    <a>, alternative 2: ' < ': "
        "SGE loses '<' and '>' in alternatives with names; give it a rule of its own",
        "    <b+>, alternative 1: ' x': blanks at the ends of an alternative are dropped",
        "    <b+>, alternative 2: the weight 3: only gegp has weights",
        "    <b+>, alternative 2: 'None': None alone is read as the empty text",
        "    <c>, alternative 1: 'x\\ny': there is no way to write a line break",
        "    hint: gegp can; or change what is named here",
    ]


@pytest.mark.parametrize(
    ("dialect", "text", "reason"),
    [
        ("ponyge", "<a> ::= x %2", "the weight 2: only gegp has weights"),
        ("sge", '<a> ::= "<b>"', "'<b>': this '<' begins the name of a non-terminal"),
        ("sge", '<a> ::= "::="', "'::=' always follows the name of a rule"),
        ("sge", '<a> ::= "x\\r"', "there is no way to write a line break"),
        ("sge", "<a> ::= if{:x:}", "marks of Python blocks would be read as text"),
        ("grape", "<a> ::= <", "'<' and '>' always enclose the name of a non-terminal"),
        ("grape", '<a> ::= "x  y"', "white space is always read as one blank"),
        ("grape", '<a> ::= "x\\ty"', "white space is always read as one blank"),
        ("grape", "<a+> ::= x", "<a+>: rename this rule; a name may hold letters, digits and"),
        ("alogos", '<a> ::= "x\\n"', "there is no way to write a line break"),
        ("alogos", r'<a> ::= "\ud800"', "a lone surrogate cannot be stored in a file"),
        ("ebnf", "<1a> ::= x", "<1a>: rename this rule; a name may hold letters, digits and"),
        ("ebnf", "<a> ::= {:x", "'{:x': marks of Python blocks would be read as text"),
    ],
)
def test_what_a_dialect_cannot_hold(dialect, text, reason):
    with pytest.raises(GrammarError) as caught:
        write_grammar(parse_grammar(text), dialect)
    assert reason in str(caught.value)


def test_the_hint_names_the_dialects_that_can():
    with pytest.raises(GrammarError, match="hint: gegp and ponyge and ebnf can;"):
        write_grammar(one_terminal("x|y\n"), "sge")


def test_an_unknown_dialect_is_named():
    with pytest.raises(SettingsError, match="no dialect 'yaml'; there are: gegp, ponyge, sge"):
        write_grammar(one_terminal("x"), "yaml")
