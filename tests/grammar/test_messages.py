"""Every message of the catalogue is said of its bad examples, at the right place."""

import pytest

from gegp import GrammarError
from gegp.grammar.catalogue import DEFECTS, WARNINGS
from gegp.grammar.messages import defect
from gegp.grammar.reader import read_bytes, read_text

BAD = [(kind, *example) for kind, message in DEFECTS.items() for example in message.examples]
DOUBTFUL = [(kind, *example) for kind, message in WARNINGS.items() for example in message.examples]


def beginning(text):
    """The part of a message before its first field."""
    return text.split("{")[0]


def assert_shown(shown, text, place, message):
    first, line, caret, hint = shown
    number, column = map(int, place.split(":"))
    assert first.startswith(f"my.bnf:{place}: ")
    assert beginning(message.text) in first
    assert line == "    " + text.split("\n")[number - 1]
    assert caret == " " * (4 + column - 1) + "^"
    assert hint.startswith("    hint: " + beginning(message.hint))


@pytest.mark.parametrize(("kind", "dialect", "text", "place"), BAD)
def test_a_defect_is_shown_with_place_line_caret_and_hint(kind, dialect, text, place):
    with pytest.raises(GrammarError) as caught:
        read_text(text, "my.bnf", dialect=dialect)
    assert_shown(str(caught.value).split("\n")[:4], text, place, DEFECTS[kind])


@pytest.mark.parametrize(("kind", "dialect", "text", "place"), DOUBTFUL)
def test_a_warning_is_shown_with_place_line_caret_and_hint(kind, dialect, text, place):
    reading = read_text(text, "my.bnf", dialect=dialect)
    places = [f"{warning.line}:{warning.column}" for warning in reading.warnings]
    kinds = [warning.kind for warning in reading.warnings]
    shown = reading.format_warnings()[kinds.index(kind)].split("\n")
    assert places[kinds.index(kind)] == place
    assert_shown(shown, text, place, WARNINGS[kind])


def test_every_kind_that_a_text_alone_can_cause_has_an_example():
    assert [kind for kind, message in DEFECTS.items() if not message.examples] == []
    assert [kind for kind, message in WARNINGS.items() if not message.examples] == ["undecided"]


def test_all_defects_of_a_file_are_shown_in_one_go_in_their_order():
    text = "<a> ::= <b> | 'x\n<c> ::= <d | \n<a> ::= y"
    with pytest.raises(GrammarError) as caught:
        read_text(text, "my.bnf")
    places = [line.split(": ")[0] for line in str(caught.value).split("\n") if "my.bnf:" in line]
    assert places == ["my.bnf:1:9", "my.bnf:1:15", "my.bnf:2:9", "my.bnf:2:12", "my.bnf:3:1"]


def test_many_defects_are_counted_and_not_all_shown():
    with pytest.raises(GrammarError) as caught:
        read_text("<a> ::= " + " | ".join(f"<b{i}>" for i in range(5000)), "my.bnf")
    assert str(caught.value).count("my.bnf:") == 100
    assert "and 4900 more" in str(caught.value)


def test_of_a_long_line_the_place_is_shown():
    with pytest.raises(GrammarError) as caught:
        read_text("<a> ::= " + "x" * 5000 + " <b>" + "y" * 5000, "my.bnf")
    _, line, caret, _ = str(caught.value).split("\n")[:4]
    assert len(line) < 200
    assert line[caret.index("^") :].startswith("<b>")


def test_a_tab_before_the_place_is_kept_under_it():
    with pytest.raises(GrammarError) as caught:
        read_text("<a> ::=\t<b>", "my.bnf")
    assert str(caught.value).split("\n")[2] == "    " + " " * 7 + "\t^"


def test_the_nearest_name_is_offered():
    with pytest.raises(GrammarError, match="did you mean <condition>"):
        read_text("<a> ::= <conditoin>\n<condition> ::= x", "my.bnf")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<a> ::= x\n<b> ::= \xff", "my.bnf:2:9: expected UTF-8 text, found the byte 0xff"),
        ("<a> ::= x".encode("utf-16"), "my.bnf:1:1: expected UTF-8 text, found UTF-16"),
        (b"<a> ::= \xed\xa0\x80", "my.bnf:1:9: expected UTF-8 text, found the byte 0xed"),
    ],
)
def test_bytes_that_are_no_utf8_have_a_place(data, message):
    with pytest.raises(GrammarError, match=message):
        read_bytes(data, "my.bnf")


def test_the_dialect_that_was_found_is_named_with_the_way_to_choose_another():
    with pytest.raises(GrammarError, match=r"read in the sge dialect: .* in line 2; --dialect"):
        read_text("<a> ::= <b>\n<c> ::= \\le", "my.bnf")


def test_a_defect_is_a_value():
    assert defect((1, 2), "twice", name="a", line=1) == defect((1, 2), "twice", name="a", line=1)
