import math

from hypothesis import given

from gegp.grammar.analysis import (
    components,
    is_cyclic,
    least_depth,
    least_depths,
    nullable_rules,
    reachable_rules,
    recursive_rules,
    unit_cycles,
)
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.grammar.reader import parse_grammar
from gegp.testing import grammars


def brute_force_least_depths(references):
    """The same by iterating to a fixed point."""
    rules = [math.inf] * len(references)
    while True:
        depths = tuple(
            tuple(1 + max((rules[name] for name in names), default=0) for names in rule)
            for rule in references
        )
        updated = [min(rule) for rule in depths]
        if updated == rules:
            return depths
        rules = updated


@given(grammars())
def test_least_depths_are_those_of_the_definition(grammar):
    assert least_depths(grammar.references) == brute_force_least_depths(grammar.references)


def test_depth_counts_the_start_symbol():
    grammar = parse_grammar("<a> ::= x | <b>\n<b> ::= y | <a> <a>")
    assert least_depths(grammar.references) == ((1, 2), (1, 2))
    assert least_depth(parse_grammar("<a> ::= <b>\n<b> ::= y")) == 2


def test_many_mutually_recursive_rules_take_no_time():
    size = 2000
    rules = [
        Rule(
            f"r{i}",
            tuple(
                Production((Symbol(f"r{(i + step) % size}", terminal=False),)) for step in (1, 2, 3)
            ),
        )
        for i in range(size - 1)
    ]
    rules.append(Rule(f"r{size - 1}", (Production((Symbol("x", terminal=True),)),)))
    depths = least_depths(Grammar(tuple(rules)).references)
    assert min(depths[size - 1]) == 1
    assert min(depths[0]) == 1 + math.ceil((size - 1) / 3)


def closure(uses):
    """What each rule leads to in one or more steps, by trying until nothing changes."""
    leads = [set(each) for each in uses]
    changed = True
    while changed:
        changed = False
        for rule in leads:
            more = set().union(*(leads[other] for other in rule)) - rule
            rule |= more
            changed |= bool(more)
    return leads


def empty_rules(grammar):
    """The rules that derive the empty text, by trying until nothing changes."""
    found = set()
    while True:
        more = {
            i
            for i, rule in enumerate(grammar.rules)
            for names, production in zip(grammar.references[i], rule.productions, strict=True)
            if len(names) == len(production.symbols) and set(names) <= found
        }
        if more <= found:
            return found
        found |= more


@given(grammars())
def test_reachability_and_recursion_are_those_of_the_definition(grammar):
    leads = closure([{name for names in rule for name in names} for rule in grammar.references])
    assert reachable_rules(grammar) == {0} | leads[0]
    assert recursive_rules(grammar) == {i for i, each in enumerate(leads) if i in each}


@given(grammars())
def test_empty_rules_and_cycles_are_those_of_the_definition(grammar):
    empty = empty_rules(grammar)
    assert nullable_rules(grammar) == empty
    alone = [
        {
            name
            for names, production in zip(references, rule.productions, strict=True)
            for i, name in enumerate(names)
            if len(names) == len(production.symbols) and {*names[:i], *names[i + 1 :]} <= empty
        }
        for references, rule in zip(grammar.references, grammar.rules, strict=True)
    ]
    assert is_cyclic(grammar) == any(i in each for i, each in enumerate(closure(alone)))


def test_unit_cycles_are_grouped():
    grammar = parse_grammar(
        "<a> ::= <b> | x\n<b> ::= <c> | y\n<c> ::= <a> | z\n<d> ::= <d> | w\n<e> ::= <a> | <f>\n"
        "<f> ::= (<e>)",
        dialect="gegp",
    )
    assert unit_cycles(grammar) == ((0, 1, 2), (3,))


def test_components_come_after_those_that_they_lead_to():
    groups = [sorted(group) for group in components([{1, 3}, {2}, {1}, {3, 4}, set()])]
    assert groups == [[1, 2], [4], [3], [0]]


def test_a_long_chain_of_rules_is_no_recursion_of_python():
    size = 50_000
    uses = [{i + 1} for i in range(size - 1)] + [{0}]
    assert [len(group) for group in components(uses)] == [size]
