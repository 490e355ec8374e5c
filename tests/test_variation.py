"""Variation of individuals, whatever the representation."""

import copy
import pickle

import pytest

from gegp import DSGE, build_toolbox, load_problem
from gegp.grammar.initialisation import INITIALISATIONS
from gegp.representations.table import OWN, find_representation
from gegp.rng import stream
from gegp.sampling import sample_programs
from gegp.variation import express, mate

WHOLE = [name for name in OWN if find_representation(name).encodes_all]


@pytest.fixture(scope="module")
def problem():
    return load_problem("symbolic_regression")


@pytest.mark.parametrize("name", WHOLE)
def test_subtrees_of_any_representation_keep_the_depth(problem, name):
    search = {
        "representation": name, "crossover": "subtree", "mutation": "subtree",
        "mutation_rate": 0.5, "init_depth": 5, "max_depth": 7, "recursion_level": 6,
    }  # fmt: skip
    toolbox = build_toolbox(problem, seed=1, search=search)
    population = toolbox.population(n=10)
    changed = 0
    for generation in range(50):
        rng = stream(9, generation)
        for i in range(0, 10, 2):
            before = population[i : i + 2]
            one, two = toolbox.mate(*before, rng=rng)
            (one,), (two,) = toolbox.mutate(one, rng=rng), toolbox.mutate(two, rng=rng)
            changed += one is not before[0]
            population[i : i + 2] = one, two
        for individual in population:
            assert individual.derivation.complete
            assert individual.derivation.depth <= 7
            derived = toolbox.representation.derive(individual.genotype)
            assert derived.choices == individual.derivation.choices
    assert changed > 100


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("method", INITIALISATIONS)
def test_every_initialisation_of_every_representation(problem, name, method):
    search = {"representation": name, "initialisation": method, "init_depth": 4}
    toolbox = build_toolbox(problem, seed=3, search=search)
    population = toolbox.population(n=20)
    assert all(1 < individual.derivation.depth <= 4 for individual in population)
    assert len({individual.phenotype for individual in population}) > 5
    again = build_toolbox(problem, seed=3, search=search).population(n=20)
    assert population == again


@pytest.mark.parametrize("name", OWN)
def test_samples_of_every_representation(problem, name):
    grammar = problem.grammar
    drawn = list(sample_programs(grammar, 30, seed=1, representation=name, max_depth=5))
    assert all(sample.depth <= 5 for sample in drawn)
    assert len({sample.phenotype for sample in drawn}) > 8
    uniform = list(
        sample_programs(grammar, 9, seed=1, representation=name, max_depth=4, uniform=True)
    )
    assert {sample.depth for sample in uniform} <= {2, 3, 4}


def test_the_fitter_parent_comes_first(problem):
    """Co-PSGE hands on the probabilities of the fitter parent, whichever stands first."""
    toolbox = build_toolbox(problem, seed=1, search={"representation": "copsge"})
    one, two = toolbox.individual(), toolbox.individual()
    for _ in range(20):
        (two,) = toolbox.mutate(two)
    one.fitness.values, two.fitness.values = (2.0,), (1.0,)
    assert one.genotype[0] != two.genotype[0]
    for pair in ((one, two), (two, one)):
        children = toolbox.mate(*pair)
        assert {child.genotype[0] for child in children} == {two.genotype[0]}


def test_what_cannot_be_encoded_stays_the_parent(problem):
    """A linear genotype has a greatest length; a derivation that needs more is not taken."""
    search = {
        "representation": "ge", "genome_length": 1, "crossover": "subtree",
        "mutation": "subtree", "mutation_rate": 1.0,
    }  # fmt: skip
    toolbox = build_toolbox(problem, seed=1, search=search)
    mutants = [toolbox.mutate(toolbox.individual())[0] for _ in range(60)]
    assert all(len(mutant.genotype) <= 10 for mutant in mutants)


class Counting(DSGE):
    """It counts how often it is asked for a derivation."""

    derived = 0

    def derive(self, genotype):
        self.derived += 1
        return super().derive(genotype)


@pytest.fixture
def counting(problem):
    return Counting(problem.grammar)


def some_individual(representation, slot=0):
    genotype = representation.create(stream(1, slot))
    return express(genotype, representation=representation, weights=(1.0,))


def test_an_individual_is_derived_when_somebody_looks_and_then_no_more(counting):
    individual = some_individual(counting)
    assert counting.derived == 0
    assert individual.phenotype == DSGE.derive(counting, individual.genotype).phenotype
    assert counting.derived == 1
    assert len(individual) == sum(individual.derivation.used)
    assert copy.deepcopy(individual).derivation is individual.derivation
    assert counting.derived == 1


def test_a_child_that_is_dropped_is_never_derived(counting):
    one, two = some_individual(counting), some_individual(counting, 1)
    child, dropped = mate(one, two, rng=stream(2), representation=counting)
    assert child not in (one, two)
    assert dropped not in (one, two)
    assert child.phenotype
    assert counting.derived == 1


def test_a_pickled_individual_has_its_derivation_and_no_representation(counting):
    individual = some_individual(counting)
    pickled = pickle.dumps(individual)
    assert b"Counting" not in pickled
    restored = pickle.loads(pickled)
    assert restored == individual
    assert restored.derivation == individual.derivation
    assert counting.derived == 1


def test_an_individual_is_derived_as_at_its_birth_whatever_was_learned_since(problem):
    search = {"representation": "psge", "learning_factor": 1.0}
    toolbox = build_toolbox(problem, seed=1, search=search)
    learned, other = toolbox.representation, toolbox.individual()
    individuals = toolbox.population(n=20)
    programs = [learned.derive(one.genotype).phenotype for one in individuals]
    for _ in range(4):
        learned = learned.adapt(other.derivation, other.derivation)
    assert [learned.derive(one.genotype).phenotype for one in individuals] != programs
    assert [one.phenotype for one in individuals] == programs
