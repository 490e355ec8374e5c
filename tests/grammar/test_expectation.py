import math
import statistics

import pytest

from gegp.grammar.expectation import expected_lengths
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("<a> ::= xyz", [3]),
        ("<a> ::= x | xyz", [2]),
        ("<a> ::= x %3 | xxxxx", [2]),
        ("<a> ::= <b><b>\n<b> ::= x | yy", [3, 1.5]),
        # A geometric number of x: as many as 1 on average.
        ("<a> ::= x<a> | ''", [1]),
        ("<a> ::= x<a> %3 | ''", [3]),
        # Two of its kind half the time: as many as before, for ever.
        ("<a> ::= (<a><a>) | x", [math.inf]),
        ("<a> ::= (<a><a>) | x %2", [4]),
        ("<a> ::= x<b> | y\n<b> ::= <a>z | w", [2, 2]),
        ("<s> ::= <a> | x\n<a> ::= <a><a> | y", [math.inf, math.inf]),
        ("<s> ::= x\n<a> ::= <a><a> | y", [1, math.inf]),
        ("<a> ::= x %1e308 | yyy %1e308", [2]),
        ("<s> ::= x %1e300 | <b> %1e-300\n<b> ::= <b><b> | y", [1, math.inf]),
    ],
)
def test_expected_lengths(text, lengths):
    assert expected_lengths(parse_grammar(text, dialect="gegp")) == pytest.approx(lengths)


def test_the_expectation_is_the_mean_of_what_is_drawn():
    from gegp import DSGE

    grammar = parse_grammar("<a> ::= x<a> %2 | [<b>] | y\n<b> ::= zz | <a>w")
    representation = DSGE(grammar, init_depth=400, max_depth=400)
    drawn = [
        len(representation.derive(representation.create(stream(1, i))).phenotype)
        for i in range(4000)
    ]
    error = statistics.stdev(drawn) / math.sqrt(len(drawn))
    assert expected_lengths(grammar)[0] == pytest.approx(statistics.mean(drawn), abs=4 * error)
