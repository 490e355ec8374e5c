"""The measures of representations, by hand and by what must hold of them."""

import dataclasses
import math

import msgspec
import pytest
from hypothesis import given, settings

from gegp import DSGE
from gegp.diagnostics import Diagnostics, measure, single_change
from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.reader import parse_grammar
from gegp.representations.base import Derivation
from gegp.representations.table import find_representation, representation_names
from gegp.search_settings import SearchSettings
from gegp.testing import grammars, seeds
from gegp.toolbox import build_representation

GRAMMAR = parse_grammar("<e> ::= (<e>+<e>) | <v>\n<v> ::= x | y | z\n<unused> ::= u")
LEAVES = parse_grammar("<s> ::= <v><v><v>\n<v> ::= x | y")


class Scripted(DSGE):
    """Returns what a test has written down, in order."""

    def __init__(self, grammar, created, mutants, children):
        super().__init__(grammar)
        self.created, self.mutants, self.children = map(iter, (created, mutants, children))

    def create(self, rng):
        return next(self.created)

    def mutate(self, rng, genotype):
        return next(self.mutants)

    def crossover(self, rng, first, second):
        return next(self.children)


def variable(name, *spare):
    """The genotype of a program that is one variable, with unused codons."""
    return ((1,), ("xyz".index(name), *spare), ())


def addition(first, second):
    return ((0, 1, 1), ("xyz".index(first), "xyz".index(second)), ())


@pytest.fixture(scope="module")
def by_hand():
    created = [variable("x"), variable("x", 2), addition("x", "y")]
    mutants = [variable("y"), variable("x", 1), variable("x")]
    children = [
        (variable("x"), variable("x")),
        (addition("x", "x"), variable("x")),
        (addition("x", "y"), addition("y", "y")),
    ]
    return measure(Scripted(GRAMMAR, created, mutants, children), samples=3, seed=1)


BY_HAND = {
    "samples": 3,
    "distinct": 2 / 3,
    "redundancy": 1 / 3,
    "complete": 1,
    "depth": (2 + 2 + 3) / 3,
    "size": (2 + 2 + 5) / 3,
    "rules_used": 2 / 3,
    "productions_used": (2 / 6 + 2 / 6 + 4 / 6) / 3,
    "codons": (2 + 3 + 5) / 3,
    "codons_used": (2 + 2 + 5) / 3,
    "codons_used_share": (1 + 2 / 3 + 1) / 3,
    "neutral": 1 / 3,
    "small_steps": 1 / 3,
    "mutant_distance": (1 + 0 + 4) / 3,
    "mutant_distance_median": 1,
    "mutant_distance_relative": (1 / 1 + 0 + 4 / 5) / 3,
    "changed_distance": (1 + 4) / 2,
    "changed_distance_median": 2.5,
    "changed_distance_relative": (1 / 1 + 4 / 5) / 2,
    "child_copies": 4 / 6,
    "child_distance": 2 / 6,
    "child_distance_relative": (1 / 5 + 1 / 5) / 6,
}


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Diagnostics)])
def test_measures_by_hand(by_hand, name):
    assert getattr(by_hand, name) == pytest.approx(BY_HAND[name])


def test_the_same_text_derived_in_another_way_is_no_change():
    grammar = parse_grammar("<s> ::= <a>b | a<b>\n<a> ::= a\n<b> ::= b")
    found = measure(DSGE(grammar, mutation="any"), samples=20, seed=1)
    assert found.neutral == 1.0
    assert found.redundancy > 0.0
    assert found.mutant_distance == 0.0
    assert found.changed_distance is None
    assert found.changed_distance_median is None
    assert found.child_copies == 1.0


def test_where_every_codon_is_a_terminal_locality_is_perfect():
    found = measure(DSGE(LEAVES, mutation="any"), samples=50, seed=1)
    assert found.neutral == 0.0
    assert found.small_steps == 1.0
    assert found.mutant_distance == found.changed_distance == 1.0
    assert found.mutant_distance_relative == pytest.approx(1 / 3)
    assert found.codons_used_share == 1.0


def test_changes_of_unused_codons_are_neutral():
    """Of three codons that can change two are read."""

    class Spare(DSGE):
        def create(self, rng):
            return tuple((*codons, 0) for codons in super().create(rng))

    grammar = parse_grammar("<s> ::= <v><v>\n<v> ::= x | y")
    found = measure(Spare(grammar, mutation="any"), samples=400, seed=1)
    assert found.neutral == pytest.approx(1 / 3, abs=0.08)
    assert found.codons, found.codons_used == (5, 3)


def test_a_program_that_did_not_end_counts_up_to_its_end():
    class Unending(DSGE):
        def derive(self, genotype):
            return Derivation("", 1, (0, 0, 0), complete=False, choices=(0, 1))

    found = measure(Unending(GRAMMAR), samples=2, seed=1)
    assert found.complete == 0.0
    assert found.neutral == 1.0
    assert found.rules_used == pytest.approx(1 / 3)
    assert found.codons_used_share == 0.0


def test_reads_of_a_codon_beyond_the_first_do_not_raise_the_share():
    class Wrapping(DSGE):
        def derive(self, genotype):
            return msgspec.structs.replace(super().derive(genotype), used=(99, 0, 0))

    found = measure(Wrapping(GRAMMAR, mutation="any"), samples=2, seed=1)
    assert found.codons_used == 99
    assert found.codons_used_share == 1.0


def test_deep_programs_are_no_problem():
    grammar = parse_grammar("<e> ::= a<e> | b")

    class Deep(DSGE):
        def create(self, rng):
            return ((0,) * (20_000 + rng.below(9)) + (1,),)

    found = measure(Deep(grammar, max_depth=30_000, mutation="one"), samples=2, seed=1)
    assert found.depth > 20_000
    assert not math.isnan(found.mutant_distance)


@settings(max_examples=50, deadline=None)
@given(grammar=grammars(), seed=seeds)
def test_measures_keep_to_their_ranges_and_repeat(grammar, seed):
    init_depth = least_depth(grammar) + 2

    def made():
        return DSGE(grammar, init_depth=init_depth, max_depth=init_depth, mutation="any")

    found = measure(made(), samples=10, seed=seed)
    assert measure(made(), samples=10, seed=seed) == found
    values = dataclasses.asdict(found)
    for name in ("distinct", "redundancy", "neutral", "child_copies", "productions_used"):
        assert 0.0 <= values[name] <= 1.0
    assert found.small_steps <= 1.0 - found.neutral + 1e-9
    assert found.rules_used > 0.0
    assert found.depth <= init_depth
    assert found.mutant_distance_relative <= 1.0
    if found.changed_distance is None:
        assert found.neutral == 1.0
    else:
        changed = (1.0 - found.neutral) * found.changed_distance
        assert found.mutant_distance == pytest.approx(changed)


def test_another_seed_is_another_sample():
    one, two = (measure(DSGE(GRAMMAR), samples=30, seed=seed) for seed in (1, 2))
    assert one != two


def test_fewer_than_two_samples_are_refused():
    with pytest.raises(InputError, match="samples = 1: expected at least 2"):
        measure(DSGE(GRAMMAR), samples=1, seed=1)


@pytest.mark.parametrize("name", representation_names())
def test_every_representation_can_be_measured(name):
    chosen = single_change(SearchSettings(representation=name, max_depth=9))
    found = measure(build_representation(GRAMMAR, chosen), samples=20, seed=1)
    assert 2 <= found.depth <= 9
    assert found.codons >= 1
    assert 0 < found.codons_used_share <= 1
    assert 0 < found.rules_used <= 1


def test_the_mutation_that_is_measured_changes_one_codon():
    for name in representation_names():
        kinds = find_representation(name).mutations
        chosen = single_change(SearchSettings(representation=name)).mutation
        best = [kind for kind in ("any", "one") if kind in kinds]
        assert chosen == [*best, *kinds][0]


def test_a_mutation_that_is_set_is_kept():
    assert single_change(SearchSettings(mutation="per_gene")).mutation == "per_gene"


@pytest.mark.parametrize("operator", ["mutation", "crossover"])
def test_operators_that_are_not_the_representations_own_are_refused(operator):
    message = f"search.{operator} = 'subtree' is not for search.representation = 'dsge'"
    with pytest.raises(SettingsError, match=message):
        single_change(SearchSettings(**{operator: "subtree"}))


def test_an_unknown_representation_is_an_error_that_names_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'dsge'"):
        single_change(SearchSettings(representation="dsgee"))
