import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.errors import SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.reader import parse_grammar
from gegp.representations.copsge import CoPSGE
from gegp.representations.probabilities import FLOOR, distribution
from gegp.representations.psge import PSGE
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

GRAMMAR = parse_grammar("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y | z\n<unused> ::= u")


class TestContract(RepresentationContract):
    def make(self, grammar, *, init_depth, max_depth):
        return CoPSGE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            mutation_rate=0.3,
            probability_mutation_rate=0.5,
        )


def test_it_is_found_by_its_name_with_its_settings():
    made = make_representation(
        "copsge", GRAMMAR, {"probability_mutation_rate": 0.5, "probability_deviation": 0.1}
    )
    assert isinstance(made, CoPSGE)
    assert (made.probability_mutation_rate, made.probability_deviation) == (0.5, 0.1)


def test_all_begin_with_the_weights_of_the_grammar():
    representation = CoPSGE(parse_grammar("<s> ::= a %3 | b"))
    assert representation.create(stream(1))[0] == ((0.75, 0.25),)
    assert representation.encode((1,)) == (((0.75, 0.25),), ((0.875,),))


def test_codons_mean_what_the_genotype_s_own_probabilities_say():
    representation = CoPSGE(parse_grammar("<s> ::= a | b"))
    assert representation.derive((((0.7, 0.3),), ((0.6,),))).phenotype == "a"
    assert representation.derive((((0.5, 0.5),), ((0.6,),))).phenotype == "b"


@given(grammar=grammars(), seed=seeds)
def test_it_grows_as_psge_does(grammar, seed):
    depth = least_depth(grammar) + seed % 3
    depths = {"init_depth": depth, "max_depth": depth}
    created = CoPSGE(grammar, **depths).create(stream(seed))
    assert created[1] == PSGE(grammar, **depths).create(stream(seed))


@given(grammar=grammars(), seed=seeds)
def test_both_children_have_the_probabilities_of_the_first_parent(grammar, seed):
    depth = least_depth(grammar) + 2
    representation = CoPSGE(
        grammar, init_depth=depth, max_depth=depth, probability_mutation_rate=1.0
    )
    first, second = (
        representation.mutate(stream(seed, i), representation.create(stream(seed, i, 1)))
        for i in range(2)
    )
    children = representation.crossover(stream(seed, 2), first, second)
    assert children[0][0] == children[1][0] == first[0]


def test_crossover_exchanges_the_codons_of_whole_rules():
    grammar = parse_grammar("<s> ::= <a><b>\n<a> ::= 0 | 1\n<b> ::= 0 | 1")
    representation = CoPSGE(grammar)
    low = representation.encode((0, 0, 0))
    high = representation.encode((0, 1, 1))
    children = {
        tuple(representation.derive(child).phenotype for child in pair)
        for pair in (representation.crossover(stream(i), low, high) for i in range(50))
    }
    assert children == {("00", "11"), ("01", "10"), ("10", "01"), ("11", "00")}


def test_probabilities_mutate_before_the_codons_and_the_parent_keeps_its_own():
    representation = CoPSGE(GRAMMAR, mutation_rate=0.0, probability_mutation_rate=1.0)
    parent = representation.create(stream(1))
    before = parent[0]
    mutant = representation.mutate(stream(2), parent)
    assert parent[0] is before
    assert mutant[0][0] != before[0]
    assert mutant[0][1] != before[1]
    assert mutant[0][2] == (1.0,)


def test_a_chosen_probability_steps_and_the_others_share_the_opposite_step():
    # At rate 1 the first production is chosen. The step is what its probability has gained.
    grammar = parse_grammar("<s> ::= a | b | c")
    representation = CoPSGE(
        grammar, mutation_rate=0.0, probability_mutation_rate=1.0, probability_deviation=0.02
    )
    parent = representation.create(stream(1))
    steps = []
    for i in range(2000):
        first, second, third = representation.mutate(stream(i), parent)[0][0]
        assert second == pytest.approx(third)
        steps.append(first - 1 / 3)
        assert second == pytest.approx(1 / 3 - steps[-1] / 2)
    assert abs(sum(steps) / 2000) < 0.002
    assert math.sqrt(sum(step * step for step in steps) / 2000) == pytest.approx(0.02, rel=0.1)


def test_a_rule_changes_once_at_most_as_often_as_its_rate_says():
    grammar = parse_grammar("<s> ::= a | b")
    representation = CoPSGE(grammar, mutation_rate=0.0, probability_mutation_rate=0.2)
    parent = representation.create(stream(1))
    changed = sum(representation.mutate(stream(i), parent) != parent for i in range(4000))
    # One of two productions is chosen, each with 0.2: 1 - 0.8 * 0.8.
    assert abs(changed / 4000 - 0.36) < 0.03


@given(grammar=grammars(), seed=seeds)
def test_mutated_probabilities_are_distributions_that_keep_to_the_floor(grammar, seed):
    depth = least_depth(grammar) + 1
    representation = CoPSGE(
        grammar,
        init_depth=depth,
        max_depth=depth,
        probability_mutation_rate=0.7,
        probability_deviation=5.0,
    )
    genotype = representation.create(stream(seed))
    for generation in range(5):
        genotype = representation.mutate(stream(seed, generation), genotype)
        for values in genotype[0]:
            assert math.fsum(values) == pytest.approx(1.0)
            assert min(values) >= 0.999 * FLOOR / len(values)


@given(grammar=grammars(), seed=seeds, favoured=st.integers(0, 3))
def test_the_depth_limit_holds_for_extreme_probabilities(grammar, seed, favoured):
    depth = least_depth(grammar) + seed % 3
    representation = CoPSGE(grammar, init_depth=depth, max_depth=depth, mutation_rate=0.0)
    first, second = (representation.create(stream(seed, i)) for i in range(2))
    extreme = tuple(
        distribution([float(i == favoured % len(values)) for i in range(len(values))])
        for values in first[0]
    )
    other = (extreme, first[1])
    for child in (
        representation.mutate(stream(seed, 2), other),
        *representation.crossover(stream(seed, 3), other, second),
    ):
        assert representation.derive(child).depth <= depth


def test_without_mutation_and_deeper_meaning_nothing_changes():
    representation = CoPSGE(GRAMMAR, mutation_rate=0.0, probability_mutation_rate=0.0)
    genotype = representation.create(stream(1))
    assert representation.mutate(stream(2), genotype) == genotype


def test_it_learns_nothing_in_a_run():
    representation = CoPSGE(GRAMMAR)
    derived = representation.derive(representation.create(stream(1)))
    assert representation.learned == ()
    assert representation.adapt(derived, derived) is representation


def test_evolving_probabilities_alone_changes_programs():
    grammar = parse_grammar("<s> ::= a | b")
    representation = CoPSGE(grammar, mutation_rate=0.0, probability_mutation_rate=1.0)
    parent = representation.encode((1,))
    programs = {
        representation.derive(representation.mutate(stream(i), parent)).phenotype for i in range(50)
    }
    assert programs == {"a", "b"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"mutation": "subtree"}, "search.mutation = 'subtree' is not for .* 'copsge'"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        CoPSGE(GRAMMAR, **settings)
