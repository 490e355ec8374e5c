"""Contracts for tests to inherit, and strategies for property-based tests.

A representation, wherever it lives, is tested by a class that says how to make one::

    class TestMine(RepresentationContract):
        def make(self, grammar, *, init_depth, max_depth):
            return Mine(grammar, init_depth=init_depth, max_depth=max_depth)

A problem is tested by a class with a fixture that loads it::

    class TestMyProblem(ProblemContract):
        @pytest.fixture
        def problem(self):
            return load_problem("my_problem")

Needs pytest and hypothesis (``pip install "gegp[test]"``).
"""

from __future__ import annotations

import copy
import json
import math
from itertools import accumulate
from typing import Any, ClassVar, Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gegp.batch.language import read_language
from gegp.errors import InputError
from gegp.grammar.analysis import least_depth, least_depths
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices, depth, program
from gegp.grammar.membership import find_derivation
from gegp.grammar.model import Grammar, Production, Rule, Symbol, join_terminals
from gegp.individual import WORST
from gegp.outcome import attempt
from gegp.problem import Problem
from gegp.representations.base import Genotype, Representation
from gegp.rng import stream

seeds = st.integers(min_value=0, max_value=2**32)

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=4)


@st.composite
def grammars(draw: st.DrawFn) -> Grammar:
    """Grammars of one to six rules in which every rule can end; some productions have weights."""
    names = [f"r{i}" for i in range(draw(st.integers(1, 6)))]
    symbols = st.one_of(
        st.sampled_from(names).map(lambda name: Symbol(name, terminal=False)),
        _texts.map(lambda text: Symbol(text, terminal=True)),
    )
    productions = st.builds(
        Production,
        st.lists(symbols, max_size=4).map(join_terminals),
        st.sampled_from([1.0, 1.0, 1.0, 3.0, 0.25]),
    )
    rules = [
        Rule(name, tuple(draw(st.lists(productions, min_size=1, max_size=4)))) for name in names
    ]
    return Grammar(tuple(_productive(Grammar(tuple(rules)))))


def _productive(grammar: Grammar) -> list[Rule]:
    """The rules, with an alternative of text for those that could not end."""
    ending = Production((Symbol("end", terminal=True),))
    return [
        Rule(rule.name, (*rule.productions, ending)) if min(depths) == math.inf else rule
        for rule, depths in zip(grammar.rules, least_depths(grammar.references), strict=True)
    ]


inherited = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])
"""For property tests that several classes inherit, which is what hypothesis warns of."""


class Make(Protocol):
    """How a contract gets the representation that it tests."""

    def __call__(self, grammar: Grammar, *, init_depth: int, max_depth: int) -> Representation:
        """A representation over a grammar with these depth limits."""


class RepresentationContract:
    """What holds for every representation; a test class inherits it and defines ``make``."""

    make: Make

    grows: ClassVar[bool] = True
    """Whether ``create`` keeps to ``init_depth``; random numbers of a fixed length do not."""

    encodes_all: ClassVar[bool] = True
    """Whether every derivation up to ``max_depth`` has a genotype that ``encode`` finds."""

    def _case(
        self, grammar: Grammar, seed: int
    ) -> tuple[Representation, Genotype, Genotype, int, int]:
        """A representation, two genotypes that it made, and its depth limits."""
        init_depth = least_depth(grammar) + seed % 4
        max_depth = init_depth + seed % 5
        representation = self.make(grammar, init_depth=init_depth, max_depth=max_depth)
        first, second = (representation.create(stream(seed, slot)) for slot in (0, 1))
        return representation, first, second, init_depth, max_depth

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_created_programs_are_within_the_initial_depth(
        self, grammar: Grammar, seed: int
    ) -> None:
        representation, first, _, init_depth, max_depth = self._case(grammar, seed)
        derivation = representation.derive(first)
        assert derivation.complete
        assert 1 <= derivation.depth <= (init_depth if self.grows else max_depth)
        assert derivation.phenotype == program(representation.grammar, derivation.choices)
        assert derivation.depth == depth(representation.grammar, derivation.choices)
        assert len(derivation.used) == len(representation.grammar.rules)

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_an_encoded_derivation_derives_its_program(self, grammar: Grammar, seed: int) -> None:
        init_depth = least_depth(grammar) + seed % 3
        representation = self.make(grammar, init_depth=init_depth, max_depth=init_depth)
        choices = DerivationCounts(representation.grammar, init_depth).draw(stream(seed))
        for rng in (None, stream(seed, 1)):
            try:
                genotype = representation.encode(choices, rng)
            except InputError:
                assert not self.encodes_all
                return
            derivation = representation.derive(genotype)
            assert derivation.complete
            assert derivation.choices == choices
            assert derivation.phenotype == program(representation.grammar, choices)
            assert derivation.depth == depth(representation.grammar, choices)

    def test_encoding_a_deeper_program_is_an_error_that_names_its_depth(self) -> None:
        grammar = Grammar((Rule("e", (_production("a<e>"), _production("b"))),))
        representation = self.make(grammar, init_depth=3, max_depth=3)
        fits = find_derivation(representation.grammar, "aab").choices
        assert fits
        assert representation.derive(representation.encode(fits)).phenotype == "aab"
        deeper = find_derivation(representation.grammar, "aaab").choices
        if deeper:  # A grammar without recursion may hold no deeper program.
            with pytest.raises(InputError, match="depth 4"):
                representation.encode(deeper)

    def test_programs_with_python_blocks_are_laid_out(self) -> None:
        grammar = Grammar((Rule("e", (_production("if x:{:y{::}z:}"),)),), blocks=True)
        representation = self.make(grammar, init_depth=1, max_depth=1)
        derivation = representation.derive(representation.create(stream(1)))
        assert derivation.phenotype == "if x:\n    y\n    z"

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_deriving_changes_nothing_and_repeats(self, grammar: Grammar, seed: int) -> None:
        representation, first, _, _, _ = self._case(grammar, seed)
        before = copy.deepcopy(first)
        assert representation.derive(first) == representation.derive(first)
        assert first == before

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_operators_leave_parents_untouched(self, grammar: Grammar, seed: int) -> None:
        representation, first, second, _, _ = self._case(grammar, seed)
        before = copy.deepcopy((first, second))
        representation.mutate(stream(seed, 2), first)
        representation.crossover(stream(seed, 3), first, second)
        assert (first, second) == before

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_operators_repeat_for_the_same_generator(self, grammar: Grammar, seed: int) -> None:
        representation, first, second, _, _ = self._case(grammar, seed)
        assert representation.create(stream(seed, 0)) == first
        for _ in range(2):
            assert representation.mutate(stream(seed, 2), first) == representation.mutate(
                stream(seed, 2), first
            )
            assert representation.crossover(
                stream(seed, 3), first, second
            ) == representation.crossover(stream(seed, 3), first, second)

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_variation_without_selection_stays_within_the_depth_limit(
        self, grammar: Grammar, seed: int
    ) -> None:
        representation, first, second, _, max_depth = self._case(grammar, seed)
        for generation in range(50):
            rng = stream(seed, generation, 4)
            first, second = representation.crossover(rng, first, second)
            first, second = representation.mutate(rng, first), representation.mutate(rng, second)
            for genotype in (first, second):
                derivation = representation.derive(genotype)
                assert derivation.complete
                assert derivation.depth <= max_depth

    @inherited
    @given(grammar=grammars(), seed=seeds)
    def test_genotypes_survive_json(self, grammar: Grammar, seed: int) -> None:
        _, first, _, _, _ = self._case(grammar, seed)
        assert _tuples(json.loads(json.dumps(first))) == first


class ProblemContract:
    """What holds for a problem whose evaluation is quick and does not depend on the seed.

    A test class inherits it and has a fixture ``problem``.
    """

    drawn: ClassVar[int] = 300
    """The number of programs that are drawn from the problem's grammar."""

    def _choices(self, problem: Problem) -> list[Choices]:
        least, growth = least_depth(problem.grammar), Growth(problem.grammar)
        return [growth.grow(stream(5, i), 0, least + i % 8) for i in range(self.drawn)]

    def test_a_program_has_a_fitness_or_is_refused_and_that_repeats(self, problem: Problem) -> None:
        outcomes = []
        for choices in self._choices(problem):
            text = program(problem.grammar, choices)
            one, again = attempt(problem, text, 1), attempt(problem, text, 2)
            assert one.status in ("ok", "invalid"), one.detail
            assert (one.status, one.values) == (again.status, again.values)
            outcomes.append(one.ok)
        assert any(outcomes)

    def test_programs_are_worth_what_their_texts_are(self, problem: Problem) -> None:
        if not problem.hook("evaluate_programs"):
            pytest.skip("the problem evaluates texts only")
        language, reason = read_language(problem.grammar, problem.entry.vocabulary)
        if language is None:
            pytest.skip(f"the grammar has no programs: {reason}")
        drawn = self._choices(problem)
        flat = np.array([choice for choices in drawn for choice in choices], np.int32)
        places = np.array([0, *accumulate(map(len, drawn))], np.int64)
        found = problem.entry.evaluate_programs(language.programs(flat, places, compiled=False))
        assert found.shape == (len(drawn), len(problem.objective_names))
        for row, choices in zip(found.tolist(), drawn, strict=True):
            text = program(problem.grammar, choices)
            outcome = attempt(problem, text, 0)
            # What is too large to be compared has no fitness either.
            sound = all(abs(value) < WORST for value in row)
            assert sound == outcome.ok, text
            assert not sound or tuple(row) == outcome.values, text


def _production(text: str) -> Production:
    """A production of text and references to ``<e>``."""
    symbols = [Symbol(part.strip("<>"), part != "<e>") for part in text.partition("<e>")]
    return Production(join_terminals(symbols))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
