"""What each dialect of BNF makes of the same text, question by question."""

import re

import pytest

from gegp import GrammarError
from gegp.grammar.reader import parse_grammar

BNF = ("gegp", "ponyge", "sge", "grape", "alogos")
USED = "\n<u> ::= 1\n"

# A question, a text, and the productions of its first rule in each dialect, or the place and
# the beginning of the message with which it is refused. Dialects with one answer share a key.
ANSWERS = [
    (
        "a rule over several lines",
        "<way> ::= north\n    | south\n    | west",
        {"gegp ponyge grape alogos": ["north", "south", "west"], "sge": "2:5: expected a rule"},
    ),
    (
        "a definition over two lines",
        "<way>\n  ::= north | south",
        {"gegp ponyge grape alogos": ["north", "south"], "sge": "1:1: expected a rule"},
    ),
    (
        "a newline inside an alternative",
        "<way> ::= turn\n  back | stop",
        {
            "gegp ponyge": ["turn\n  back", "stop"],
            "sge": "2:3: expected a rule",
            "grape": ["turn back", "stop"],
            "alogos": ["turnback", "stop"],
        },
    ),
    (
        "a bar at the end of a line",
        "<way> ::= north |\n  south",
        {"gegp ponyge grape alogos": ["north", "south"], "sge": "2:3: expected a rule"},
    ),
    (
        "a bar at the end of a rule",
        "<way> ::= <u> |" + USED,
        {
            "gegp": "1:15: empty alternative of <way>",
            "ponyge": ["<u>"],
            "sge grape alogos": ["<u>", ""],
        },
    ),
    (
        "an empty alternative",
        "<way> ::= | north | | south",
        {
            "gegp": "1:1: empty alternative of <way>",
            "ponyge": ["north", "south"],
            "sge grape alogos": ["", "north", "", "south"],
        },
    ),
    (
        "no alternative at all",
        "<way> ::=",
        {
            "gegp": "1:1: empty alternative of <way>",
            "ponyge": "1:1: expected an alternative of <way>",
            "sge grape alogos": [""],
        },
    ),
    (
        "an empty pair of quotes",
        "<way> ::= \"\" | '' | x",
        {"gegp ponyge alogos": ["", "", "x"], "sge grape": ['""', "''", "x"]},
    ),
    (
        "the word None",
        "<way> ::= None | None more |None",
        {
            "gegp ponyge grape": ["None", "None more", "None"],
            "sge": ["", "None more", ""],
            "alogos": ["None", "Nonemore", "None"],
        },
    ),
    (
        "a comment in column 0",
        "# it's the \"sky\n<way> ::= up",
        {"gegp ponyge sge": ["up"], "grape alogos": "1:1: expected a rule, found text before"},
    ),
    (
        "a comment behind blanks",
        "  # the sky\n<way> ::= up",
        {
            "gegp ponyge": ["up"],
            "sge": "1:3: expected a rule",
            "grape alogos": "1:3: expected a rule, found text before",
        },
    ),
    (
        "a comment behind an alternative",
        "<way> ::= up # not down | left",
        {
            "gegp ponyge": ["up"],
            "sge grape": ["up # not down", "left"],
            "alogos": ["up#notdown", "left"],
        },
    ),
    (
        "an apostrophe in a comment",
        "<way> ::= up # don't <go\n",
        {
            "gegp ponyge": ["up"],
            "sge grape": "1:22: expected a closing '>'",
            "alogos": "1:19: expected a closing quote",
        },
    ),
    (
        "quotes around what is special",
        "<a> ::= 'up|down' | \" #1 \" | '<up>'",
        {
            "gegp ponyge alogos": ["up|down", " #1 ", "<up>"],
            "sge": "1:31: <up> is used and never defined",
            "grape": "1:31: <up> is used and never defined",
        },
    ),
    (
        "quotes around plain text",
        "<a> ::= 'up' | \"it's\" | 'say \"no\"'",
        {
            "gegp ponyge alogos": ["up", "it's", 'say "no"'],
            "sge grape": ["'up'", '"it\'s"', "'say \"no\"'"],
        },
    ),
    (
        "quotes glued into bare text",
        '<a> ::= (<u>"|"<u>) | [?"<"_]' + USED,
        {
            "gegp ponyge alogos": ["(<u>|<u>)", "[?<_]"],
            "sge": ['(<u>"', '"<u>)', '[?"<"_]'],
            "grape": "1:26: expected '<' and '>' only around",
        },
    ),
    (
        "a quote that is not closed",
        "<a> ::= x | 'y",
        {"gegp ponyge alogos": "1:13: expected a closing quote", "sge grape": ["x", "'y"]},
    ),
    (
        "backslashes",
        r"<a> ::= v\tw | \\ | '\x41' | \le",
        {
            "gegp ponyge": ["v\tw", "\\", "A", r"\le"],
            "sge grape": [r"v\tw", r"\\", r"'\x41'", r"\le"],
            "alogos": [r"v\tw", r"\\", r"\x41", r"\le"],
        },
    ),
    (
        "an escaped quote",
        r"<a> ::= \' | 'it\'s'",
        {"gegp ponyge": ["'", "it's"], "sge grape": [r"\'", r"'it\'s'"], "alogos": [r"\ | it\s"]},
    ),
    (
        "white space at the two ends",
        "<a> ::= \t up \t|   down   ",
        {"gegp ponyge sge grape alogos": ["up", "down"]},
    ),
    (
        "white space inside",
        "<a> ::= go  to\t<u> !" + USED,
        {"gegp ponyge sge": ["go  to\t<u> !"], "grape": ["go to <u> !"], "alogos": ["goto<u>!"]},
    ),
    (
        "names with signs",
        "<batch-norm> ::= <0_9>x<a.b>\n<0_9> ::= 1\n<a.b> ::= 2",
        {"gegp ponyge sge grape alogos": ["<0_9>x<a.b>"]},
    ),
    (
        "a name that only some allow",
        "<a> ::= <b*>\n<b*> ::= 1",
        {"gegp ponyge sge alogos": ["<b*>"], "grape": "1:9: expected a closing '>'"},
    ),
    (
        "a name with a blank",
        "<a> ::= x <my rule> y\n<my rule> ::= 1",
        {
            "gegp ponyge grape": "1:11: expected a closing '>'",
            "sge": ["x <my_rule> y"],
            "alogos": ["x<my_rule>y"],
        },
    ),
    (
        "a name that is not closed",
        "<a> ::= x | <b | c>",
        {
            "gegp ponyge sge grape": "1:13: expected a closing '>'",
            "alogos": "1:13: <b | c> is used and never defined",
        },
    ),
    (
        "lone angle brackets",
        "<a> ::= < | <= | > | >= | x < <u> > y" + USED,
        {
            "gegp ponyge sge": ["<", "<=", ">", ">=", "x < <u> > y"],
            "grape": "1:9: expected '<' and '>' only around",
            "alogos": "1:9: expected '<' and '>' only around",
        },
    ),
    (
        "GE_RANGE",
        "<v> ::= GE_RANGE:3 | y",
        {"gegp ponyge": ["0", "1", "2", "y"], "sge grape alogos": ["GE_RANGE:3", "y"]},
    ),
    (
        "one name defined twice",
        "<a> ::= x\n<a> ::= y | z",
        {
            "gegp ponyge grape": "2:1: <a> is defined twice, first in line 1",
            "sge": ["x"],
            "alogos": ["x", "y", "z"],
        },
    ),
    (
        "an alternative that stands twice",
        "<a> ::= x | y | x",
        {"gegp ponyge sge grape alogos": ["x", "y", "x"]},
    ),
    (
        "a number range",
        "<a> ::= <int 1..3>",
        {
            "gegp": ["1", "2", "3"],
            "ponyge": "1:9: a number range <int 1..3> is of the gegp dialect",
            "sge alogos": "1:9: <int 1..3> is used and never defined",
            "grape": "1:9: expected a closing '>'",
        },
    ),
    (
        "a weight",
        "<a> ::= x %2 | y",
        {"gegp": ["x", "y"], "ponyge sge grape": ["x %2", "y"], "alogos": ["x%2", "y"]},
    ),
    (
        "text outside ASCII",
        '<à> ::= é ≤ 𝛼 | "漢字"\n',
        {
            "gegp ponyge": ["é ≤ 𝛼", "漢字"],
            "sge grape": ["é ≤ 𝛼", '"漢字"'],
            "alogos": ["é≤𝛼", "漢字"],
        },
    ),
]


CASES = [
    pytest.param(text, name, answer, id=f"{question}-{name}")
    for question, text, answers in ANSWERS
    for names, answer in answers.items()
    for name in names.split()
]


def test_every_question_has_an_answer_in_every_dialect():
    for question, _, answers in ANSWERS:
        assert sorted(" ".join(answers).split()) == sorted(BNF), question


@pytest.mark.parametrize(("text", "dialect", "answer"), CASES)
def test_reads_or_refuses(text, dialect, answer, language):
    if isinstance(answer, list):
        grammar = parse_grammar(text, dialect=dialect)
        assert language(grammar) == answer
        assert parse_grammar(str(grammar), dialect="gegp") == grammar
    else:
        with pytest.raises(GrammarError, match=rf"^my\.bnf:{re.escape(answer)}"):
            parse_grammar(text, "my.bnf", dialect=dialect)


@pytest.mark.parametrize("dialect", BNF)
@pytest.mark.parametrize(
    "text",
    [
        "<a> ::= x | y\n<b> ::= z\n",
        "<a> ::= x | y\n<b> ::= z",
        "\ufeff<a> ::= x | y\n<b> ::= z\n",
        "<a> ::= x | y\r\n<b> ::= z\r\n",
        "<a> ::= x | y\r<b> ::= z\r",
        "\n\n<a> ::= x | y\n   \n\t\n<b> ::= z\n\n",
        "\t<a>\t::=\tx\t|\ty\t\n  <b>::=z",
    ],
)
def test_line_ends_tabs_and_byte_order_marks_are_ordinary(dialect, text, language):
    grammar = parse_grammar(text, dialect=dialect)
    assert (language(grammar, 0), language(grammar, 1)) == (["x", "y"], ["z"])
