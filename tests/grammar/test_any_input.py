"""Whatever is given to the readers, they give a grammar or a GrammarError with a place."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gegp import GrammarError
from gegp.grammar.dialects.table import DIALECTS
from gegp.grammar.reader import parse_grammar, read_bytes, read_text

WAYS = [(None, f"x.{ending}") for ending in ("bnf", "pybnf", "ebnf")]
WAYS += [(name, "x.bnf") for name in DIALECTS] + [("sge", "x.pybnf")]

VALID = [
    "<a> ::= (<a> + <b>) %2 | <b>\n<b> ::= <int 1..3> | x<float 0..1 steps 2> # c\n",
    "<a> ::= <b>\n  | '<' <b> \"|\" \\t\n<b> ::= GE_RANGE:2 | {:x:}\n",
    "# c\n<a> ::= 'x' <b> | None\n<b> ::= p \\le q \\eb | \n",
    "<a> ::= f('x', <b>)\n  | g(  y )\n<b> ::= | 1\n",
    "<a> ::= 'x' <my b> \"\"\n<my b> ::= y '|'\n<a> ::= z\n",
    "a ::= ('x' | b)* [a-c0] #x41? /* c */\nb ::= 'y'{2,3}\n",
]
SIGNS = ["::=", "<", ">", "|", "'", '"', "\\", "#", "%", "\n", "\r", "\0", "\ufeff", "\u2028"]
SIGNS += ["<b>", "{:", ":}", "(", ")", "[", "]", "{", "}", "*", "/*", "*/", " ", "\t", "≤", "None"]


@st.composite
def damaged(draw):
    """A valid grammar with a few pieces taken out, put in or repeated."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(start + 8, len(text))))
        piece = draw(st.sampled_from(["", text[start:end] * 2, *SIGNS]) | st.text(max_size=2))
        text = text[:start] + piece + text[end:]
    return text


def read_or_refuse(read, given, dialect, source):
    """Reads something in one way, and looks at what comes out of it."""
    try:
        reading = read(given, source, dialect=dialect)
    except GrammarError as error:
        message = str(error)
    else:
        reading.format_warnings()
        assert parse_grammar(str(reading.grammar), dialect="gegp") == reading.grammar
        return
    assert re.match(rf"{re.escape(source)}:[1-9]\d*:[1-9]\d*: ", message)
    assert "\n    hint: " in message


@pytest.mark.parametrize(("dialect", "source"), WAYS)
@settings(max_examples=50)
@given(text=damaged() | st.text() | st.text("<>ab:=|\"'#\\ \n\t%()[]{}*").map("<a> ::= ".__add__))
@example(text="<a> ::= \ud800 | <\udfff>\n<\udfff> ::= '\ud83d\ude00' \\ud800")
@example(text="a ::= '\ud800' [\ud800\udfff] #xD800")
def test_any_text(text, dialect, source):
    read_or_refuse(read_text, text, dialect, source)


@pytest.mark.parametrize(("dialect", "source"), WAYS)
@settings(max_examples=30)
@given(data=st.binary() | damaged().map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes(data, dialect, source):
    read_or_refuse(read_bytes, data, dialect, source)


@pytest.mark.parametrize(("dialect", "source"), WAYS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be", "latin-1"])
def test_any_encoding(encoding, dialect, source):
    for text in VALID:
        for end in ("\n", "\r\n", "\r"):
            data = text.replace("\n", end).replace("c", "é").encode(encoding)
            read_or_refuse(read_bytes, data, dialect, source)


def test_nul_bytes_are_text():
    grammar = read_bytes(b"<a> ::= x\0y | \0", "x.bnf").grammar
    assert [one.symbols[0].text for one in grammar.rules[0].productions] == ["x\0y", "\0"]


def test_the_place_of_a_wrong_byte_counts_neither_byte_order_mark_nor_carriage_returns():
    for data in (b"\xef\xbb\xbf<a>\xff", b"<a>\xff"):
        with pytest.raises(GrammarError, match=r"^my\.bnf:1:4: expected UTF-8 text"):
            read_bytes(data, "my.bnf")
    for end in (b"\n", b"\r\n", b"\r"):
        with pytest.raises(GrammarError, match=r"^my\.bnf:3:2: expected UTF-8 text"):
            read_bytes(b"<a>" + end + end + b"x\xff", "my.bnf")


DEEP = 5000
NESTED = {
    "brackets": "<a> ::= " + "(" * DEEP + "x" + ")" * DEEP,
    "signs": "<a> ::= " + "{" * DEEP + "<" * DEEP + " x " + ">" * DEEP + "}" * DEEP,
    "rules": "".join(f"<a{i}> ::= (<a{i + 1}>)\n" for i in range(999)) + "<a999> ::= x\n",
}
NESTED_GROUPS = {
    "groups": "a ::= " + "(" * DEEP + "'x'" + ")" * DEEP,
    "choices": "a ::= " + "('y' | " * DEEP + "'x'" + ")" * DEEP,
    "repetitions": "a ::= " + "(" * DEEP + "'x'" + ")*" * DEEP,
    "opened only": "a ::= " + "(" * DEEP,
    "closed only": "a ::= 'x'" + ")" * DEEP,
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "ebnf"])
def test_deep_nesting(text, dialect):
    read_or_refuse(read_text, text, dialect, "x.bnf")


@pytest.mark.parametrize("text", NESTED_GROUPS.values(), ids=NESTED_GROUPS)
def test_deeply_nested_groups(text):
    read_or_refuse(read_text, text, "ebnf", "x.ebnf")


LONG = 100_000
HOSTILE = [
    ("<a> ::= x" + " " * LONG + "y", "gegp"),
    ("<a> ::= x %" + "1" * LONG + "x", "gegp"),
    ("<a> ::= x %" + "1" * LONG + "x", None),
    ("<a> ::= " + '\\"' * LONG, None),
    ("<a> ::= <int " + "." * LONG, None),
    ('<a> ::= "' + " " * LONG + "x", "sge"),
    ("<a> ::= x" + " | <int 1..99999>" * 1000, "gegp"),
    ("a ::= 'x'" + " | [a-#xD000]" * 1000, "ebnf"),
    ("a ::= 'x'" + " | 'x'{0,99}" * 1000, "ebnf"),
    ("a ::= " + "[" * LONG, "ebnf"),
    ("a ::= 'x'" + "{" * LONG, "ebnf"),
    ("a ::= 'x'" + "/*" * LONG, "ebnf"),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("text", "dialect"), HOSTILE, ids=range(len(HOSTILE)))
def test_short_texts_take_neither_long_nor_much_memory(text, dialect):
    read_or_refuse(read_text, text, dialect, "x.bnf")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("dialect", [None, *DIALECTS])
def test_ten_megabytes(dialect):
    """Many rules, and one of many alternatives."""
    brackets = ("", "") if dialect == "ebnf" else ("<", ">")
    head = "{}rule{{}}{} ::= ".format(*brackets)
    rules = "".join(head.format(i) + f"'x{i}' | '(' '{i})'\n" for i in range(10_000_000 // 38))
    for text in (rules, head.format("") + "'x'" + " | 'y'" * (10_000_000 // 6)):
        assert len(text) > 9_900_000
        grammar = read_bytes(text.encode(), "x.bnf", dialect=dialect).grammar
        assert sum(len(rule.productions) for rule in grammar.rules) > 500_000
