import math

from hypothesis import given

from gegp.grammar.analysis import least_depth, least_depths
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
