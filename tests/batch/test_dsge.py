"""Genotypes of a population at a time are those of the reference path, to the bit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp import build_toolbox, load_problem
from gegp.breeding import Place, breed
from gegp.errors import SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.reader import parse_grammar
from gegp.individual import worst_values
from gegp.representations.dsge import DSGE
from gegp.rng import stream
from gegp.testing import grammars, seeds

pytest.importorskip("numba")

from gegp.batch.dsge import BatchDSGE, streams
from gegp.batch.genotypes import joined, pack
from gegp.batch.notation import in_json

RATES = st.sampled_from([0.0, 0.02, 0.5, 1.0, "1/used"])
CROSSOVERS = st.sampled_from(["mask", "one_point", "two_point"])
INDIVIDUALS = 12


@settings(deadline=None)
@given(grammars(), seeds, RATES, CROSSOVERS, st.integers(0, 3), st.integers(0, 4))
def test_generation_after_generation_is_the_same(grammar, seed, rate, crossover, spare, more):
    depth = least_depth(grammar)
    one = DSGE(
        grammar,
        init_depth=depth + more,
        max_depth=depth + 2 * more,
        mutation_rate=rate,
        crossover=crossover,
        spare_codons=spare,
    )
    all_ = BatchDSGE(one)
    slots = range(3, 3 + INDIVIDUALS)
    batch = all_.create(streams(seed, 0, slots))
    population = [one.create(stream(seed, 0, slot)) for slot in slots]
    assert batch.genotypes() == population
    for generation in range(1, 4):
        rngs = [stream(seed, generation, slot) for slot in slots]
        states = streams(seed, generation, slots)
        pairs = np.array([[rng.below(INDIVIDUALS), rng.below(INDIVIDUALS)] for rng in rngs])
        for _ in range(2):  # what the reference has drawn for the pairs
            states += np.uint64(0x9E3779B97F4A7C15)
        batch = all_.crossover(states, batch, pairs)
        children = [
            child
            for rng, (first, second) in zip(rngs, pairs, strict=True)
            for child in one.crossover(rng, population[first], population[second])
        ]
        assert batch.genotypes() == children
        firsts = pack(children[::2], all_.rules)
        batch, changed = all_.mutate(states, firsts)
        mutants = [one.mutate(rng, child) for rng, child in zip(rngs, children[::2], strict=True)]
        assert batch.genotypes() == mutants
        assert not any(
            a != b
            for a, b, varied in zip(mutants, children[::2], changed, strict=True)
            if not varied
        )
        population = mutants


@settings(deadline=None)
@given(grammars(), seeds, st.data())
def test_any_genotype_maps_to_the_same_derivation(grammar, seed, data):
    depth = least_depth(grammar)
    one = DSGE(grammar, init_depth=depth, max_depth=depth)
    lists = st.tuples(
        *(st.lists(st.integers(0, len(rule.productions) - 1), max_size=9).map(tuple)
          for rule in grammar.rules)
    )  # fmt: skip
    genotypes = data.draw(st.lists(lists, max_size=5))
    all_ = BatchDSGE(one)
    found = all_.derive(pack(genotypes, all_.rules))
    texts = all_.write(found)
    for number, genotype in enumerate(genotypes):
        derivation = one.derive(genotype)
        assert grammar.program(texts[number].decode()) == derivation.phenotype
        begin, end = found.places[number : number + 2]
        assert tuple(found.choices[begin:end]) == derivation.choices
        assert found.depths[number] == derivation.depth
        assert tuple(found.used[number]) == derivation.used


def test_programs_that_need_more_room_than_is_at_hand():
    grammar = parse_grammar("<s> ::= " + "<v>" * 300 + "\n<v> ::= <w><w> | y\n<w> ::= a | b")
    one = DSGE(grammar, mutation_rate=0.3)
    all_ = BatchDSGE(one)
    batch = all_.create(streams(1, 0, range(5)))
    population = [one.create(stream(1, 0, slot)) for slot in range(5)]
    assert batch.genotypes() == population
    mutants, _ = all_.mutate(streams(1, 1, range(5)), batch)
    assert mutants.genotypes() == [
        one.mutate(stream(1, 1, slot), population[slot]) for slot in range(5)
    ]
    found = all_.derive(mutants)
    assert found.places[-1] == sum(
        len(one.derive(mutant).choices) for mutant in mutants.genotypes()
    )


def test_an_individual_is_taken_out_by_itself():
    one = DSGE(parse_grammar("<e> ::= (<e><o><e>) | x | y\n<o> ::= + | -"))
    batch = BatchDSGE(one).create(streams(7, 0, range(9)))
    assert len(batch) == 9
    assert [batch.genotype(number) for number in range(9)] == batch.genotypes()
    some = [8, 0, 3, 3]
    taken = batch.take(np.array(some))
    assert taken.genotypes() == [batch.genotype(number) for number in some]
    assert joined(taken, batch).genotypes() == taken.genotypes() + batch.genotypes()


def test_no_individuals_at_all():
    one = DSGE(parse_grammar("<e> ::= (<e>) | x"))
    all_ = BatchDSGE(one)
    assert all_.create(streams(1, 0, range(0))).genotypes() == []
    assert len(all_.derive(pack([], all_.rules)).depths) == 0


def test_a_mutation_that_is_not_compiled_is_an_error():
    one = DSGE(parse_grammar("<e> ::= (<e>) | x"), mutation="any")
    with pytest.raises(SettingsError, match="mutation = 'any'"):
        BatchDSGE(one)


@settings(deadline=None, max_examples=60)
@given(
    seeds,
    st.sampled_from([0.0, 0.7, 1.0]),
    st.sampled_from([0.0, 0.1, "1/used"]),
    st.integers(1, 4),
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=4, max_size=12),
)
def test_a_brood_is_the_one_of_the_search(seed, rate, mutation_rate, size, fitness):
    problem = load_problem(
        "symbolic_regression",
        assignments=[
            f"search.population={len(fitness)}",
            f"search.crossover_rate={rate}",
            f"search.mutation_rate={mutation_rate!r}".replace("'", '"'),
            f"search.tournament_size={size}",
        ],
    )
    toolbox = build_toolbox(problem, seed=seed)
    island = [toolbox.individual(rng=stream(seed, 0, slot)) for slot in range(len(fitness))]
    for individual, value in zip(island, fitness, strict=True):
        worst = worst_values(problem.weights)
        individual.fitness.values = worst if value is None else (float(value),)
    births = breed(
        island, 9, toolbox, problem.settings.search, toolbox.representation, Place(seed, 1, 2)
    )
    all_ = BatchDSGE(toolbox.representation)
    brood = all_.breed(
        pack([one.genotype for one in island], all_.rules),
        np.array([np.nan if value is None else -float(value) for value in fitness]),
        seed=seed,
        generation=1,
        slots=range(2, 11),
        tournament_size=size,
        crossover_rate=rate,
    )
    assert brood.genotypes.genotypes() == [birth.child.genotype for birth in births]
    for birth, parents, same in zip(births, brood.parents, brood.same, strict=True):
        assert birth.parents == tuple(island[place] for place in parents if place >= 0)
        assert birth.unchanged == (same >= 0)
        assert same < 0 or birth.child is island[same]


@settings(deadline=None)
@given(st.integers(1, 3), st.data())
def test_genotypes_are_written_as_json_writes_them(rules, data):
    codons = st.sampled_from([0, 9, 10, 99, 2**31 - 1]) | st.integers(0, 12)
    lists = st.tuples(*(st.lists(codons, max_size=5).map(tuple) for _ in range(rules)))
    genotypes = data.draw(st.lists(lists, max_size=5))
    written = in_json(pack(genotypes, rules))
    assert written == [json.dumps(one, separators=(",", ":")).encode() for one in genotypes]
