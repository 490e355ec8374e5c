"""Files for Python programs: the backslash words of sge, and blocks."""

import pytest

from gegp.grammar.reader import parse_grammar, read_text

USED = "\n<u> ::= 1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"<a> ::= <u> \le 2 | <u> \ge 2 | \l | \g" + USED, ["<u> <= 2", "<u> >= 2", "<", ">"]),
        (r"<a> ::= x \eb y | p\nq | \t", ["x | y", "p\nq", r"\t"]),
        (r"<a> ::= '\l' | None | " + "\n# a comment\n", ["'<'", "", ""]),
    ],
)
def test_backslash_words_of_sge_stand_in_pybnf_files_only(text, expected, language):
    assert language(read_text(text, "x.pybnf", dialect="sge").grammar) == expected
    assert language(read_text(text, "x.bnf", dialect="sge").grammar) != expected


BLOCKS = "<code> ::= while <u>:{:x += 1{::}if x:{:break:}:}y = x" + USED
LAID_OUT = "while 1:\n    x += 1\n    if x:\n        break\ny = x"


@pytest.mark.parametrize(
    ("dialect", "source", "blocks"),
    [
        ("gegp", "x.bnf", True),
        ("ponyge", "x.bnf", True),
        ("ponyge", "x.pybnf", True),
        ("sge", "x.pybnf", True),
        ("sge", "x.bnf", False),
        ("grape", "x.pybnf", False),
        ("alogos", "x.pybnf", False),
    ],
)
def test_marks_of_python_blocks(dialect, source, blocks, language):
    grammar = read_text(BLOCKS, source, dialect=dialect).grammar
    assert grammar.blocks is blocks
    program = grammar.program(language(grammar)[0].replace("<u>", "1"))
    assert (program == LAID_OUT) is blocks
    assert parse_grammar(str(grammar), dialect="gegp") == grammar


def test_a_protected_mark_is_text():
    grammar = parse_grammar(r'<a> ::= "{\x3ad}" | "{x\x3a}"')
    assert not grammar.blocks
    assert grammar.program("{:d}") == "{:d}"
