"""Alternatives that stand for many: number ranges, GE_RANGE, and weights."""

import numpy as np
import pytest

from gegp import GrammarError, read_grammar
from gegp.grammar.reader import parse_grammar, read_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a> ::= <int 1..5>", ["1", "2", "3", "4", "5"]),
        ("<a> ::= <int -1..+1>", ["-1", "0", "1"]),
        ("<a> ::= <int 7..7>", ["7"]),
        ("<a> ::= <int\t8 ..  9 >", ["8", "9"]),
        ("<a> ::= <int 1..2> | <int 8..9> | x", ["1", "2", "8", "9", "x"]),
        ("<a> ::= <float 0..1 steps 3>", ["0.0", "0.5", "1.0"]),
        ("<a> ::= <float -.5 .. 5e-1 steps 2>", ["-0.5", "0.5"]),
        ("<a> ::= <float 1e-3..10 steps 5 log>", ["0.001", "0.01", "0.1", "1.0", "10.0"]),
        ("<a> ::= '<int 1..5>'", ["<int 1..5>"]),
        ("<a> ::= <int> | <float>\n<int> ::= 1\n<float> ::= 2", ["<int>", "<float>"]),
    ],
)
def test_a_range_alone_stands_for_its_numbers(text, expected, language):
    assert language(parse_grammar(text)) == expected


@pytest.mark.parametrize(
    ("start", "stop", "steps"),
    [
        ("0.0001", "0.1", 100),
        ("0.1", "0.7", 7),
        ("-1", "1", 11),
        ("0", "1e-9", 13),
        ("1e-300", "1e300", 1000),
        ("3.3", "3.3", 4),
        ("-7e-3", "12345.678", 999),
    ],
)
def test_even_steps_are_those_of_numpy(start, stop, steps, language):
    grammar = parse_grammar(f"<a> ::= <float {start}..{stop} steps {steps}>")
    numbers = np.linspace(float(start), float(stop), steps)
    assert language(grammar) == [repr(float(number)) for number in numbers]


@pytest.mark.parametrize(
    ("start", "stop", "steps"), [("1e-5", "1e-1", 50), ("0.3", "7", 9), ("2", "2", 3)]
)
def test_logarithmic_steps_have_one_ratio_and_the_ends_as_written(start, stop, steps, language):
    grammar = parse_grammar(f"<a> ::= <float {start}..{stop} steps {steps} log>")
    numbers = [float(text) for text in language(grammar)]
    assert (numbers[0], numbers[-1], len(numbers)) == (float(start), float(stop), steps)
    np.testing.assert_allclose(numbers, np.geomspace(float(start), float(stop), steps), rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "expected", "rules"),
    [
        ("<a> ::= x<int 1..2>", ["x<int 1..2>"], ["a", "int 1..2"]),
        ("<a> ::= <int 1..2>, <int 1..2>", ["<int 1..2>, <int 1..2>"], ["a", "int 1..2"]),
        (
            "<a> ::= (<int 1..2>) | <float 0..1 steps  2>!",
            ["(<int 1..2>)", "<float 0..1 steps 2>!"],
            ["a", "int 1..2", "float 0..1 steps 2"],
        ),
        ('<a> ::= ""<int 1..2>""', ["1", "2"], ["a"]),
    ],
)
def test_a_range_inside_an_alternative_has_a_rule_of_its_own(text, expected, rules, language):
    grammar = parse_grammar(text)
    assert language(grammar) == expected
    assert [rule.name for rule in grammar.rules] == rules
    assert parse_grammar(str(grammar)) == grammar


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("<int 5..1>", "1 is below 5"),
        ("<int 1.5..2>", "expected int A..B"),
        ("<int 1>", "expected int A..B"),
        ("<int 0..100000>", "at most 100000 numbers together"),
        ("<float 0..1>", "expected float A..B steps N"),
        ("<float 0..1 steps 1>", "at least 2 steps"),
        ("<float 0..1 steps 100001>", "at most 100000 numbers together"),
        ("<float 0..1 steps 5 log>", "begins above 0"),
        ("<float 1..0 steps 5>", "is below"),
        ("<float 0..1e999 steps 5>", "no end"),
        ("<float -1e999..0 steps 5>", "no end"),
        ("<float -1e308..1e308 steps 5>", "no end"),
    ],
)
def test_an_impossible_range_is_refused_with_its_reason(written, reason):
    with pytest.raises(GrammarError, match=rf"^my\.bnf:1:10: {written} is no .*{reason}"):
        parse_grammar(f"<a> ::= x{written}", "my.bnf")


def test_all_ranges_of_a_grammar_share_one_limit():
    large = "<a> ::= <int 1..60000> | "
    assert len(parse_grammar(large + "GE_RANGE:40000").rules[0].productions) == 100_000
    for more in ("<int 1..40001>", "GE_RANGE:40001"):
        with pytest.raises(GrammarError, match=r"^my\.bnf:1:26: .*[\s\S]* numbers together"):
            parse_grammar(large + more, "my.bnf")


def test_ge_range_counts_to_a_number_or_to_a_name_that_is_bound(tmp_path, language):
    text = "<v> ::= GE_RANGE:2 | x GE_RANGE:n | GE_RANGE:inputs"
    expected = ["0", "1", "x GE_RANGE:n", "0", "1", "2"]
    for dialect in ("gegp", "ponyge"):
        reading = read_text(text, dialect=dialect, bindings={"inputs": 3, "other": 9})
        assert language(reading.grammar) == expected
        assert [warning.kind for warning in reading.warnings] == ["count in text"]
    file = tmp_path / "my.bnf"
    file.write_text(text, encoding="utf-8")
    assert language(read_grammar(file, bindings={"inputs": 3})) == expected


@pytest.mark.parametrize(
    ("word", "bindings", "message"),
    [
        ("n", {}, "no number is bound to the name 'n'"),
        ("n", {"m": 3}, "bound here: m"),
        ("0", {}, "stands for no alternatives"),
        ("n", {"n": 0}, "stands for no alternatives"),
        ("n", {"n": 100_001}, "stands for no alternatives"),
    ],
)
def test_ge_range_without_a_number_is_refused(word, bindings, message):
    with pytest.raises(GrammarError, match=rf"^my\.bnf:1:13: [\s\S]*{message}"):
        read_text(f"<v> ::= x | GE_RANGE:{word}", "my.bnf", dialect="ponyge", bindings=bindings)


@pytest.mark.parametrize(
    ("text", "expected", "weights"),
    [
        ("<a> ::= x %3 | y", ["x", "y"], [3, 1]),
        ("<a> ::= x y %0.5|<b> %1e2 # z\n<b> ::= 1", ["x y", "<b>"], [0.5, 100]),
        ('<a> ::= "" %2 | "x " %.5', ["", "x "], [2, 0.5]),
        ("<a> ::= <int 1..3> %2 | x", ["1", "2", "3", "x"], [2, 2, 2, 1]),
        ('<a> ::= "5 %3" | 5 % 3 | x %y | %3x', ["5 %3", "5 % 3", "x %y", "%3x"], [1, 1, 1, 1]),
        ("<a> ::= 5 %3 %2", ["5 %3"], [2]),
        # A modulo is no weight.
        ("<a> ::= x%2 | <b>%3\n<b> ::= 1", ["x%2", "<b>%3"], [1, 1]),
    ],
)
def test_weights_are_numbers_at_the_end_of_alternatives(text, expected, weights, language):
    grammar = parse_grammar(text)
    assert language(grammar) == expected
    assert [production.weight for production in grammar.rules[0].productions] == weights
    assert parse_grammar(str(grammar)) == grammar


@pytest.mark.parametrize("weight", ["0", "0.0", "1e999"])
def test_a_weight_that_is_no_positive_number_is_refused(weight):
    with pytest.raises(GrammarError, match=rf"^my\.bnf:1:11: %{weight} is no weight"):
        parse_grammar(f"<a> ::= x %{weight} | y", "my.bnf")


def test_a_weight_needs_an_alternative():
    with pytest.raises(GrammarError, match=r"^my\.bnf:1:11: empty alternative of <a>"):
        parse_grammar("<a> ::= x | %3", "my.bnf")
