from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import steps
from gegp.grammar.reader import parse_grammar
from gegp.representations.ge import GE
from gegp.representations.linear import CODON_RULES
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.testing import RepresentationContract, grammars, seeds

SUM = parse_grammar("<e> ::= (<e>+<e>) | x")
BITS = parse_grammar("<s> ::= <b><b><b><b>\n<b> ::= 0 | 1")
CHAIN = parse_grammar("<e> ::= 1<e> | 0")
# The grammar of the example in Ryan, Collins, O'Neill, EuroGP 1998.
EXPR = parse_grammar(
    "<expr> ::= <expr><op><expr> | (<expr><op><expr>) | <pre_op>(<expr>) | <var>\n"
    "<op> ::= + | - | / | *\n"
    "<pre_op> ::= Sin | Cos | Tan | Log\n"
    "<var> ::= X"
)


class TestContract(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return GE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            mutation_rate=0.3,
            genome_length=20,
        )


class TestContractOfTheBucketRule(RepresentationContract):
    grows = False

    def make(self, grammar, *, init_depth, max_depth):
        return GE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover="two_point",
            mutation="any",
            genome_length=20,
            codon_rule="bucket",
        )


def ge(grammar, **settings):
    return GE(grammar, **{"init_depth": least_depth(grammar)} | settings)


def test_maps_leftmost_and_reads_no_codon_where_there_is_no_choice():
    # 220 % 4 = 0, 203 % 4 = 3 and X without a codon; 17 % 4 = 1; 30 % 4 = 2, 109 % 4 = 1,
    # 215 % 4 = 3 and X; 104 and 3 are not read.
    derivation = ge(EXPR).derive((220, 203, 17, 30, 109, 215, 104, 3))
    assert derivation.phenotype == "X-Cos(X)"
    assert derivation.used == (4, 1, 1, 0)
    assert derivation.depth == 4
    assert derivation.complete


@pytest.mark.parametrize(
    ("wraps", "program", "used"),
    [(0, "(x+x)", 1), (1, "((x+x)+x)", 2), (2, "(((x+x)+x)+x)", 3)],
)
def test_codons_are_read_again_and_what_is_left_open_is_closed(wraps, program, used):
    for invalid in ("complete", "worst"):
        derivation = ge(SUM, wraps=wraps, invalid=invalid).derive((0,))
        assert derivation.phenotype == program
        assert derivation.used == (used,)
        assert derivation.complete == (invalid == "complete")


def test_wrapped_codons_that_suffice_make_a_complete_program():
    derivation = ge(BITS, wraps=1, invalid="worst").derive((1, 0))
    assert derivation.phenotype == "1010"
    assert derivation.used == (0, 4)
    assert derivation.complete


def test_a_production_that_does_not_fit_is_replaced_by_one_of_least_depth():
    for invalid in ("complete", "worst"):
        derivation = ge(SUM, max_depth=2, invalid=invalid).derive((0, 0, 1, 1))
        assert derivation.phenotype == "(x+x)"
        assert derivation.used == (3,)
        assert derivation.complete == (invalid == "complete")
    assert ge(SUM, max_depth=2, invalid="worst").derive((0, 1, 1)).complete


@given(grammars(), seeds, st.lists(st.integers(0, 255), max_size=30))
def test_the_text_is_the_same_whatever_invalid_programs_are(grammar, seed, codons):
    limits = {"max_depth": least_depth(grammar) + seed % 4, "wraps": seed % 3}
    closed = ge(grammar, **limits).derive(tuple(codons))
    worst = ge(grammar, invalid="worst", **limits).derive(tuple(codons))
    assert closed.complete
    assert worst.choices == closed.choices
    if not worst.complete and sum(worst.used) < len(codons) * (1 + seed % 3):
        # Codons are left, so a production did not fit: without a limit it is another program.
        deeper = ge(grammar, **limits | {"max_depth": 1000}).derive(tuple(codons))
        assert deeper.choices != worst.choices


def test_the_bucket_rule_divides_by_the_alternatives_of_the_rules_before():
    representation = ge(
        parse_grammar("<a> ::= 0<b> | 1<b> | 2<b>\n<b> ::= x | y"), codon_rule="bucket"
    )
    assert representation.codon_rule.values == 6
    # 5 % 3 = 2; 5 // 3 % 2 = 1; with the modulo rule 3 % 3 = 0 and 3 % 2 = 1 go together.
    assert representation.derive((5, 5)).phenotype == "2y"
    assert representation.derive((2, 2)).phenotype == "2x"
    assert representation.derive((3, 3)).phenotype == "0y"


@given(grammars())
def test_bucket_codons_choose_independently_for_each_non_terminal(grammar):
    rule = CODON_RULES["bucket"](grammar)
    meanings = [
        tuple(rule.production(i, codon) for i in range(len(grammar.rules)))
        for codon in range(rule.values)
    ]
    everything = product(*(range(count) for count in rule.counts))
    assert set(meanings) == set(everything)
    assert len(set(meanings)) == len(meanings) or rule.values == 2


@given(grammars(), seeds, st.sampled_from(["modulo", "bucket"]))
def test_an_encoded_codon_chooses_its_production(grammar, seed, name):
    rule = CODON_RULES[name](grammar)
    for i, count in enumerate(rule.counts):
        for production in range(count):
            for rng in (None, stream(seed)):
                codon = rule.codon(i, production, rng)
                assert rule.production(i, codon) == production
                assert 0 <= codon < rule.values


@pytest.mark.parametrize("name", ["modulo", "bucket"])
def test_encoding_draws_among_all_codons_of_the_same_meaning(name):
    rule = CODON_RULES[name](parse_grammar("<a> ::= <b>0 | <b>1\n<b> ::= x | y | z\n<c> ::= 0 | 1"))
    drawn = {rule.codon(1, 2, stream(i)) for i in range(2000)}
    assert drawn == {codon for codon in range(rule.values) if rule.production(1, codon) == 2}


def test_codons_have_eight_bits_and_more_for_many_alternatives():
    assert CODON_RULES["modulo"](SUM).values == 256
    created = ge(SUM).create(stream(1))
    assert len(created) == 200
    assert 200 < max(created) < 256
    many = parse_grammar("<a> ::= " + " | ".join(map(str, range(300))))
    assert CODON_RULES["modulo"](many).values == 131072


@given(grammars(), seeds)
def test_encoding_fills_up_with_random_codons_and_keeps_to_the_bound(grammar, seed):
    limit = least_depth(grammar) + seed % 4
    choices = DerivationCounts(grammar, limit).draw(stream(seed))
    needed = sum(len(grammar.references[step.rule]) > 1 for step in steps(grammar, choices))
    if needed > 10:
        with pytest.raises(InputError, match=r"needs \d+ codons.*set search\.genome_length to"):
            ge(grammar, max_depth=limit, genome_length=1).encode(choices)
    else:
        representation = ge(grammar, max_depth=limit, genome_length=1)
        assert len(representation.encode(choices)) == max(needed, 1)
        assert len(representation.encode(choices, stream(1))) == max(needed, 1)
    roomy = ge(grammar, max_depth=limit, genome_length=needed + 5)
    assert len(roomy.encode(choices, stream(1))) == needed + 5


def test_one_point_crossover_cuts_anywhere_in_the_used_part_of_each_parent():
    first, second = (0, 0, 0, 0, 2, 2), (1, 1, 1, 1, 3)
    cuts = set()
    for i in range(400):
        one, two = ge(BITS).crossover(stream(i), first, second)
        a = one.count(0)
        b = two.count(1)
        assert (one, two) == (first[:a] + second[b:], second[:b] + first[a:])
        cuts.add((a, b))
    assert cuts == set(product(range(1, 5), repeat=2))


def test_two_point_crossover_exchanges_what_stands_between_two_cuts():
    first, second = (0, 0, 0, 0, 2, 2), (1, 1, 1, 1, 3)
    lengths = set()
    for i in range(300):
        one, two = ge(BITS, crossover="two_point").crossover(stream(i), first, second)
        assert sorted(one + two) == sorted(first + second)
        assert one[0] == 0 and one[-2:] == (2, 2)
        assert two[0] == 1 and two[-1:] == (3,)
        assert "".join(map(str, one)).strip("02").strip("1") == ""
        lengths.add((one.count(0), one.count(1)))
    assert lengths == set(product(range(1, 5), range(4)))


def test_mask_crossover_exchanges_place_by_place_up_to_the_shorter_parent():
    representation = ge(BITS, crossover="mask")
    children = {representation.crossover(stream(i), (0,) * 5, (1,) * 3) for i in range(200)}
    assert {one[:3] for one, _ in children} == set(product((0, 1), repeat=3))
    for one, two in children:
        assert one[3:] == (0, 0)
        assert two == tuple(1 - codon for codon in one[:3])


@pytest.mark.parametrize("kind", ["one_point", "two_point"])
def test_children_are_never_longer_than_ten_times_the_length_and_never_empty(kind):
    representation = ge(CHAIN, max_depth=99, genome_length=2, crossover=kind)
    parent = (0,) * 20
    lengths = [
        [len(child) for child in representation.crossover(stream(i), parent, parent)]
        for i in range(300)
    ]
    assert max(map(max, lengths)) == 20
    assert any(sum(pair) < 40 for pair in lengths)
    assert representation.crossover(stream(1), (1,), (3,)) in (((1,), (3,)), ((3,), (1,)))


@given(seeds)
def test_mutation_at_rate_one_gives_every_used_codon_another_value(seed):
    representation = ge(BITS, mutation_rate=1.0)
    genotype = representation.create(stream(seed))
    mutant = representation.mutate(stream(seed, 1), genotype)
    assert all(a != b for a, b in zip(genotype[:4], mutant, strict=False))
    assert mutant[4:] == genotype[4:]
    assert all(0 <= codon < 256 for codon in mutant)


def test_a_codon_that_is_read_twice_is_one_site():
    representation = ge(BITS, mutation_rate=1.0, codon_rule="bucket")
    assert representation.mutate(stream(1), (0, 1)) == (1, 0)


def test_one_over_used_changes_one_codon_on_average():
    representation = ge(CHAIN, max_depth=20, mutation_rate="1/used")
    genotype = (0,) * 9 + (1,) * 50
    changes = [
        sum(
            a != b
            for a, b in zip(genotype, representation.mutate(stream(i), genotype), strict=True)
        )
        for i in range(1000)
    ]
    assert 0.9 < sum(changes) / 1000 < 1.1


def test_unused_codons_change_only_where_any_codon_may():
    genotype = (0,) * 4 + (9,) * 36
    for kind, unused in (("one", False), ("per_gene", False), ("any", True)):
        representation = ge(BITS, mutation=kind, mutation_rate=1.0)
        mutants = [representation.mutate(stream(i), genotype) for i in range(50)]
        assert all(sum(a != b for a, b in zip(genotype, m, strict=True)) == 1 for m in mutants)
        assert any(mutant[4:] != genotype[4:] for mutant in mutants) == unused


def test_a_grammar_without_choices_has_one_program():
    grammar = parse_grammar("<s> ::= a<b>\n<b> ::= c")
    for name in CODON_RULES:
        representation = ge(grammar, codon_rule=name, mutation="any")
        genotype = representation.encode((0, 0))
        for _ in range(5):
            genotype = representation.mutate(stream(1), genotype)
            genotype, _ = representation.crossover(stream(1), genotype, genotype)
        assert representation.derive(genotype).phenotype == "ac"
        assert len(genotype) == 1


def test_very_deep_programs_are_no_problem():
    representation = ge(CHAIN, max_depth=100_000)
    assert representation.derive((0,) * 50_000 + (1,)).depth == 50_001


def test_is_made_by_its_name_with_the_settings_that_it_has():
    settings = {"genome_length": None, "wraps": 3, "invalid": "worst", "spare_codons": 10}
    representation = make_representation("ge", EXPR, settings)
    assert isinstance(representation, GE)
    assert representation.wraps == 3
    assert representation.genome_length == 200


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"mutation_rate": {"b": 0.1}}, "mutation_rate is a table.* expected a number"),
        ({"genome_length": 0}, "search.genome_length = 0: expected at least 1"),
        ({"wraps": -1}, "search.wraps = -1: expected at least 0"),
        ({"codon_rule": "mod"}, "search.codon_rule = 'mod'.*modulo, bucket"),
        ({"invalid": "repair"}, "search.invalid = 'repair'.*complete, worst"),
        ({"crossover": "subtree"}, "search.crossover = 'subtree'.*one_point, two_point, mask"),
        ({"mutation": "bitflip"}, "search.mutation = 'bitflip'.*per_codon"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        ge(BITS, **settings)


def test_the_bucket_rule_is_refused_where_codons_would_be_too_large():
    lines = [f"<r{i}> ::= <r{i + 1}> | {i}" for i in range(31)]
    grammar = parse_grammar("\n".join([*lines, "<r31> ::= a"]))
    assert ge(grammar, codon_rule="bucket").codon_rule.values == 2**31
    grammar = parse_grammar("\n".join([*lines, "<r31> ::= a | b"]))
    with pytest.raises(SettingsError, match=r"search\.codon_rule = 'bucket'.*use 'modulo'"):
        ge(grammar, codon_rule="bucket")
