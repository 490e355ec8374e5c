from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.reader import parse_grammar
from gegp.representations.ge import GE
from gegp.representations.pige import PiGE
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

GRAMMAR = parse_grammar("<e> ::= (<e>+<e>) | <v>\n<v> ::= x | y | z")
BITS = parse_grammar("<s> ::= <b><b><b><b>\n<b> ::= 0 | 1")
CHAIN = parse_grammar("<e> ::= 1<e> | 0")


class TestContract(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return PiGE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            mutation_rate=0.3,
            genome_length=20,
        )


class TestContractOfTheBucketRule(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return PiGE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover="mask",
            mutation="one",
            genome_length=20,
            codon_rule="bucket",
        )


def pige(grammar, **settings):
    return PiGE(grammar, **{"init_depth": least_depth(grammar)} | settings)


def test_expands_the_outstanding_non_terminals_in_the_order_of_the_first_integers():
    # <e>: 7 % 1 = 0, (<e>+<e>): 3 % 2 = 1, the right <e> becomes <v>: 1 % 2 = 1, <v> becomes z;
    # then the left <e> becomes <v>, and 4 % 3 = 1 makes it y.
    derivation = pige(GRAMMAR).derive((7, 0, 3, 1, 1, 2, 0, 1, 5, 4, 9, 9))
    assert derivation.phenotype == "(y+z)"
    assert derivation.choices == (0, 1, 1, 1, 2)
    assert derivation.used == (3, 2)
    assert derivation.depth == 3
    assert derivation.complete


def test_what_a_non_terminal_becomes_stands_where_it_stood():
    # The middle one of three is expanded first; its two parts are then the second and third.
    grammar = parse_grammar("<s> ::= <a><a><a>\n<a> ::= [<b><b>] | -\n<b> ::= x | y | z")
    pairs = ((1, 0), (2, 2), (1, 1), (1, 1), (0, 1))
    derivation = pige(grammar).derive(sum(pairs, ()))
    assert derivation.phenotype == "-[yz]-"


@given(grammars(), seeds, st.lists(st.integers(0, 255), max_size=30))
def test_is_grammatical_evolution_where_the_order_is_leftmost(grammar, seed, codons):
    settings = {
        "init_depth": least_depth(grammar),
        "max_depth": least_depth(grammar) + seed % 5,
        "wraps": seed % 3,
        "invalid": "worst",
    }
    flat = tuple(value for codon in codons for value in (0, codon))
    assert PiGE(grammar, **settings).derive(flat) == GE(grammar, **settings).derive(tuple(codons))


@given(grammars(), seeds)
def test_any_order_stays_within_the_depth_limit_and_reports_leftmost_choices(grammar, seed):
    limit = least_depth(grammar) + seed % 4
    representation = pige(grammar, max_depth=limit, genome_length=1 + seed % 30)
    derivation = representation.derive(representation.create(stream(seed)))
    assert derivation.depth <= limit
    leftmost = representation.encode(derivation.choices)
    assert not any(leftmost[::2])
    assert representation.derive(leftmost).choices == derivation.choices


@pytest.mark.parametrize(
    ("wraps", "program"), [(0, "((x+x)+(x+x))"), (1, "((((x+x)+(x+x))+x)+(x+x))")]
)
def test_pairs_are_read_again_and_what_is_left_open_is_closed(wraps, program):
    for invalid in ("complete", "worst"):
        representation = pige(GRAMMAR, wraps=wraps, invalid=invalid)
        derivation = representation.derive((0, 0, 1, 0, 0, 0))
        assert derivation.phenotype == program
        assert derivation.used == (3 * (1 + wraps), 0)
        assert derivation.complete == (invalid == "complete")


def test_a_production_that_does_not_fit_is_replaced_by_one_of_least_depth():
    genotype = (0, 0, 1, 0, 1, 2, 0, 1, 0, 1)
    for invalid in ("complete", "worst"):
        derivation = pige(GRAMMAR, max_depth=3, invalid=invalid).derive(genotype)
        assert derivation.phenotype == "(y+z)"
        assert derivation.complete == (invalid == "complete")


def test_the_order_of_an_encoded_derivation_is_drawn():
    representation = pige(BITS, genome_length=4)
    orders = set()
    for i in range(500):
        genotype = representation.encode((0, 0, 1, 0, 1), stream(i))
        assert representation.derive(genotype).phenotype == "0101"
        orders.add(tuple(order % n for order, n in zip(genotype[::2], (4, 3, 2, 1), strict=True)))
    assert len(orders) == 24


def test_encoding_fills_up_with_random_pairs_and_keeps_to_the_bound():
    representation = pige(CHAIN, max_depth=99, genome_length=3)
    assert representation.encode((0, 0, 1)) == (0, 0, 0, 0, 0, 1)
    assert len(representation.encode((1,), stream(1))) == 6
    assert len(representation.encode((0,) * 29 + (1,))) == 60
    with pytest.raises(InputError, match=r"needs 31 codons.* search\.genome_length to 4"):
        representation.encode((0,) * 30 + (1,))


@pytest.mark.parametrize("kind", ["one_point", "two_point", "mask"])
def test_crossover_never_cuts_a_pair(kind):
    # The second integer of a pair is the first one plus one.
    first, second = (0, 1) * 6, (10, 11) * 5
    children = [pige(BITS, crossover=kind).crossover(stream(i), first, second) for i in range(100)]
    for one, two in children:
        for child in (one, two):
            assert len(child) % 2 == 0
            assert all(b == a + 1 for a, b in zip(child[::2], child[1::2], strict=True))
    assert any(a != b for a, b in pairwise(children))


def test_children_are_never_longer_than_ten_times_the_length_and_never_empty():
    representation = pige(CHAIN, max_depth=99, genome_length=2)
    parent = (0, 0) * 20
    lengths = [
        len(child)
        for i in range(300)
        for child in representation.crossover(stream(i), parent, parent)
    ]
    assert max(lengths) == 40
    assert representation.crossover(stream(1), (0, 1), (0, 1)) == ((0, 1), (0, 1))


@given(seeds)
def test_mutation_at_rate_one_gives_every_used_integer_another_value(seed):
    representation = pige(BITS, mutation_rate=1.0, genome_length=9, codon_rule="bucket")
    genotype = representation.create(stream(seed))
    mutant = representation.mutate(stream(seed, 1), genotype)
    assert all(a != b for a, b in zip(genotype[:8], mutant, strict=False))
    assert mutant[8:] == genotype[8:]
    assert max(mutant[1::2]) < 2
    assert len(genotype) == 18


def test_orders_have_eight_bits_whatever_the_codons_have():
    genotype = pige(BITS, codon_rule="bucket").create(stream(1))
    assert len(genotype) == 400
    assert 200 < max(genotype[::2]) < 256
    assert max(genotype[1::2]) == 1


def test_very_deep_programs_are_no_problem():
    derivation = pige(CHAIN, max_depth=100_000).derive((3, 0) * 50_000 + (3, 1))
    assert derivation.depth == 50_001


def test_is_made_by_its_name():
    representation = make_representation("pige", GRAMMAR, {"wraps": 0, "genome_length": 7})
    assert isinstance(representation, PiGE)
    assert len(representation.create(stream(1))) == 14


def test_a_table_of_rates_is_refused():
    with pytest.raises(SettingsError, match=r"search\.mutation_rate is a table.*'pige'"):
        pige(GRAMMAR, mutation_rate={"v": 0.1})
