from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp import GegpError, Grammar
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts, below_any, derivation_counts, magnitude
from gegp.grammar.leftmost import depth, steps
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream
from gegp.testing import grammars, seeds

FORMULAS = parse_grammar("<e> ::= (<e><e>) | <v>\n<v> ::= x | y | y")


def derivations(grammar: Grammar, rule: int, limit: int) -> list[tuple[int, ...]]:
    """All derivations of a rule up to a depth, by trying everything."""
    if limit == 0:
        return []
    found = []
    for production, names in enumerate(grammar.references[rule]):
        parts = [derivations(grammar, name, limit - 1) for name in names]
        found += [(production, *sum(chosen, ())) for chosen in product(*parts)]
    return found


def test_counts_are_exact():
    # N(d) = N(d-1)^2 + 3 from depth 2 on.
    counts = [level[0] for level in islice(derivation_counts(FORMULAS), 7)]
    assert counts == [0, 0, 3, 12, 147, 21612, 467078547]


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds)
def test_numbers_and_derivations_correspond_one_to_one(grammar, seed):
    limit = least_depth(grammar) + seed % 2
    counts = DerivationCounts(grammar, limit)
    if counts.total <= 300:
        numbered = [counts.derivation(number) for number in range(counts.total)]
        assert sorted(numbered) == sorted(derivations(grammar, 0, limit))
        assert len(set(numbered)) == counts.total


@given(grammar=grammars(), seed=seeds)
def test_drawn_derivations_are_complete_and_within_the_depth(grammar, seed):
    limit = least_depth(grammar) + seed % 4
    choices = DerivationCounts(grammar, limit).draw(stream(seed))
    assert len(list(steps(grammar, choices))) == len(choices)
    assert depth(grammar, choices) <= limit


def test_draws_are_uniform():
    counts = DerivationCounts(FORMULAS, 3)
    drawn = [counts.draw(stream(1, i)) for i in range(12_000)]
    times = [drawn.count(counts.derivation(number)) for number in range(12)]
    # Chi-square with 11 degrees of freedom: beyond 31.3 once in a thousand seeds.
    assert sum((one - 1000) ** 2 / 1000 for one in times) < 31.3


@given(st.integers(1, 2**200), seeds)
def test_integers_of_any_size_are_below_their_limit(limit, seed):
    assert 0 <= below_any(stream(seed), limit) < limit


def test_integers_beyond_a_word_use_all_their_bits():
    numbers = [below_any(stream(1, i), 2**130) for i in range(200)]
    assert all(any(number >> bit & 1 for number in numbers) for bit in range(130))


def test_a_depth_without_programs_is_an_error_that_names_the_least():
    with pytest.raises(GegpError, match=r"depth 1 or less; the shallowest has depth 2"):
        DerivationCounts(FORMULAS, 1).draw(stream(1))


def test_a_depth_beyond_the_deepest_program_costs_nothing():
    finite = parse_grammar("<s> ::= x | <a>\n<a> ::= y | z")
    counts = DerivationCounts(finite, 10**9)
    assert counts.total == 3
    assert {counts.derivation(i) for i in range(3)} == {(0,), (1, 0), (1, 1)}


def test_numbers_beyond_all_use_are_an_error_that_names_the_greatest_depth():
    with pytest.raises(GegpError, match=r"too many derivations .* greatest depth .* is \d+$"):
        DerivationCounts(FORMULAS, 60)


@pytest.mark.parametrize(
    ("base", "exponent", "text"),
    [
        (123456, 1, "123,456"),
        (10, 12, "1e+12"),
        (9996 * 10**11, 1, "1e+15"),
        (9994 * 10**11, 1, "9.99e+14"),
        (2, 400, "2.58e+120"),
        (10, 5000, "1e+5000"),
    ],
)
def test_counts_are_readable(base, exponent, text):
    assert magnitude(base**exponent) == text


def test_steps_refuse_what_is_no_derivation():
    for choices in ((0,), (1, 0, 0), (1, 7)):
        with pytest.raises(ValueError, match=r"derivation|production"):
            list(steps(FORMULAS, choices))
