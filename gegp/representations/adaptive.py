"""Adaptive Facilitated Mutation: mutation rates that evolve with the genotype.

Carvalho, Mégane, Lourenço, Machado: "Context Matters: Adaptive Mutation for Grammars",
EuroGP 2023.

A genotype is a pair: a mutation rate for each rule, and the genotype of another
representation. In a mutation first the rates change, then the codons, at the rates
that came out. A crossover exchanges rates and codons by the same mask.

As in the authors' code a rate changes with a probability of its own, by a normally
distributed step, and is clipped into [0, 1]; all individuals begin with the same rates.

Where this departs from it:

- A rate that is 0 at the beginning stays 0: the rule has one production only, or the
  settings say that it is to be left alone.
- Any representation with one list of codons a rule can be wrapped, not PSGE only.
"""

from __future__ import annotations

import copy
from typing import ClassVar, Self

from gegp.errors import SettingsError
from gegp.grammar.leftmost import Choices
from gegp.representations.base import (
    Derivation,
    Genotype,
    Representation,
    check_length,
    check_shares,
)
from gegp.representations.structured import Structured, exchanged
from gegp.rng import Stream

START_RATE = 0.1
"""The first rate of a rule where the settings say ``"1/used"``; that of the authors' code."""


class Adaptive(Representation):
    """A representation whose genotypes carry their mutation rates.

    ``inner`` is the representation that is wrapped; its mutation rates are the first ones.
    ``rate_mutation_rate`` is the probability that a rate changes in a mutation,
    ``rate_deviation`` the standard deviation of the step.

    Raises SettingsError if ``inner`` does not have one list of codons a rule.
    """

    name: ClassVar[str] = "adaptive"

    def __init__(
        self,
        inner: Representation,
        *,
        rate_mutation_rate: float = 0.3,
        rate_deviation: float = 0.01,
    ) -> None:
        if not isinstance(inner, Structured):
            name = inner.name or type(inner).__name__
            raise SettingsError(
                f"search.adaptive_mutation = true is not for search.representation = {name!r}: "
                "expected one that has a list of codons for each rule, as dsge, psge or copsge; "
                "choose such a one, or leave search.adaptive_mutation out"
            )
        self.inner: Structured = inner
        self.grammar = inner.grammar
        self.max_depth = inner.max_depth
        self.rate_mutation_rate = rate_mutation_rate
        self.rate_deviation = rate_deviation
        self.start_rates = tuple(START_RATE if rate is None else rate for rate in inner.rates)

    def create(self, rng: Stream) -> Genotype:
        """The first rates, and a random genotype of the inner representation."""
        return self.start_rates, self.inner.create(rng)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of the inner genotype."""
        return self.inner.derive(genotype[1])

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """The first rates, and an inner genotype of a derivation.

        Raises InputError if it is deeper than ``max_depth``.
        """
        return self.start_rates, self.inner.encode(choices, rng)

    def with_derivation(self, genotype: Genotype, choices: Choices, rng: Stream) -> Genotype:
        """The genotype's own rates, and an inner genotype of another derivation."""
        return genotype[0], self.inner.with_derivation(genotype[1], choices, rng)

    def check(self, genotype: Genotype) -> None:
        """A rate for each rule, and a genotype of the inner representation."""
        check_length(genotype, 2)
        check_length(genotype[0], len(self.start_rates))
        check_shares(genotype[0])
        self.inner.check(genotype[1])

    def codons(self, genotype: Genotype) -> int:
        """The number of codons of the inner genotype."""
        return self.inner.codons(genotype[1])

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """Rates change, then codons at these rates.

        A genotype of which only rates have changed has the same program.
        """
        rates = tuple(
            self._mutated(rng, rate) if start > 0.0 else rate
            for start, rate in zip(self.start_rates, genotype[0], strict=True)
        )
        return rates, self.inner.mutate_at(rng, genotype[1], rates)

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Whole rules are exchanged, each together with its rate."""
        mask = self.inner.mask(rng)
        rates = exchanged(mask, first[0], second[0])
        codons = self.inner.exchange(rng, mask, first[1], second[1])
        return (rates[0], codons[0]), (rates[1], codons[1])

    @property
    def learned(self) -> Genotype:
        """What the inner representation has learned."""
        return self.inner.learned

    def with_learned(self, learned: Genotype) -> Self:
        """With an inner representation that has learned this."""
        return self._over(self.inner.with_learned(learned))

    def adapt(self, best: Derivation, current: Derivation) -> Self:
        """With the inner representation of the next generation."""
        return self._over(self.inner.adapt(best, current))

    def _over(self, inner: Structured) -> Self:
        changed = copy.copy(self)
        changed.inner = inner
        return changed

    def _mutated(self, rng: Stream, rate: float) -> float:
        if rng.random() >= self.rate_mutation_rate:
            return rate
        return min(max(rate + rng.gauss(0.0, self.rate_deviation), 0.0), 1.0)
