"""Co-evolutionary Probabilistic Structured Grammatical Evolution.

Mégane, Lourenço, Machado: "Co-evolutionary Probabilistic Structured Grammatical
Evolution", GECCO 2022 (Co-PSGE).

A genotype is a pair: the individual's own probabilities of all productions, and codons as
in PSGE. All begin with the same probabilities. In a mutation first the probabilities change,
then the codons. Children inherit the probabilities of the fitter parent.

The mutation of probabilities follows the authors' code: the productions of a rule are
gone through in their order, each is chosen with ``probability_mutation_rate``, and the
first one that is chosen gets a normally distributed step; the others share the opposite
step, what is negative becomes 0, and the rule is normalised. So a rule changes once at
most, and a rule of many productions changes more often than one of few.

Where this departs from the paper and its code:

- All that PSGE departs in, the floor of the probabilities included.
- The authors' mutation changes the parent too, because the parts of individuals are
  shared; here nothing is shared.
- The authors look for the parent with the better fitness; here it is the first of the two,
  which the caller says is the fitter one. Both children of a crossover get its
  probabilities, where the authors make one child.
- With other probabilities codons stand for other productions: operators repair codons
  that lead too deep.

One thing is as the authors have it, and costs time: where a mutation leaves a rule little but
a production that refers to it twice, codons are drawn until ``max_depth`` ends the program,
and each level of depth doubles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.representations.base import (
    Derivation,
    Genotype,
    MutationRate,
    check_length,
    check_shares,
)
from gegp.representations.probabilities import Probabilities, distribution
from gegp.representations.psge import PSGE
from gegp.representations.sites import Rates
from gegp.representations.structured import Structured
from gegp.rng import Stream


class CoPSGE(Structured):
    """The representation over one grammar.

    ``mutation_rate``, ``spare_codons`` and ``codon_deviation`` are as in PSGE.
    ``probability_mutation_rate`` is how likely a production is to be the one of its rule
    whose probability changes, if none before it was; ``probability_deviation`` is the standard
    deviation of the step.

    Raises SettingsError if a depth limit is below the grammar's least depth, or
    a name in ``mutation_rate`` is not a non-terminal.
    """

    name: ClassVar[str] = "copsge"

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        crossover: str | None = None,
        mutation: str | None = None,
        mutation_rate: MutationRate = 0.05,
        spare_codons: int = 10,
        codon_deviation: float = 0.5,
        probability_mutation_rate: float = 0.05,
        probability_deviation: float = 0.5,
    ) -> None:
        super().__init__(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover=crossover,
            mutation=mutation,
            mutation_rate=mutation_rate,
        )
        self.probability_mutation_rate = probability_mutation_rate
        self.probability_deviation = probability_deviation
        self._psge = PSGE(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover=crossover,
            mutation=mutation,
            mutation_rate=mutation_rate,
            spare_codons=spare_codons,
            codon_deviation=codon_deviation,
        )

    def create(self, rng: Stream) -> Genotype:
        """The first probabilities, and codons that are grown by them."""
        return self._psge.probabilities, self._psge.create(rng)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of the codons by the genotype's own probabilities."""
        probabilities, codons = genotype
        return self._psge.with_probabilities(probabilities).derive(codons)

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """The first probabilities, and codons of a derivation as in PSGE.

        Raises InputError if it is deeper than ``max_depth``.
        """
        return self._psge.probabilities, self._psge.encode(choices, rng)

    def with_derivation(self, genotype: Genotype, choices: Choices, rng: Stream) -> Genotype:
        """Codons of another derivation by the genotype's own probabilities."""
        probabilities: Probabilities = genotype[0]
        return probabilities, self._psge.with_probabilities(probabilities).encode(choices, rng)

    def check(self, genotype: Genotype) -> None:
        """Probabilities of all productions, and codons as in PSGE."""
        check_length(genotype, 2)
        check_length(genotype[0], len(self.grammar.rules))
        for values, rule in zip(genotype[0], self.grammar.rules, strict=True):
            check_length(values, len(rule.productions))
            check_shares(values)
        self._psge.check(genotype[1])

    def codons(self, genotype: Genotype) -> int:
        """The number of codons, without the probabilities."""
        return self._psge.codons(genotype[1])

    def mutate_at(self, rng: Stream, genotype: Genotype, rates: Rates) -> Genotype:
        """Probabilities change, then codons, the latter at a rate for each rule."""
        probabilities, codons = genotype
        changed = tuple(self._mutated(rng, values) for values in probabilities)
        return changed, self._psge.with_probabilities(changed).mutate_at(rng, codons, rates)

    def exchange(
        self, rng: Stream, mask: Sequence[int], first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """The codons of those rules are exchanged for which the mask holds a 1; both children
        have the probabilities of the first parent."""
        probabilities: Probabilities = first[0]
        psge = self._psge.with_probabilities(probabilities)
        one, two = psge.exchange(rng, mask, first[1], second[1])
        return (probabilities, one), (probabilities, two)

    def _mutated(self, rng: Stream, values: tuple[float, ...]) -> tuple[float, ...]:
        """The probabilities of a rule, one of which may have changed, and the others with it."""
        if len(values) == 1:
            return values
        for production, value in enumerate(values):
            if rng.random() < self.probability_mutation_rate:
                step = rng.gauss(0.0, self.probability_deviation)
                shifted = [other - step / (len(values) - 1) for other in values]
                shifted[production] = value + step
                return distribution(shifted)
        return values
