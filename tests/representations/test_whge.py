from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp.errors import InputError, SettingsError
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import steps
from gegp.grammar.reader import parse_grammar, read_grammar
from gegp.representations.bit_ranges import densest, shared, slice_sizes
from gegp.representations.bit_search import Decision
from gegp.representations.expressiveness import expressiveness
from gegp.representations.table import find_representation
from gegp.representations.whge import WHGE
from gegp.rng import stream
from gegp.testing import RepresentationContract, seeds

GRAMMAR = parse_grammar("<e> ::= (<e> <o> <e>) | <v>\n<o> ::= + | - | * | /\n<v> ::= x | y")
REGRESSION = read_grammar(Path(__file__).parents[2] / "grammars" / "regression.bnf")
LETTERS = parse_grammar("<s> ::= a | b | c")


class TestContract(RepresentationContract):
    grows = False
    encodes_all = False

    def make(self, grammar, *, init_depth, max_depth):
        return WHGE(grammar, init_depth=init_depth, max_depth=max_depth, genome_length=64)


def bits(text):
    return tuple(int(bit) for bit in text if bit in "01")


def derived(grammar, text, **settings):
    genotype = bits(text)
    derivation = WHGE(grammar, genome_length=len(genotype), **settings).derive(genotype)
    return derivation.phenotype


def test_it_is_found_by_its_name():
    assert find_representation("whge") is WHGE


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("110 100 000", "a"),
        ("100 110 000", "b"),
        ("110 110 111", "c"),
        ("1100 110 000", "b"),  # 2/4 against 2/3: the share counts, not the number
        ("110 101 000", "a"),  # two equals, four ones
        ("111 000 111", "a"),  # two equals, a and c, six ones
        ("100 100 100", "a"),  # three equals, three ones
        ("0001 001 001", "c"),  # two equals, b and c, three ones
        ("0", "a"),  # too short: the ones modulo the productions of least depth
        ("1", "b"),
        ("11", "c"),
    ],
)
def test_the_densest_slice_wins(text, letter):
    assert derived(LETTERS, text) == letter


def test_no_bits_at_all_are_no_problem():
    assert WHGE(LETTERS).derive(()).phenotype == "a"


def test_a_mapping_by_hand():
    """At depth 1 <e> has 2 trees, <o> 4 and <v> 2; at depth 2 <e> has 2 * 4 * 2 + 2 = 18.

    So they weigh 5, 2 and 1.
    """
    assert expressiveness(GRAMMAR, 2) == (5, 2, 1)
    assert shared((0, 24), (5, 2, 5)) == [(0, 10), (10, 14), (14, 24)]
    # The first 12 of the 24 bits are denser. In depth 3 the inner <e> have no choice but <v>,
    # which gets the range less its last bit: 11100 | 0011 and 00000 | 1001.
    derivation = WHGE(GRAMMAR, genome_length=24, init_depth=2, max_depth=3).derive(
        bits("1110000111 0010 0000010011")
    )
    assert derivation.phenotype == "(x * y)"
    assert derivation.used == (1, 1, 2)
    # In depth 4 the left <e> chooses, 11100 | 00111. Its three equal ones on either side are six,
    # and six modulo two is 0; its children get 5, 1 and 4 bits and end as the left one did before:
    # 111 | 0 for <v>, too short a 0 for <o>, and 011 for <v>.
    derivation = WHGE(GRAMMAR, genome_length=24, init_depth=2, max_depth=4).derive(
        bits("1110000111 0010 0000010011")
    )
    assert shared((0, 10), (5, 2, 5)) == [(0, 5), (5, 6), (6, 10)]
    assert derivation.phenotype == "((x + y) * y)"


def test_ranges_of_children():
    assert shared((10, 20), (1, 1)) == [(10, 15), (15, 20)]
    assert shared((0, 1024), (7, 2, 7)) == [(0, 448), (448, 576), (576, 1024)]
    assert shared((0, 9), (7, 0, 2)) == [(0, 7), (7, 7), (7, 9)]
    assert shared((0, 3), (7, 2, 7)) == [(0, 2), (2, 2), (2, 3)]
    assert shared((4, 6), (7, 2, 7)) == [(4, 4)] * 3
    assert shared((0, 5), (0, 3)) == [(0, 0), (0, 4)]
    assert shared((0, 5), (0, 0)) == [(0, 0)] * 2
    assert shared((5, 5), (1,)) == [(5, 5)]


@given(
    low=st.integers(0, 50),
    length=st.integers(0, 200),
    weights=st.lists(st.integers(0, 20), max_size=8),
)
def test_ranges_of_children_lie_side_by_side(low, length, weights):
    ranges = shared((low, low + length), weights)
    assert all(low <= a <= b <= low + length for a, b in ranges)
    lengths = [b - a for a, b in ranges]
    heirs = sum(weight > 0 for weight in weights)
    assert all(not size for size, weight in zip(lengths, weights, strict=True) if not weight)
    if 1 < heirs <= length:
        assert sum(lengths) == length
        assert all(b == c for (_, b), (c, _) in pairwise(ranges))
        exact = [weight * length / sum(weights) for weight in weights]
        assert all(abs(a - b) <= 1 for a, b in zip(lengths, exact, strict=True))
    elif heirs == 1:
        assert sum(lengths) == max(length - 1, 0)
    else:
        assert sum(lengths) == 0


@given(st.integers(1, 300), st.integers(1, 20))
def test_slices_differ_by_one_at_most(length, count):
    sizes = slice_sizes(length, count)
    assert sum(sizes) == length
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1


def test_expressiveness():
    # 4 productions; 4 * 3 * 4 + 4 * 4 + 4 * 4 + 3 = 83 trees cut off at depth 2.
    assert expressiveness(REGRESSION, 0) == (1, 1, 1, 1)
    assert expressiveness(REGRESSION, 1) == (2, 2, 2, 2)
    assert expressiveness(REGRESSION, 2) == (7, 2, 2, 2)
    # Only <c> has a choice, and it is deeper than the count looks; <k> has none.
    late = parse_grammar("<a> ::= <b><k>\n<b> ::= <c>\n<c> ::= x | y\n<k> ::= k")
    assert expressiveness(late, 1) == (1, 1, 1, 0)
    assert expressiveness(late, 100) == (1, 1, 1, 0)


def test_expressiveness_has_bounds():
    doubling = parse_grammar("<e> ::= <e><e> | a | b")
    with pytest.raises(SettingsError, match=r"expressiveness_depth = 60 .* at most 16"):
        WHGE(doubling, expressiveness_depth=60)
    WHGE(doubling, expressiveness_depth=16)
    with pytest.raises(SettingsError, match=r"expressiveness_depth = -1 is negative"):
        WHGE(doubling, expressiveness_depth=-1)


def test_a_production_that_does_not_fit_is_no_choice():
    grammar = parse_grammar("<e> ::= a<e> | b | c")
    # Of three slices the first is densest; in depth 1 there are two.
    assert derived(grammar, "1111 0000 0111", max_depth=2, init_depth=1) != "b"
    assert derived(grammar, "1111 0000 0111", max_depth=1, init_depth=1) == "b"
    assert derived(grammar, "1110 0000 1111", max_depth=1, init_depth=1) == "c"


def test_ranges_that_are_used_up_end_with_productions_of_least_depth():
    grammar = parse_grammar("<e> ::= <e><e><e> | a | b")
    for genotype in product((0, 1), repeat=10):
        derivation = WHGE(grammar, genome_length=10, max_depth=10**6).derive(genotype)
        assert derivation.depth < 10


@given(seeds)
def test_used_counts_what_slices_decided(seed):
    representation = WHGE(GRAMMAR, genome_length=64)
    derivation = representation.derive(representation.create(stream(seed)))
    expanded = Counter(step.rule for step in steps(GRAMMAR, derivation.choices))
    assert derivation.used[0] >= 1
    assert all(n <= expanded[rule] for rule, n in enumerate(derivation.used))
    assert WHGE(GRAMMAR).derive((1,)).used == (0, 0, 0)


def test_created_bits_are_random():
    genotype = WHGE(GRAMMAR, genome_length=10_000).create(stream(1))
    assert len(genotype) == 10_000
    assert abs(sum(genotype) - 5_000) < 200
    assert len(WHGE(GRAMMAR).create(stream(1))) == 1024


@given(seeds)
def test_mutation_flips_bits(seed):
    genotype = WHGE(GRAMMAR).create(stream(seed))

    def flipped(**settings):
        mutant = WHGE(GRAMMAR, **settings).mutate(stream(seed, 1), genotype)
        assert set(mutant) <= {0, 1}
        return sum(a != b for a, b in zip(genotype, mutant, strict=True))

    assert flipped(mutation_rate=1.0) == 1024
    assert 10 <= flipped(mutation_rate=0.05) <= 110
    assert flipped(mutation_rate="1/used") <= 12
    assert flipped(mutation="one") == flipped(mutation="any") == 1
    unchanged = WHGE(GRAMMAR, mutation_rate=0.0).mutate(stream(seed, 1), genotype)
    assert unchanged is genotype


def test_crossover_exchanges_bits_at_the_same_positions():
    zeros, ones = (0,) * 8, (1,) * 8
    turns = {"one_point": {1}, "two_point": {1, 2}, "mask": set(range(8))}
    for kind, expected in turns.items():
        found = set()
        for seed in range(300):
            representation = WHGE(GRAMMAR, genome_length=8, crossover=kind)
            one, two = representation.crossover(stream(seed), zeros, ones)
            assert all(a + b == 1 for a, b in zip(one, two, strict=True))
            found.add(sum(a != b for a, b in pairwise(one)))
        assert found == expected
    assert WHGE.crossovers[0] == "two_point"


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_programs_of_depth_6_are_encoded(seed):
    representation = WHGE(REGRESSION)
    choices = DerivationCounts(representation.grammar, 6).draw(stream(seed))
    for rng in (None, stream(seed, 1)):
        genotype = representation.encode(choices, rng)
        assert len(genotype) == 1024
        assert representation.derive(genotype).choices == choices


def test_large_programs_are_encoded_again():
    representation = WHGE(REGRESSION)
    programs = [representation.derive(representation.create(stream(i))) for i in range(10)]
    assert max(len(program.choices) for program in programs) > 100
    for program in programs:
        genotype = representation.encode(program.choices)
        assert representation.derive(genotype).choices == program.choices


def test_what_encoding_leaves_open_is_drawn():
    representation = WHGE(parse_grammar("<s> ::= a<s> | b"), genome_length=256)
    choices = (0, 0, 1)
    assert representation.encode(choices) == representation.encode(choices)
    drawn = {representation.encode(choices, stream(seed)) for seed in range(9)}
    assert len(drawn) == 9
    assert all(representation.derive(genotype).choices == choices for genotype in drawn)


def test_every_program_of_all_short_genotypes_is_encoded():
    representation = WHGE(GRAMMAR, genome_length=10)
    programs = {representation.derive(genotype).choices for genotype in product((0, 1), repeat=10)}
    assert len(programs) > 20
    missed = 0
    for choices in sorted(programs):
        try:
            assert representation.derive(representation.encode(choices)).choices == choices
        except InputError:
            missed += 1
    assert missed <= 2


def test_empty_ranges_are_encoded_by_the_number_of_all_ones():
    grammar = parse_grammar("<s> ::= <v><v><v>\n<v> ::= x | y | z")
    representation = WHGE(grammar, genome_length=2)
    programs = {representation.derive(bits(t)).phenotype for t in ("00", "01", "11")}
    assert programs == {"xxx", "yyy", "zzz"}
    for number in range(3):
        choices = (0, number, number, number)
        assert sum(representation.encode(choices)) == number
    with pytest.raises(InputError, match=r"genome_length = 2; there may be"):
        representation.encode((0, 0, 1, 2))


def test_programs_that_the_bits_do_not_hold_are_refused():
    grammar = parse_grammar("<e> ::= a<e> | b")
    representation = WHGE(grammar, max_depth=50, genome_length=8)
    with pytest.raises(InputError, match=r"no bits .* search.genome_length = 8; there may be"):
        representation.encode((0,) * 30 + (1,))
    longer = WHGE(grammar, max_depth=50, genome_length=200)
    assert longer.derive(longer.encode((0,) * 30 + (1,))).phenotype == "a" * 30 + "b"


def test_very_deep_programs_are_no_problem():
    representation = WHGE(parse_grammar("<e> ::= a<e> | b"), init_depth=3, max_depth=100_000)
    assert 1 <= representation.derive(representation.create(stream(1))).depth <= 1024
    with pytest.raises(InputError, match="longer genotypes"):
        representation.encode((0,) * 50_000 + (1,))


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5), st.data())
def test_a_decision_misses_nothing_exactly_where_it_is_right(sizes, data):
    ones = [data.draw(st.integers(0, size)) for size in sizes]
    for target in range(len(sizes)):
        miss = Decision(0, tuple(sizes), target).miss(ones)
        assert (miss == 0) == (densest(ones, sizes) == target)
        assert miss >= 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"init_depth": 1}, "init_depth = 1 is too small for this grammar: expected at least 2"),
        ({"genome_length": 0}, "genome_length = 0 leaves no bits; expected 1 or more"),
        ({"mutation_rate": {"v": 0.1}}, r"mutation_rate is a table .* expected a number"),
        ({"mutation": "per_gene"}, "mutation = 'per_gene' is not for"),
        ({"crossover": "tree"}, "crossover = 'tree' is not for"),
    ],
)
def test_impossible_settings(settings, message):
    with pytest.raises(SettingsError, match=message):
        WHGE(GRAMMAR, **settings)
