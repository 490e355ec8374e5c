import json
import math
from types import SimpleNamespace

import pytest

from gegp import DSGE
from gegp.errors import SettingsError
from gegp.grammar.reader import parse_grammar
from gegp.representations.adaptive import START_RATE, Adaptive
from gegp.representations.copsge import CoPSGE
from gegp.representations.psge import PSGE
from gegp.rng import stream
from gegp.testing import RepresentationContract

PAIR = parse_grammar("<s> ::= <a><b>\n<a> ::= 0 | 1\n<b> ::= 0 | 1")


class Contract(RepresentationContract):
    inner: type

    def make(self, grammar, *, init_depth, max_depth):
        inner = self.inner(grammar, init_depth=init_depth, max_depth=max_depth, mutation_rate=0.3)
        return Adaptive(inner, rate_mutation_rate=0.5, rate_deviation=0.2)


class TestOverDSGE(Contract):
    inner = DSGE


class TestOverPSGE(Contract):
    inner = PSGE


class TestOverCoPSGE(Contract):
    inner = CoPSGE


def test_all_begin_with_the_rates_of_the_settings():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate=0.15))
    assert adaptive.create(stream(1))[0] == (0.0, 0.15, 0.15)
    assert adaptive.encode((0, 1, 0)) == ((0.0, 0.15, 0.15), ((0,), (1,), (0,)))


def test_one_by_used_begins_with_a_number():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate="1/used"))
    assert adaptive.create(stream(1))[0] == (0.0, START_RATE, START_RATE)


def test_rates_by_non_terminal_and_those_that_are_0_stay_so():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate={"b": 0.4}), rate_mutation_rate=1.0)
    genotype = adaptive.create(stream(1))
    assert genotype[0] == (0.0, 0.0, 0.4)
    for generation in range(50):
        genotype = adaptive.mutate(stream(generation), genotype)
        assert genotype[0][:2] == (0.0, 0.0)
    assert genotype[0][2] != 0.4


def test_codons_mutate_at_the_genotype_s_own_rates():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate=0.5), rate_mutation_rate=0.0)
    for i in range(20):
        mutant = adaptive.mutate(stream(i), ((0.0, 1.0, 0.0), ((0,), (0,), (0,))))
        assert mutant == ((0.0, 1.0, 0.0), ((0,), (1,), (0,)))


def test_rates_change_before_the_codons():
    # Steps of this size clip every rate to 0 or to 1; the codon changes if it is 1 now.
    adaptive = Adaptive(DSGE(PAIR, mutation_rate=0.5), rate_mutation_rate=1.0, rate_deviation=1e9)
    seen = set()
    for i in range(60):
        rates, codons = adaptive.mutate(stream(i), ((0.0, 0.5, 0.5), ((0,), (0,), (0,))))
        assert codons == tuple((int(rate),) for rate in rates)
        seen.add(codons)
    assert len(seen) == 4


def test_a_rate_changes_by_a_normally_distributed_step_as_often_as_set():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate=0.5), rate_mutation_rate=0.25, rate_deviation=0.02)
    genotype = adaptive.create(stream(1))
    moved = [adaptive.mutate(stream(i), genotype)[0][1] - 0.5 for i in range(4000)]
    steps = [step for step in moved if step]
    assert abs(len(steps) / 4000 - 0.25) < 0.03
    assert abs(sum(steps) / len(steps)) < 0.003
    assert math.sqrt(sum(step**2 for step in steps) / len(steps)) == pytest.approx(0.02, rel=0.1)


def test_a_genotype_of_which_only_rates_changed_has_the_same_program():
    adaptive = Adaptive(DSGE(PAIR, mutation_rate=1e-9), rate_mutation_rate=1.0, rate_deviation=1e-9)
    genotype = adaptive.create(stream(1))
    mutant = adaptive.mutate(stream(2), genotype)
    assert mutant != genotype
    assert adaptive.derive(mutant) == adaptive.derive(genotype)


@pytest.mark.parametrize("inner", [DSGE, PSGE, CoPSGE])
def test_a_rule_is_exchanged_together_with_its_rate(inner):
    adaptive = Adaptive(inner(PAIR))
    low = ((0.0, 0.1, 0.2), adaptive.inner.encode((0, 0, 0)))
    high = ((0.0, 0.8, 0.9), adaptive.inner.encode((0, 1, 1)))
    rates = {"0": (0.1, 0.2), "1": (0.8, 0.9)}
    seen = set()
    for i in range(40):
        for child in adaptive.crossover(stream(i), low, high):
            program = adaptive.derive(child).phenotype
            assert child[0][1:] == (rates[program[0]][0], rates[program[1]][1])
            seen.add(program)
    assert seen == {"00", "01", "10", "11"}


def test_the_kind_of_crossover_is_that_of_the_inner_representation():
    adaptive = Adaptive(DSGE(PAIR, crossover="one_point"))
    low, high = ((0.0, 0.1, 0.1), ((0,), (0,), (0,))), ((0.0, 0.9, 0.9), ((0,), (1,), (1,)))
    programs = {
        adaptive.derive(adaptive.crossover(stream(i), low, high)[0]).phenotype for i in range(40)
    }
    assert programs == {"01", "11"}  # from a cut on: the first parent's beginning stays


def test_it_learns_what_the_inner_representation_learns():
    adaptive = Adaptive(PSGE(PAIR, learning_factor=0.5))
    best = adaptive.derive(adaptive.encode((0, 1, 1)))
    adapted = adaptive.adapt(best, best)
    assert isinstance(adapted.inner, PSGE)
    assert adapted.learned == adapted.inner.learned != adaptive.learned
    again = adaptive.with_learned(json.loads(json.dumps(adapted.learned)))
    assert again.learned == adapted.learned
    genotype = ((0.0, 0.05, 0.05), ((0.5,), (0.4,), (0.4,)))
    assert adaptive.derive(genotype).phenotype == "00"
    assert again.derive(genotype).phenotype == adapted.derive(genotype).phenotype == "11"


def test_over_one_that_does_not_learn_it_learns_nothing():
    assert Adaptive(DSGE(PAIR)).learned == ()


@pytest.mark.parametrize(
    ("inner", "name"),
    [(SimpleNamespace(name="ge"), "'ge'"), (SimpleNamespace(name=""), "SimpleNamespace")],
)
def test_only_representations_with_lists_by_rule_can_be_wrapped(inner, name):
    with pytest.raises(SettingsError, match=f"search.adaptive_mutation = true .*{name}.*dsge"):
        Adaptive(inner)


def test_adaptive_over_adaptive_is_an_error():
    with pytest.raises(SettingsError, match="'adaptive'"):
        Adaptive(Adaptive(DSGE(PAIR)))
