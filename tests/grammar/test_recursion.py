import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp.grammar.analysis import reachable_rules, recursive_rules
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import depth, program, steps
from gegp.grammar.membership import find_derivation
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.grammar.reader import parse_grammar
from gegp.grammar.recursion import greatest_depth, most_references, remove_recursion, unroll
from gegp.rng import stream
from gegp.testing import grammars, seeds

levels = st.integers(min_value=0, max_value=4)

MUTUAL = parse_grammar("<e> ::= <t>+<e> | <t>\n<t> ::= <f>*<t> | <f>\n<f> ::= (<e>) | x")
EXPONENTIAL = "<e> ::= <o><e><e> | <v>\n<o> ::= + | -\n<v> ::= x | 1"
MOST = 300
"""The derivations that a test looks at one by one."""


def text(grammar):
    return str(grammar).strip()


def test_the_last_level_of_direct_recursion_keeps_what_does_not_recurse():
    assert text(remove_recursion(parse_grammar(EXPONENTIAL), 2)) == (
        "<e_lvl_0> ::= <o><e_lvl_1><e_lvl_1> | <v>\n"
        "<e_lvl_1> ::= <o><e_lvl_2><e_lvl_2> | <v>\n"
        "<e_lvl_2> ::= <v>\n"
        "<o> ::= + | -\n"
        "<v> ::= x | 1"
    )


def test_level_zero_removes_all_that_recurses():
    assert text(remove_recursion(parse_grammar(EXPONENTIAL), 0)) == (
        "<e_lvl_0> ::= <v>\n<v> ::= x | 1"
    )


def test_mutual_recursion_keeps_what_can_end_in_the_levels_that_are_left():
    # x needs no further level, <f> one, <f>*<t> and <t> two, <t>+<e> and (<e>) three.
    assert text(remove_recursion(MUTUAL, 3)) == (
        "<e_lvl_0> ::= <t_lvl_1>+<e_lvl_1> | <t_lvl_1>\n"
        "<e_lvl_1> ::= <t_lvl_2>\n"
        "<t_lvl_1> ::= <f_lvl_2>*<t_lvl_2> | <f_lvl_2>\n"
        "<t_lvl_2> ::= <f_lvl_3>\n"
        "<f_lvl_2> ::= x\n"
        "<f_lvl_3> ::= x"
    )


@pytest.mark.parametrize("level", [0, 1, 2])
def test_mutual_recursion_gets_the_levels_that_it_needs(level):
    assert text(remove_recursion(MUTUAL, level)) == (
        "<e_lvl_0> ::= <t_lvl_1>\n<t_lvl_1> ::= <f_lvl_2>\n<f_lvl_2> ::= x"
    )


def test_what_is_entered_from_outside_begins_at_level_zero():
    unrolled = remove_recursion(
        parse_grammar("<s> ::= <e><l>\n<e> ::= -<e> | x\n<l> ::= ,<e><l> | ."), 1
    )
    assert text(unrolled) == (
        "<s> ::= <e_lvl_0><l_lvl_0>\n"
        "<e_lvl_0> ::= -<e_lvl_1> | x\n"
        "<e_lvl_1> ::= x\n"
        "<l_lvl_0> ::= ,<e_lvl_0><l_lvl_1> | .\n"
        "<l_lvl_1> ::= ."
    )


def test_weights_blocks_and_repeated_productions_are_kept():
    grammar = Grammar(parse_grammar("<e> ::= -<e> %3 | x %2 | x\n<unused> ::= u").rules, True)
    unrolled = remove_recursion(grammar, 1)
    assert unrolled.blocks
    assert text(unrolled) == "<e_lvl_0> ::= -<e_lvl_1> %3 | x %2 | x\n<e_lvl_1> ::= x %2 | x"


def test_new_names_are_not_those_of_other_rules():
    grammar = parse_grammar("<e> ::= -<e> | <e_lvl_0>\n<e_lvl_0> ::= .<e_lvl_0> | <e_lvl__1>\n"
                            "<e_lvl__1> ::= x")  # fmt: skip
    unrolled = remove_recursion(grammar, 1)
    assert len(unrolled.index) == len(unrolled.rules) == 5
    assert not {rule.name for rule in unrolled.rules if rule.name != "e_lvl__1"} & set(
        grammar.index
    )
    programs = {"x", "-x", ".x", "-.x"}
    counts = DerivationCounts(unrolled, 9)
    assert {program(unrolled, counts.derivation(i)) for i in range(counts.total)} == programs


def test_rules_know_their_origin():
    grammar = parse_grammar(EXPONENTIAL)
    assert unroll(grammar, 2).origins == (0, 0, 0, 1, 2)


@given(grammars(), levels)
def test_nothing_recurses_and_every_rule_is_reachable(grammar, level):
    unrolled, origins = unroll(grammar, level)
    assert not recursive_rules(unrolled)
    assert len(reachable_rules(unrolled)) == len(unrolled.rules) == len(origins)
    assert all(rule.productions for rule in unrolled.rules)
    for rule, origin in zip(unrolled.rules, origins, strict=True):
        assert rule.name.startswith(grammar.rules[origin].name)


@settings(deadline=None)
@given(grammars(), levels, seeds)
def test_programs_are_programs_of_the_given_grammar(grammar, level, seed):
    unrolled = remove_recursion(grammar, level)
    counts = DerivationCounts(unrolled, depth_for(unrolled, seed))
    text = program(unrolled, counts.draw(stream(seed)))
    assert find_derivation(grammar, text).member


def depth_for(grammar, seed):
    return min(greatest_depth(grammar), 4 + seed % 3) if seed % 4 else greatest_depth(grammar)


def reached(grammar):
    """The rules that each rule leads to, by following references until nothing is new."""
    found = [{name for names in rule for name in names} for rule in grammar.references]
    while True:
        more = [names.union(*(found[name] for name in names)) for names in found]
        if more == found:
            return found
        found = more


def recursion(grammar, choices):
    """The most references in a row between rules that lead to each other, along any path."""
    leads = reached(grammar)
    most = 0
    above = []  # of each expansion that is open: rule, level
    for rule, _, at in steps(grammar, choices):
        del above[at - 1 :]
        parent, level = above[-1] if above else (rule, 0)
        inside = bool(above) and rule in leads[parent] and parent in leads[rule]
        above.append((rule, level + 1 if inside else 0))
        most = max(most, above[-1][1])
    return most


@settings(deadline=None)
@given(grammars(), levels, st.integers(1, 7))
def test_every_program_whose_recursion_is_within_the_level_is_kept(grammar, level, deepest):
    unrolled = remove_recursion(grammar, level)
    given_counts = DerivationCounts(grammar, deepest)
    if given_counts.total > MOST:
        return
    all_choices = [given_counts.derivation(i) for i in range(given_counts.total)]
    expected = sorted(
        program(grammar, choices) for choices in all_choices if recursion(grammar, choices) <= level
    )
    counts = DerivationCounts(unrolled, deepest)
    found = sorted(program(unrolled, counts.derivation(i)) for i in range(counts.total))
    more_levels = any(
        int(match[1]) > level
        for rule in unrolled.rules
        if (match := re.search(r"_lvl_+(\d+)$", rule.name))
    )
    if more_levels:
        assert set(expected) <= set(found)
    else:
        assert found == expected


@pytest.mark.parametrize(("level", "count"), [(0, 2), (1, 10), (2, 202), (3, 81610)])
def test_the_number_of_programs_by_level(level, count):
    # N(0) = 2 variables, N(l) = 2 operators * N(l-1)^2 + 2.
    unrolled = remove_recursion(parse_grammar(EXPONENTIAL), level)
    assert DerivationCounts(unrolled, 20).total == count


def test_most_references_by_hand():
    # Level 2: one expression, two below it, four below those: 7; operators at the upper 3.
    assert most_references(remove_recursion(parse_grammar(EXPONENTIAL), 2)) == (1, 2, 4, 3, 4)
    # Each rule for itself: no derivation holds both the three <a> and the two <b>.
    grammar = parse_grammar("<s> ::= <a><a><a> | <a><b><b>\n<a> ::= 1\n<b> ::= 2")
    assert most_references(grammar) == (1, 3, 2)


@settings(deadline=None)
@given(grammars(), levels)
def test_bounds_are_those_of_all_derivations(grammar, level):
    unrolled = remove_recursion(grammar, level)
    deepest = greatest_depth(unrolled)
    counts = DerivationCounts(unrolled, deepest)
    if counts.total > MOST:
        return
    assert DerivationCounts(unrolled, deepest + 1).total == counts.total
    all_choices = [counts.derivation(i) for i in range(counts.total)]
    assert max(depth(unrolled, choices) for choices in all_choices) == deepest
    most = [0] * len(unrolled.rules)
    for choices in all_choices:
        expanded = [step.rule for step in steps(unrolled, choices)]
        most = [max(n, expanded.count(rule)) for rule, n in enumerate(most)]
    assert most_references(unrolled) == tuple(most)


def test_bounds_need_a_grammar_without_recursion():
    for bound in (greatest_depth, most_references):
        with pytest.raises(ValueError, match="derive themselves"):
            bound(MUTUAL)


def chain(size):
    """Each rule refers twice to one of those behind it, in three alternatives."""
    rng = stream(1)
    rules = []
    for i in range(size - 1):
        names = [f"r{rng.randrange(i + 1, min(size, i + 20))}" for _ in range(6)]
        symbols = [Symbol(name, terminal=False) for name in names]
        rules.append(Rule(f"r{i}", tuple(Production(tuple(symbols[j : j + 2])) for j in (0, 2, 4))))
    end = Rule(f"r{size - 1}", (Production((Symbol("x", terminal=True),)),))
    return Grammar((*rules, end))


def test_large_grammars_take_no_time():
    grammar = chain(1200)
    grammar.references  # noqa: B018
    begin = time.perf_counter()
    unrolled = remove_recursion(grammar, 3)
    assert max(most_references(unrolled)) == 10**9
    assert 60 < greatest_depth(unrolled) <= 1200
    assert time.perf_counter() - begin < 3  # seconds; 0.3 where nothing else runs


def test_long_cycles_are_no_problem():
    names = [f"r{i}" for i in range(5000)]
    rules = [
        Rule(name, (Production((Symbol(after, terminal=False),)),))
        for name, after in zip(names, [*names[1:], names[0]], strict=True)
    ]
    end = Production((Symbol("x", terminal=True),))
    rules[-1] = Rule(names[-1], (*rules[-1].productions, end))
    unrolled = remove_recursion(Grammar(tuple(rules)), 3)
    assert greatest_depth(unrolled) == 5000
    assert unrolled.rules[-1].name == "r4999_lvl_4999"
