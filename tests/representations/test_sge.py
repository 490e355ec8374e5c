import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.membership import find_derivation
from gegp.grammar.reader import parse_grammar
from gegp.grammar.recursion import greatest_depth, most_references, remove_recursion
from gegp.representations.sge import MOST_CODONS, SGE
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

# Rules with recursion removed: e_lvl_0 … e_lvl_L, o, v.
GRAMMAR = parse_grammar("<e> ::= (<e><o><e>) | <v>\n<o> ::= + | -\n<v> ::= x | y | z")


class TestContract(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return SGE(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.3)


class TestContractOfOtherOperators(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return SGE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            mutation="any",
            crossover="two_point",
            mutation_rate=1.0,
        )


def test_a_genotype_has_the_most_codons_that_a_program_can_use():
    representation = SGE(GRAMMAR, recursion_level=2)
    assert representation.lengths == (1, 2, 4, 3, 4)
    assert tuple(map(len, representation.create(stream(1)))) == (1, 2, 4, 3, 4)


def test_maps_leftmost_and_depth_first():
    genotype = ((0,), (0, 1), (0, 0, 0, 0), (0, 1, 0), (0, 1, 2, 0))
    derivation = SGE(GRAMMAR, recursion_level=2).derive(genotype)
    assert derivation.phenotype == "((x+y)-z)"
    assert derivation.depth == 4
    assert derivation.used == (1, 2, 2, 2, 3)


def test_found_by_its_name():
    assert isinstance(make_representation("sge", GRAMMAR, {"recursion_level": 1}), SGE)


@given(seeds)
def test_codons_are_drawn_uniformly_whatever_productions_weigh(seed):
    grammar = parse_grammar("<s> ::= " + "<v>" * 400 + "\n<v> ::= x %1000 | y")
    values = SGE(grammar).create(stream(seed))[1]
    assert 120 < sum(values) < 280  # eight standard deviations about the mean


@settings(deadline=None)
@given(grammars(), st.integers(0, 4), seeds)
def test_no_genotype_of_full_length_runs_out_of_codons(grammar, level, seed):
    unrolled = remove_recursion(grammar, level)
    deepest = greatest_depth(unrolled)
    if sum(most_references(unrolled)) > 5000:
        return
    representation = SGE(grammar, init_depth=deepest, max_depth=deepest, recursion_level=level)
    assert representation.grammar == unrolled
    rng = stream(seed)
    for _ in range(10):
        genotype = tuple(
            tuple(rng.below(len(rule.productions)) for _ in range(length))
            for rule, length in zip(unrolled.rules, representation.lengths, strict=True)
        )
        derivation = representation.derive(genotype)
        expanded = len(derivation.choices)
        assert sum(derivation.used) == expanded  # every choice was read from a codon
        assert derivation.depth <= deepest


@settings(deadline=None)
@given(grammars(), st.integers(0, 12), st.integers(0, 12))
def test_the_level_is_the_largest_that_fits(grammar, most, more):
    max_depth = least_depth(grammar) + more

    def fits(level):
        unrolled = remove_recursion(grammar, level)
        return (
            greatest_depth(unrolled) <= max_depth and sum(most_references(unrolled)) <= MOST_CODONS
        )

    fitting = [level for level in range(most + 1) if fits(level)]
    try:
        representation = SGE(
            grammar, init_depth=max_depth, max_depth=max_depth, recursion_level=most
        )
    except SettingsError:
        assert not fitting
        return
    if fitting:
        assert representation.level == max(fitting)
    else:
        least = [remove_recursion(grammar, level) for level in range(representation.level + 1)]
        assert [least_depth(one) <= max_depth for one in least] == [
            *[False] * representation.level,
            True,
        ]


@pytest.mark.parametrize(
    ("max_depth", "level"), [(2, 0), (3, 1), (4, 2), (5, 3), (6, 4), (7, 5), (17, 5)]
)
def test_the_level_keeps_to_the_depth(max_depth, level):
    representation = SGE(GRAMMAR, init_depth=2, max_depth=max_depth, recursion_level=5)
    assert representation.level == level


def test_programs_too_deep_at_every_level_are_repaired():
    grammar = parse_grammar("<s> ::= <a> | x\n<a> ::= <b> | y\n<b> ::= z")
    representation = SGE(grammar, init_depth=2, max_depth=2)
    programs = {
        representation.derive(representation.create(stream(i))).phenotype for i in range(40)
    }
    assert programs == {"x", "y"}
    assert representation.create(stream(1))[2] == (0,)
    too_deep = find_derivation(grammar, "z").choices
    with pytest.raises(InputError, match="depth 3"):
        representation.encode(too_deep)


def test_a_level_is_taken_that_has_a_program_within_the_depth():
    # Without a further level <e> has only the deep alternative.
    grammar = parse_grammar("<e> ::= <f> | <a>\n<f> ::= <e> | y\n<a> ::= <b>\n<b> ::= x")
    representation = SGE(grammar, init_depth=2, max_depth=2, recursion_level=0)
    assert representation.level == 1
    assert representation.derive(representation.create(stream(3))).phenotype == "y"


def test_mutation_changes_one_used_codon_of_each_rule():
    representation = SGE(GRAMMAR, recursion_level=2, mutation_rate=1.0)
    for seed in range(50):
        parent = representation.create(stream(seed))
        used = representation.derive(parent).used
        mutant = representation.mutate(stream(seed, 1), parent)
        for rule, (before, after) in enumerate(zip(parent, mutant, strict=True)):
            changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
            assert len(changed) == (1 if used[rule] and rule != 2 else 0)
            assert all(i < used[rule] for i in changed)


def test_a_mutant_that_did_not_change_is_the_same_genotype():
    representation = SGE(GRAMMAR, mutation_rate=0.0)
    genotype = representation.create(stream(1))
    assert representation.mutate(stream(2), genotype) is genotype


def test_rates_name_the_given_non_terminals_and_hold_for_all_levels():
    representation = SGE(GRAMMAR, recursion_level=2, mutation_rate={"e": 0.25, "v": 0.5})
    assert [rule.name for rule in representation.grammar.rules][:3] == [
        "e_lvl_0", "e_lvl_1", "e_lvl_2",
    ]  # fmt: skip
    assert representation.rates == [0.25, 0.25, 0.0, 0.0, 0.5]


def test_rates_may_name_rules_that_no_derivation_comes_to():
    grammar = parse_grammar("<e> ::= -<e><o> | x | y\n<o> ::= 1 | 2")
    representation = SGE(grammar, recursion_level=0, mutation_rate={"e": 1.0, "o": 1.0})
    assert representation.rates == [1.0]


def test_encoding_pads_with_zeros_or_draws():
    representation = SGE(GRAMMAR, recursion_level=2)
    choices = find_derivation(representation.grammar, "(y-z)").choices
    assert representation.encode(choices) == (
        (0,), (1, 1), (0, 0, 0, 0), (1, 0, 0), (1, 2, 0, 0),
    )  # fmt: skip
    drawn = {representation.encode(choices, stream(i)) for i in range(200)}
    assert {genotype[4] for genotype in drawn} == {(1, 2, a, b) for a in range(3) for b in range(3)}
    assert {genotype[2] for genotype in drawn} == {(0, 0, 0, 0)}
    assert {representation.derive(genotype).phenotype for genotype in drawn} == {"(y-z)"}


def test_crossover_exchanges_the_levels_of_a_rule_independently():
    representation = SGE(GRAMMAR, recursion_level=1)
    first, second = ((0,), (0, 0), (0,), (0, 0)), ((1,), (0, 0), (1,), (1, 1))
    children = {representation.crossover(stream(i), first, second)[0] for i in range(60)}
    assert children == {
        ((e,), (0, 0), (o,), (v, v)) for e in (0, 1) for o in (0, 1) for v in (0, 1)
    }


def test_too_many_codons_lower_the_level():
    # 3 ** level expressions on the last level.
    grammar = parse_grammar("<e> ::= <e><e><e> | x")
    representation = SGE(grammar, init_depth=2, max_depth=50, recursion_level=40)
    assert representation.level == 12
    assert sum(representation.lengths) == (3**13 - 1) // 2 <= MOST_CODONS


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"recursion_level": -1}, "search.recursion_level = -1: expected 0 or more"),
        ({"mutation_rate": {"e_lvl_0": 0.1}}, "names 'e_lvl_0', which is no non-terminal"),
        ({"mutation": "all"}, "search.mutation = 'all' is not for search.representation = 'sge'"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        SGE(GRAMMAR, **settings)


def test_a_grammar_that_is_too_large_at_every_level():
    rules = [f"<r{i}> ::= <r{i + 1}><r{i + 1}>" for i in range(20)]
    grammar = parse_grammar("\n".join([*rules, "<r20> ::= x | y"]))
    with pytest.raises(SettingsError, match=r"search\.recursion_level = 3: .*1,000,000.*\"dsge\""):
        SGE(grammar, init_depth=21, max_depth=30)
