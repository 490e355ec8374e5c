import pytest
from hypothesis import given

from gegp.errors import SettingsError
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import depth, program
from gegp.grammar.model import Grammar
from gegp.grammar.reader import parse_grammar
from gegp.grammar.subtrees import change_production, exchange_subtrees, regrow_subtree, subtrees
from gegp.representations.cfggp import CFGGP
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

GRAMMAR = parse_grammar("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y | z")
TREE = (0, 0, 1, 0, 1, 1, 1, 2)  # ((x + y) + z)


class TestContract(RepresentationContract):
    def make(self, grammar, *, init_depth, max_depth):
        return CFGGP(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.7)


class TestContractOfTheSmallestChange(RepresentationContract):
    def make(self, grammar, *, init_depth, max_depth):
        return CFGGP(grammar, init_depth=init_depth, max_depth=max_depth, mutation="one")


def test_a_derivation_is_its_subtrees():
    assert program(GRAMMAR, TREE) == "((x + y) + z)"
    found = [
        (one.rule, one.start, one.stop, one.depth, one.height) for one in subtrees(GRAMMAR, TREE)
    ]
    assert found == [
        (0, 0, 8, 1, 4), (0, 1, 6, 2, 3), (0, 2, 4, 3, 2), (1, 3, 4, 4, 1),
        (0, 4, 6, 3, 2), (1, 5, 6, 4, 1), (0, 6, 8, 2, 2), (1, 7, 8, 3, 1),
    ]  # fmt: skip


@given(grammar=grammars(), seed=seeds)
def test_exchanged_subtrees_keep_all_that_there_was(grammar: Grammar, seed):
    growth = Growth(grammar)
    least = int(min(growth.depths[0]))
    first, second = (growth.grow(stream(seed, i), 0, least + 3) for i in (0, 1))
    one, two = exchange_subtrees(stream(seed, 2), grammar, first, second, least + 4)
    assert sorted(one + two) == sorted(first + second)
    assert max(depth(grammar, one), depth(grammar, two)) <= least + 4


def test_every_pair_of_places_can_be_exchanged():
    children = {
        program(GRAMMAR, exchange_subtrees(stream(i), GRAMMAR, TREE, (1, 2), 17)[0])
        for i in range(200)
    }
    assert children == {
        "(z + z)", "((z + y) + z)", "((x + z) + z)", "((x + y) + z)",
    }  # fmt: skip


@given(seeds)
def test_a_regrown_derivation_differs_and_keeps_its_limits(seed):
    growth = Growth(GRAMMAR)
    mutant = regrow_subtree(stream(seed), growth, TREE, 2, 4)
    assert mutant != TREE
    assert depth(GRAMMAR, mutant) <= 4
    assert len(mutant) <= len(TREE)


def test_the_smallest_change_keeps_what_it_can():
    growth = Growth(GRAMMAR)
    mutants = {program(GRAMMAR, change_production(stream(i), growth, TREE, 4)) for i in range(300)}
    assert "((x + z) + z)" in mutants
    assert "((y + y) + z)" in mutants
    for text in mutants:
        assert text != "((x + y) + z)"
    # A sum that stays a place keeps its left part where the new production has room for it.
    assert all(text.count("(") <= 3 for text in mutants)


def test_the_rate_is_that_of_an_individual():
    changed = [
        CFGGP(GRAMMAR, mutation_rate=0.25).mutate(stream(i), TREE) != TREE for i in range(400)
    ]
    assert 0.17 < sum(changed) / 400 < 0.33


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mutation_rate": "1/used"}, "expects a number"),
        ({"mutation_rate": {"e": 0.1}}, "expects a number"),
        ({"crossover": "mask"}, "expected one of: subtree"),
        ({"mutation": "per_gene"}, "expected one of: subtree, one"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        CFGGP(GRAMMAR, **settings)
