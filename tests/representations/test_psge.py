import json
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import steps
from gegp.grammar.membership import find_derivation
from gegp.grammar.reader import parse_grammar
from gegp.representations.probabilities import FLOOR, LARGEST
from gegp.representations.psge import PSGE
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

GRAMMAR = parse_grammar("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y | z\n<unused> ::= u")


class TestContract(RepresentationContract):
    def make(self, grammar, *, init_depth, max_depth):
        return PSGE(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.3)


def derivation(representation, program):
    choices = find_derivation(representation.grammar, program).choices
    return representation.derive(representation.encode(choices))


def extreme(grammar, favoured):
    """Nearly all of each rule's probability for one production of it."""
    return tuple(
        tuple(float(i == favoured % len(rule.productions)) for i in range(len(rule.productions)))
        for rule in grammar.rules
    )


def test_it_is_found_by_its_name_with_its_settings():
    made = make_representation("psge", GRAMMAR, {"learning_factor": 0.5, "codon_deviation": 0.1})
    assert isinstance(made, PSGE)
    assert (made.learning_factor, made.codon_deviation) == (0.5, 0.1)


def test_a_codon_is_the_production_in_whose_interval_it_lies():
    # <e>: [0, 1/2) and [1/2, 1); <v>: thirds.
    codons = ((0.49, 0.0, 0.5, 0.51, LARGEST), (0.0, 0.34, 0.67), ())
    derived = PSGE(GRAMMAR).derive(codons)
    assert derived.phenotype == "((x + y) + z)"
    assert derived.used == (5, 3, 0)


def test_the_first_probabilities_are_the_weights_of_the_grammar():
    representation = PSGE(parse_grammar("<s> ::= a %3 | b"), max_depth=6)
    assert representation.probabilities == ((0.75, 0.25),)
    assert representation.derive(((0.74,),)).phenotype == "a"
    assert representation.derive(((0.75,),)).phenotype == "b"


def test_missing_codons_are_completed_with_least_depth():
    assert PSGE(GRAMMAR).derive(((), (), ())).phenotype == "x"


def test_the_frequencies_of_productions_follow_the_probabilities():
    grammar = parse_grammar("<s> ::= a | b | c")
    representation = PSGE(grammar).with_probabilities(((0.6, 0.3, 0.1),))
    programs = Counter(
        representation.derive(representation.create(stream(i))).phenotype for i in range(4000)
    )
    for program, probability in (("a", 0.6), ("b", 0.3), ("c", 0.1)):
        assert abs(programs[program] / 4000 - probability) < 0.03  # four standard errors


def test_near_the_limit_the_productions_that_fit_keep_their_proportions():
    grammar = parse_grammar("<s> ::= <s><s> | a | b")
    representation = PSGE(grammar, init_depth=1).with_probabilities(((0.8, 0.15, 0.05),))
    programs = Counter(
        representation.derive(representation.create(stream(i))).phenotype for i in range(2000)
    )
    assert set(programs) == {"a", "b"}
    assert abs(programs["a"] / 2000 - 0.75) < 0.04


def test_an_update_by_hand():
    # x + (y + y): <e> is expanded five times, two sums and three variables.
    representation = PSGE(GRAMMAR, learning_factor=0.1)
    adapted = representation.adapt(
        derivation(representation, "(x + (y + y))"), derivation(representation, "z")
    )
    sums, variables = 0.5 + 0.1 * 2 / 5, 0.5 + 0.1 * 3 / 5
    x, y, z = 1 / 3 + 0.1 / 3, 1 / 3 + 0.1 * 2 / 3, 1 / 3 - 0.1 / 3
    assert adapted.probabilities[0] == pytest.approx([sums / 1.1, variables / 1.1])
    assert adapted.probabilities[1] == pytest.approx([p / (x + y + z) for p in (x, y, z)])
    assert adapted.probabilities[2] == (1.0,)
    assert representation.probabilities[0] == (0.5, 0.5)


def test_a_probability_gains_no_more_than_one():
    grammar = parse_grammar("<s> ::= a | b")
    representation = PSGE(grammar, learning_factor=0.5).with_probabilities(((0.9, 0.1),))
    a = derivation(representation, "a")
    assert representation.adapt(a, a).probabilities[0] == pytest.approx([1 / 1.05, 0.05 / 1.05])


def test_a_rule_that_the_program_does_not_expand_keeps_its_probabilities():
    grammar = parse_grammar("<s> ::= <a> | <b>\n<a> ::= 0 | 1\n<b> ::= 2 | 3")
    representation = PSGE(grammar).with_learned((0, ((0.5, 0.5), (0.5, 0.5), (0.3, 0.7))))
    zero = derivation(representation, "0")
    assert representation.adapt(zero, zero).probabilities[2] == (0.3, 0.7)


def test_the_best_so_far_and_the_best_of_the_generation_take_turns():
    grammar = parse_grammar("<s> ::= a | b")
    representation = PSGE(grammar)
    best, current = derivation(representation, "a"), derivation(representation, "b")
    once = representation.adapt(best, current)
    twice = once.adapt(best, current)
    assert once.probabilities[0][0] > 0.5
    assert twice.probabilities[0][0] < once.probabilities[0][0]
    assert twice.adapt(best, current).probabilities[0][0] > twice.probabilities[0][0]


def test_adapting_to_a_program_makes_it_likely():
    representation = PSGE(GRAMMAR)
    target = derivation(representation, "y")

    def share(representation):
        programs = [
            representation.derive(representation.create(stream(i))).phenotype for i in range(500)
        ]
        return programs.count("y") / 500

    before = share(representation)
    for _ in range(200):
        representation = representation.adapt(target, target)
    assert before < 0.3
    assert share(representation) > 0.6


def test_no_probability_is_lost_however_long_it_is_not_used():
    representation = PSGE(parse_grammar("<s> ::= a | b"), learning_factor=1.0)
    a, b = derivation(representation, "a"), derivation(representation, "b")
    for _ in range(50):
        representation = representation.adapt(a, a)
    least = representation.probabilities[0][1]
    assert least == pytest.approx(FLOOR / 2, rel=0.01)
    assert representation.adapt(b, b).probabilities[0][1] > 0.4


@given(grammar=grammars(), seed=seeds)
def test_what_was_learned_is_restored_to_the_bit(grammar, seed):
    depth = least_depth(grammar) + 2
    representation = PSGE(grammar, init_depth=depth, max_depth=depth, learning_factor=0.7)
    counts = DerivationCounts(grammar, depth)
    for turn in range(1 + seed % 9):
        best, current = (
            representation.derive(representation.encode(counts.draw(stream(seed, turn, i))))
            for i in range(2)
        )
        representation = representation.adapt(best, current)
    fresh = PSGE(grammar, init_depth=depth, max_depth=depth, learning_factor=0.7)
    again = fresh.with_learned(json.loads(json.dumps(representation.learned)))
    assert again.learned == representation.learned
    assert again.adapt(best, current).learned == representation.adapt(best, current).learned


def test_nothing_learned_changes_nothing():
    representation = PSGE(GRAMMAR)
    assert representation.with_learned(()) is representation


@given(grammar=grammars(), seed=seeds, favoured=st.integers(0, 3))
def test_the_depth_limit_holds_for_extreme_probabilities(grammar, seed, favoured):
    init_depth = least_depth(grammar) + seed % 2
    max_depth = init_depth + seed % 3
    made = PSGE(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.3)
    old = made.create(stream(seed)), made.create(stream(seed, 1))
    representation = made.with_learned((3, extreme(grammar, favoured)))
    new = representation.create(stream(seed, 2))
    assert representation.derive(new).depth <= init_depth
    children = (
        representation.mutate(stream(seed, 3), old[0]),  # codons of other probabilities
        *representation.crossover(stream(seed, 4), *old),
        *representation.crossover(stream(seed, 5), old[0], new),
        representation.mutate(stream(seed, 6), new),
    )
    for child in children:
        assert representation.derive(child).depth <= max_depth


def test_a_genotype_is_repaired_although_nothing_mutates():
    grammar = parse_grammar("<e> ::= a<e> | b")
    representation = PSGE(grammar, init_depth=3, max_depth=3, mutation_rate=0.0)
    old = ((0.6,),)
    assert representation.mutate(stream(1), old) == old
    changed = representation.with_probabilities(((0.7, 0.3),))
    mutant = changed.mutate(stream(1), ((0.6, 0.6, 0.6, 0.6),))
    assert changed.derive(mutant).phenotype == "aab"
    assert mutant[0][:2] == (0.6, 0.6)


@given(grammar=grammars(), seed=seeds)
def test_variation_leaves_codons_that_fit_alone(grammar, seed):
    depth = least_depth(grammar) + 2
    representation = PSGE(grammar, init_depth=depth, max_depth=depth, mutation_rate=0.0)
    genotype = representation.create(stream(seed))
    assert representation.mutate(stream(seed, 1), genotype) == genotype
    assert representation.crossover(stream(seed, 2), genotype, genotype) == (genotype, genotype)


@given(grammar=grammars(), seed=seeds)
def test_encoded_codons_lie_inside_the_intervals_and_are_open_to_chance(grammar, seed):
    depth = least_depth(grammar) + 1
    representation = PSGE(grammar, init_depth=depth, max_depth=depth)
    choices = DerivationCounts(grammar, depth).draw(stream(seed))
    middle = representation.encode(choices)
    assert representation.encode(choices) == middle
    drawn = representation.encode(choices, stream(seed, 1))
    assert [len(codons) for codons in drawn] == [len(codons) for codons in middle]
    assert drawn != middle
    for codons in (*middle, *drawn):
        assert all(0.0 <= codon < 1.0 for codon in codons)
    assert representation.derive(drawn).choices == representation.derive(middle).choices == choices
    expanded = Counter(step.rule for step in steps(grammar, choices))
    assert [len(codons) for codons in middle] == [expanded[i] for i in range(len(grammar.rules))]


def test_encode_without_chance_takes_the_middle():
    representation = PSGE(GRAMMAR).with_probabilities(((0.5, 0.5), (0.25, 0.5, 0.25), (1.0,)))
    assert representation.encode((0, 1, 1, 1, 2)) == ((0.25, 0.75, 0.75), (0.5, 0.875), ())


def test_a_codon_mutates_by_a_normally_distributed_step():
    grammar = parse_grammar("<s> ::= a | b")
    representation = PSGE(grammar, mutation_rate=1.0, codon_deviation=0.02)
    moved = [representation.mutate(stream(i), ((0.5,),))[0][0] - 0.5 for i in range(2000)]
    assert abs(sum(moved) / 2000) < 0.002
    assert math.sqrt(sum(step * step for step in moved) / 2000) == pytest.approx(0.02, rel=0.1)


def test_a_mutated_codon_is_clipped_into_its_range():
    grammar = parse_grammar("<s> ::= a | b")
    representation = PSGE(grammar, mutation_rate=1.0, codon_deviation=100.0)
    mutants = {representation.mutate(stream(i), ((0.5,),))[0][0] for i in range(60)}
    assert {0.0, LARGEST} <= mutants
    assert max(mutants) < 1.0
    assert min(mutants) >= 0.0


def test_spare_codons_are_bounded():
    representation = PSGE(GRAMMAR, spare_codons=2)
    mutant = representation.mutate(stream(1), ((0.9,) * 9, (0.1,) * 9, (0.1,) * 9))
    assert [len(codons) for codons in mutant] == [3, 3, 2]


def test_very_deep_programs_are_no_problem():
    representation = PSGE(parse_grammar("<e> ::= a<e> | b"), max_depth=100_000)
    deep = ((0.2,) * 50_000 + (0.7,),)
    assert representation.derive(deep).depth == 50_001
    assert representation.derive(representation.mutate(stream(1), deep)).depth >= 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"mutation_rate": {"w": 0.1}}, "names 'w', which is no non-terminal"),
        ({"mutation": "subtree"}, "search.mutation = 'subtree' is not for .* 'psge'"),
        ({"crossover": "subtree"}, "search.crossover = 'subtree' is not for .* 'psge'"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        PSGE(GRAMMAR, **settings)


def test_too_deep_programs_are_not_encoded():
    with pytest.raises(InputError, match="depth 5"):
        PSGE(GRAMMAR, init_depth=4, max_depth=4).encode((0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0))
