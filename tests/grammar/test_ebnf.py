"""The notation of the W3C, rewritten to plain rules with generated names."""

import pytest

from gegp import GrammarError
from gegp.grammar.reader import parse_grammar, read_text

PLAIN = [
    ("a ::= 'x' \"y\" | 'z'", "<a> ::= xy | z"),
    ("a ::= 'it' \"'s\" '\\n'", r'<a> ::= "it' + r"'s\\n" + '"'),
    ("a ::= | 'x' | ''", '<a> ::= "" | x | ""'),
    ("a ::= ()", '<a> ::= ""'),
    ("a ::= b 'x' b\nb ::= 'y'", "<a> ::= <b>x<b>\n<b> ::= y"),
    ("a ::=\n  'x'\n| 'y'\n  b ::= a", "<a> ::= x | y\n<b> ::= <a>"),
    ("a-1.b ::= é\né ::= 'ü'", "<a-1.b> ::= <é>\n<é> ::= ü"),
    ("a ::= 'x'?", '<a> ::= <a_1>\n<a_1> ::= "" | x'),
    ("a ::= 'x'*", '<a> ::= <a_1>\n<a_1> ::= "" | x<a_1>'),
    ("a ::= 'x'+", "<a> ::= <a_1>\n<a_1> ::= x | x<a_1>"),
    ("a ::= 'x'{3}", "<a> ::= xxx"),
    ("a ::= 'x'{0}'y'", "<a> ::= y"),
    ("a ::= 'x'{2, 4}", "<a> ::= <a_1>\n<a_1> ::= xx | xxx | xxxx"),
    ("a ::= 'x'{0,1}", '<a> ::= <a_1>\n<a_1> ::= "" | x'),
    ("a ::= 'x'{0,}", '<a> ::= <a_1>\n<a_1> ::= "" | x<a_1>'),
    ("a ::= 'x'{3,}", "<a> ::= xx<a_1>\n<a_1> ::= x | x<a_1>"),
    ("a ::= ('x')", "<a> ::= x"),
    ("a ::= ((('x' 'y')))", "<a> ::= xy"),
    ("a ::= ('x' | 'y') 'z'", "<a> ::= <a_1>z\n<a_1> ::= x | y"),
    ("a ::= ('x' 'y')?", '<a> ::= <a_1>\n<a_1> ::= "" | xy'),
    ("a ::= ('x' | 'y')?", '<a> ::= <a_1>\n<a_1> ::= "" | x | y'),
    (
        "a ::= ('x' | 'y')+",
        "<a> ::= <a_2>\n<a_1> ::= x | y\n<a_2> ::= <a_1> | <a_1><a_2>",
    ),
    (
        "a ::= ('x' 'y'?)*",
        '<a> ::= <a_2>\n<a_1> ::= x<a_3>\n<a_2> ::= "" | <a_1><a_2>\n<a_3> ::= "" | y',
    ),
    ("a ::= [a-c0_]", "<a> ::= <a_1>\n<a_1> ::= a | b | c | 0 | _"),
    ("a ::= [#x41-#x43#x3c]", '<a> ::= <a_1>\n<a_1> ::= A | B | C | "<"'),
    ("a ::= [x] [-x] [x-]", "<a> ::= x<a_1><a_2>\n<a_1> ::= - | x\n<a_2> ::= x | -"),
    ("a ::= [ab]{2}", "<a> ::= <a_1><a_1>\n<a_1> ::= a | b"),
    ("a ::= #x41 #x2264 #x1D6FC", "<a> ::= A≤𝛼"),
    ("/* it's */ a ::= 'x' /* | 'y'\n */ | '/*' /**/", "<a> ::= x | /*"),
    ("a ::= 'x'* a_1\na_1 ::= 'y'", '<a> ::= <a_2><a_1>\n<a_1> ::= y\n<a_2> ::= "" | x<a_2>'),
    ("a ::= '<b>' | '%3' | 'None' | ' '", '<a> ::= "<b>" | "%3" | "None" | " "'),
]


@pytest.mark.parametrize(("text", "plain"), PLAIN)
def test_is_rewritten_to_plain_rules(text, plain):
    grammar = parse_grammar(text, dialect="ebnf")
    assert str(grammar) == plain + "\n"
    assert parse_grammar(str(grammar), dialect="gegp") == grammar


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_tabs_and_byte_order_marks_are_ordinary(end):
    text = "\ufeff\ta\t::=\t'x'\n\n  | 'y'\n".replace("\n", end)
    assert str(parse_grammar(text, dialect="ebnf")) == "<a> ::= x | y\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a ::= x y\nx ::= 'x'", "1:9", "<y> is used and never defined"),
        ("a ::= 'x'* a_1", "1:12", "<a_1> is used and never defined"),
        ("a ::= 'x' 'y", "1:11", "expected a closing quote"),
        ("a ::= ('x' | ('y')", "1:7", "expected ')', found the end of the rule"),
        ("a ::= 'x'?*", "1:11", "found '*'"),
        ("a ::= 'x'{1,2", "1:10", "found '{1,2'"),
        ("a ::= 'x' [yz", "1:11", "found '[yz'"),
        ("a ::= 'x' /* y", "1:11", "found '/* y'"),
        ("a ::= [^x]", "1:7", "[^x] is no class of characters"),
        ("a ::= [b-a]", "1:7", "b-a is empty"),
        ("a ::= [#x0-#x10FFFF]", "1:7", "at most 100000 characters together"),
        ("a ::= #x110000", "1:7", "no such character"),
        ("a ::= 'x'{3,2}", "1:10", "the second number is the smaller one"),
        ("a ::= 'x'{101}", "1:10", "more than 100"),
        ("a ::= " + "('x'){0,100} " * 20, "1:259", "at most 100000 characters together"),
        ("a ::= 'x'{}", "1:10", "expected numbers"),
        ("a ::= a* a", "1:1", "<a> can never end"),
        ("'x' ::= a", "1:1", "text before the first one"),
    ],
)
def test_refuses(text, place, message):
    with pytest.raises(GrammarError) as caught:
        parse_grammar(text, "my.ebnf", dialect="ebnf")
    first = str(caught.value).split("\n")[0]
    assert first.startswith(f"my.ebnf:{place}: ")
    assert message in first


def test_the_first_mistake_of_each_rule_is_shown():
    with pytest.raises(GrammarError) as caught:
        parse_grammar("a ::= 'x' ) ) b\nb ::= * 'y' *\nc ::= 'z' <", "my.ebnf")
    places = [line.split(": ")[0] for line in str(caught.value).split("\n") if "my.ebnf:" in line]
    assert places == ["my.ebnf:1:11", "my.ebnf:2:7", "my.ebnf:3:11"]


def test_an_arithmetic_grammar_has_few_rules_and_no_doubts():
    reading = read_text("e ::= t (('+' | '-') t)*\nt ::= [0-9]+ | '(' e ')'\n", "my.ebnf")
    assert reading.dialect == "ebnf"
    assert reading.warnings == ()
    assert len(reading.grammar.rules) == 7
