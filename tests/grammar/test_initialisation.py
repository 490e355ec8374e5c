from collections import Counter
from itertools import islice

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gegp import DSGE, GegpError
from gegp.errors import SettingsError
from gegp.grammar import counting
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts, derivation_counts
from gegp.grammar.growth import Growth
from gegp.grammar.initialisation import (
    EXTRA_SIZE,
    INITIALISATIONS,
    full,
    grow,
    initialiser,
    pi_grow,
    ptc2,
    ramped,
    uniform,
)
from gegp.grammar.leftmost import depth, program, steps
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream
from gegp.testing import grammars, seeds

TREES = parse_grammar("<e> ::= (<e><e>) | x")
UNARY = parse_grammar("<e> ::= a<e> | b")
SKEWED = parse_grammar("<e> ::= <e><e>a | <e><e>b %3 | x | y")
METHODS = {"grow": grow, "full": full, "ramped": ramped, "pi_grow": pi_grow}


def greatest_depth(grammar, limit):
    """The depth of the deepest derivation up to a limit, told by the numbers of derivations."""
    counts = [level[0] for level in islice(derivation_counts(grammar), limit + 1)]
    return max(d for d in range(1, limit + 1) if counts[d] > counts[d - 1])


def leaves(grammar, choices):
    return [one for one in steps(grammar, choices) if not grammar.references[one.rule][one[1]]]


def sizes(grammar, limit, most):
    """The sizes up to ``most`` that derivations up to a depth have, by adding up all sets."""
    found = [set() for _ in grammar.rules]
    for _ in range(limit):
        level = []
        for rule in grammar.references:
            level.append(set())
            for names in rule:
                sums = {1}
                for name in names:
                    sums = {a + b for a in sums for b in found[name] if a + b <= most}
                level[-1] |= sums
        found = level
    return sorted(found[0])


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds, method=st.sampled_from(INITIALISATIONS))
def test_derivations_are_complete_within_the_depth_and_repeat(grammar, seed, method):
    limit = least_depth(grammar) + seed % 4
    draw = initialiser(method, grammar, depth=limit)
    choices = draw(stream(seed))
    assert len(list(steps(grammar, choices))) == len(choices)
    assert depth(grammar, choices) <= limit
    assert draw(stream(seed)) == choices
    assert initialiser(method, grammar, depth=limit)(stream(seed)) == choices


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds, method=st.sampled_from(sorted(METHODS)))
def test_tables_made_beforehand_change_nothing(grammar, seed, method):
    limit = least_depth(grammar) + seed % 4
    choices = METHODS[method](stream(seed), Growth(grammar), limit)
    assert initialiser(method, grammar, depth=limit)(stream(seed)) == choices


@given(grammar=grammars(), seed=seeds)
def test_grow_draws_what_a_structured_representation_creates(grammar, seed):
    limit = least_depth(grammar) + seed % 4
    representation = DSGE(grammar, init_depth=limit)
    created = representation.derive(representation.create(stream(seed))).choices
    assert grow(stream(seed), Growth(grammar), limit) == created


@given(seeds, st.integers(1, 8))
def test_full_trees_have_all_leaves_at_the_depth(seed, limit):
    choices = full(stream(seed), Growth(TREES), limit)
    assert [leaf.depth for leaf in leaves(TREES, choices)] == [limit] * 2 ** (limit - 1)


@given(seeds)
def test_full_trees_are_as_deep_as_the_grammar_allows_below_each_non_terminal(seed):
    # <f> takes two levels at a time, <g> never more than two.
    grammar = parse_grammar(
        "<s> ::= <f><g>\n<f> ::= (<h>) | .\n<h> ::= <f>\n<g> ::= <n> | -\n<n> ::= 1"
    )
    assert program(grammar, full(stream(seed), Growth(grammar), 5)) == "(.)1"
    assert program(grammar, full(stream(seed), Growth(grammar), 6)) == "((.))1"
    assert program(grammar, full(stream(seed), Growth(grammar), 2)) == ".-"


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds, method=st.sampled_from(["full", "pi_grow"]))
def test_the_greatest_depth_within_the_limit_is_reached(grammar, seed, method):
    limit = least_depth(grammar) + seed % 4
    choices = METHODS[method](stream(seed), Growth(grammar), limit)
    assert depth(grammar, choices) == greatest_depth(grammar, limit)


def test_full_draws_by_weight_among_what_is_deep_enough():
    drawn = Counter(full(stream(1, i), Growth(SKEWED), 2)[0] for i in range(4000))
    assert set(drawn) == {0, 1}
    assert abs(drawn[1] - 3000) < 120  # More than four standard deviations.


def test_a_ramp_covers_all_depths_and_both_methods():
    programs = [ramped(stream(1, i), Growth(TREES), 4) for i in range(2000)]
    fulls = [full(stream(1), Growth(TREES), limit) for limit in (1, 2, 3, 4)]
    assert {depth(TREES, one) for one in programs} == {1, 2, 3, 4}
    # Full is drawn half of the time, each depth a quarter; growth is seldom full at 4: (1/2)^7.
    assert abs(programs.count(fulls[3]) / 2000 - (1 / 8 + 1 / 8 / 2**7)) < 0.03
    assert any(one not in fulls for one in programs)


def test_a_ramp_begins_at_the_least_depth():
    grammar = parse_grammar("<s> ::= <e>\n<e> ::= (<e>) | <v>\n<v> ::= x")
    drawn = Counter(depth(grammar, ramped(stream(1, i), Growth(grammar), 5)) for i in range(900))
    assert set(drawn) == {3, 4, 5}


def test_position_independent_growth_is_neither_full_nor_lopsided():
    drawn = [pi_grow(stream(1, i), Growth(TREES), 4) for i in range(300)]
    deep = [[leaf.depth == 4 for leaf in leaves(TREES, one)] for one in drawn]
    assert all(map(any, deep))
    assert not all(map(all, deep))
    # The deep branch may stand anywhere: first, last and in between.
    assert {flags.index(True) > 0 for flags in deep} == {True, False}
    assert {flags[-1] for flags in deep} == {True, False}


def test_position_independent_growth_binds_only_the_last_that_can_reach_the_depth():
    grammar = parse_grammar("<s> ::= <a><a>\n<a> ::= (<x>) | .\n<x> ::= x")
    drawn = Counter(
        program(grammar, pi_grow(stream(1, i), Growth(grammar), 3)) for i in range(4000)
    )
    # The first of the two is free. If it ends, the other one may not; else that is free, too.
    assert set(drawn) == {".(x)", "(x).", "(x)(x)"}
    assert abs(drawn["(x)(x)"] - 1000) < 120
    assert abs(drawn[".(x)"] - 1500) < 120
    assert abs(drawn["(x)."] - 1500) < 120


def test_position_independent_growth_leads_through_the_last_way_that_is_left():
    grammar = parse_grammar("<s> ::= <a><b>\n<a> ::= <a>a | .\n<b> ::= b | c")
    assert {program(grammar, pi_grow(stream(i), Growth(grammar), 5))[:-1] for i in range(50)} == {
        ".aaa"
    }


@settings(deadline=None)
@given(grammar=grammars(), seed=seeds, size=st.integers(1, 30))
def test_ptc2_keeps_its_promise_of_a_size(grammar, seed, size):
    limit = least_depth(grammar) + seed % 4
    length = len(ptc2(stream(seed), Growth(grammar), limit, size))
    assume(length <= 200)
    possible = sizes(grammar, limit, 200)
    if size <= possible[0]:
        assert length == possible[0]
    elif size > possible[-1]:
        assert length == possible[-1]
    else:
        assert size <= length <= size + largest_step(grammar, limit) - 1


def largest_step(grammar, limit):
    """The most expansions that a production needs over the smallest of its rule."""
    found, steps_found = [0] * len(grammar.rules), [1]
    for level in islice(derivation_counts(grammar), 1, limit + 1):
        below = [number if number else None for number in found]
        found = []
        for rule, number in zip(grammar.references, level, strict=True):
            needs = [
                1 + sum(below[n] for n in names) for names in rule if all(below[n] for n in names)
            ]
            steps_found += [one - min(needs) for one in needs]
            found.append(min(needs) if number else 0)
    return max(steps_found)


@given(seeds, st.integers(1, 60))
def test_sizes_that_every_expansion_can_lead_to_are_exact(seed, size):
    assert len(ptc2(stream(seed), Growth(UNARY), 60, size)) == size
    # A binary tree has an odd number of nodes.
    assert len(ptc2(stream(seed), Growth(TREES), 12, size)) == size + (size % 2 == 0)


def test_ptc2_closes_with_the_smallest_production_that_fits():
    # The smallest program of <e> is three levels deep: a chain against a bush of four.
    grammar = parse_grammar("<e> ::= <c> | <x><x><x>\n<c> ::= <x>\n<x> ::= x")
    assert len(ptc2(stream(1), Growth(grammar), 3, 1)) == 3
    assert len(ptc2(stream(1), Growth(grammar), 2, 1)) == 4


def test_ptc2_does_not_go_beyond_the_size_where_it_need_not():
    grammar = parse_grammar("<e> ::= <x><x><x><x><x><x> | <x><e> | .\n<x> ::= x")
    assert {len(ptc2(stream(i), Growth(grammar), 9, 5)) for i in range(99)} == {5}


def test_ptc2_expands_anywhere_in_the_tree():
    drawn = [ptc2(stream(1, i), Growth(TREES), 9, 9) for i in range(300)]
    ends = [leaves(TREES, one) for one in drawn]
    assert {one[0].depth for one in ends} == {one[-1].depth for one in ends} == {2, 3, 4, 5}


def test_sizes_are_drawn_evenly_up_to_the_one_given():
    draw = initialiser("ptc2", UNARY, depth=40, size=8)
    drawn = Counter(len(draw(stream(1, i))) for i in range(4000))
    assert sorted(drawn) == [1, 2, 3, 4, 5, 6, 7, 8]
    # Chi-square with 7 degrees of freedom: beyond 24.3 once in a thousand seeds.
    assert sum((one - 500) ** 2 / 500 for one in drawn.values()) < 24.3


def test_sizes_end_where_the_depth_limit_ends_them():
    draw = initialiser("ptc2", UNARY, depth=5)
    drawn = Counter(len(draw(stream(1, i))) for i in range(1000))
    assert sorted(drawn) == [1, 2, 3, 4, 5]
    assert max(drawn.values()) < 270


def test_the_default_size_is_that_much_above_the_least():
    draw = initialiser(
        "ptc2", parse_grammar("<s> ::= <t><e>\n<t> ::= t\n<e> ::= a<e> | b"), depth=99
    )
    drawn = {len(draw(stream(1, i))) for i in range(1500)}
    assert drawn == set(range(3, 3 + EXTRA_SIZE + 1))


def test_uniform_draws_every_derivation_as_often():
    counts = DerivationCounts(SKEWED, 2)
    drawn = Counter(uniform(stream(1, i), counts) for i in range(10_000))
    assert len(drawn) == counts.total == 10
    # Chi-square with 9 degrees of freedom: beyond 27.9 once in a thousand seeds.
    assert sum((one - 1000) ** 2 / 1000 for one in drawn.values()) < 27.9


@pytest.mark.parametrize("method", ["grow", "full", "pi_grow", "ptc2"])
def test_very_deep_limits_are_no_problem(method):
    grammar = parse_grammar("<e> ::= a<e> %99999 | b")
    draw = initialiser(method, grammar, depth=50_000, size=3000)
    assert max(depth(grammar, draw(stream(i))) for i in range(3)) > 1500


def test_programs_that_cannot_be_counted_are_an_error(monkeypatch):
    monkeypatch.setattr(counting, "MOST_BITS", 1000)
    with pytest.raises(GegpError, match="too many derivations"):
        initialiser("uniform", TREES, depth=60)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("half", {"depth": 6}, "initialisation = 'half' is unknown; expected one of: grow, full"),
        ("grow", {"depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ("ptc2", {"depth": 6, "size": 1}, "init_size = 1 is too small .* expected at least 2, the"),
    ],
)
def test_impossible_settings(method, options, message):
    with pytest.raises(SettingsError, match=message):
        initialiser(method, parse_grammar("<s> ::= <e>\n<e> ::= x | (<s>)"), **options)
