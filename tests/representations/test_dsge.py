import pytest
from hypothesis import given

from gegp import DSGE
from gegp.errors import SettingsError
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream
from gegp.testing import RepresentationContract, seeds

GRAMMAR = parse_grammar("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y | z\n<unused> ::= u")


class TestContract(RepresentationContract):
    def make(self, grammar, *, init_depth, max_depth):
        return DSGE(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.3)


def test_maps_leftmost_and_depth_first():
    derivation = DSGE(GRAMMAR).derive(((0, 0, 1, 1, 1), (0, 1, 2), ()))
    assert derivation.phenotype == "((x + y) + z)"
    assert derivation.depth == 4
    assert derivation.used == (5, 3, 0)


def test_missing_codons_are_completed_with_least_depth():
    assert DSGE(GRAMMAR).derive(((0,), (2,), ())).phenotype == "(z + x)"
    assert DSGE(GRAMMAR).derive(((), (), ())).phenotype == "x"


def test_a_genotype_has_a_tuple_for_every_rule():
    genotype = DSGE(GRAMMAR).create(stream(1))
    assert len(genotype) == 3
    assert genotype[2] == ()


@given(seeds)
def test_spare_codons_are_bounded(seed):
    representation = DSGE(GRAMMAR, mutation_rate=0.5, spare_codons=3)
    genotype = representation.create(stream(seed))
    for generation in range(30):
        genotype = representation.mutate(stream(seed, generation), genotype)
        used = representation.derive(genotype).used
        assert all(len(codons) <= n + 3 for codons, n in zip(genotype, used, strict=True))


@given(seeds)
def test_mutation_at_rate_one_changes_every_used_codon_that_can_change(seed):
    representation = DSGE(parse_grammar("<s> ::= <v><v><v>\n<v> ::= x | y"), mutation_rate=1.0)
    genotype = representation.create(stream(seed))
    mutant = representation.mutate(stream(seed, 1), genotype)
    assert mutant == ((0,), tuple(1 - codon for codon in genotype[1]))


@given(seeds)
def test_a_mutant_that_did_not_change_is_the_same_genotype(seed):
    representation = DSGE(GRAMMAR, mutation_rate=0.0)
    genotype = representation.create(stream(seed))
    assert representation.mutate(stream(seed, 1), genotype) is genotype


def test_rates_by_non_terminal():
    representation = DSGE(
        parse_grammar("<s> ::= <a><b>\n<a> ::= 0 | 1\n<b> ::= 0 | 1"), mutation_rate={"b": 1.0}
    )
    genotype = representation.create(stream(1))
    mutant = representation.mutate(stream(2), genotype)
    assert mutant[1] == genotype[1]
    assert mutant[2] != genotype[2]


def test_growth_uses_every_program_that_fits():
    representation = DSGE(parse_grammar("<e> ::= a<e> | b"), init_depth=3, max_depth=3)
    programs = {
        representation.derive(representation.create(stream(i))).phenotype for i in range(99)
    }
    assert programs == {"b", "ab", "aab"}


def test_crossover_exchanges_whole_rules():
    grammar = parse_grammar("<s> ::= <a><b>\n<a> ::= 0 | 1\n<b> ::= 0 | 1")
    first, second = ((0,), (0,), (0,)), ((0,), (1,), (1,))
    children = {DSGE(grammar).crossover(stream(i), first, second) for i in range(50)}
    assert {one[1:] for one, _ in children} == {((a,), (b,)) for a in (0, 1) for b in (0, 1)}
    for one, two in children:
        assert {one[1], two[1]} == {(0,), (1,)}


def test_very_deep_programs_are_no_problem():
    representation = DSGE(parse_grammar("<e> ::= a<e> | b"), init_depth=3, max_depth=100_000)
    deep = representation.derive(((0,) * 50_000 + (1,),))
    assert deep.depth == 50_001


@given(seeds)
def test_what_came_from_elsewhere_leaves_the_depth_limit_alone(seed):
    """Its walk goes below the limit; those of the operators never do, then or later."""
    representation = DSGE(GRAMMAR, init_depth=3, max_depth=4, mutation_rate=0.9)
    assert representation.derive(((0,) * 9 + (1,) * 10, (0,) * 10, ())).depth == 11
    genotype = representation.create(stream(seed))
    for generation in range(20):
        genotype = representation.mutate(stream(seed, generation), genotype)
        assert representation.derive(genotype).depth <= 4


@pytest.mark.parametrize(
    "genotype",
    [((), (), ()), ((0, 1, 0, 1, 1), (2, 1), ()), ((0,) * 30 + (1,) * 31, (1,) * 40, (0, 0))],
)
def test_used_codons_are_those_that_deriving_reads(genotype):
    representation = DSGE(GRAMMAR)
    assert representation.used(genotype) == representation.derive(genotype).used


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"init_depth": 9, "max_depth": 8}, "max_depth = 8 is below search.init_depth = 9"),
        ({"mutation_rate": {"w": 0.1}}, "names 'w', which is no non-terminal"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        DSGE(GRAMMAR, **settings)
