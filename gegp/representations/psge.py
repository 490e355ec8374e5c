"""Probabilistic Structured Grammatical Evolution.

Mégane, Lourenço, Machado: "Probabilistic Structured Grammatical Evolution", CEC 2022 (PSGE).

A genotype is one tuple of codons a rule, as in DSGE, but a codon is a number in [0, 1).
A probabilistic grammar turns it into a production: the productions of a rule share that
range by their probabilities. After each generation the probabilities move towards the
productions of a good program: a production that it uses gains ``learning_factor`` times
its share of the rule's expansions, one that it does not use loses that part of what it
has, and the rule's probabilities are normalised. The program is in turn the best so far
and the best of the generation. A codon mutates by a normally distributed step and is
clipped; crossover exchanges whole tuples.

Where text and code leave something open, this follows the authors' code: the first update
is made with the best program so far, and a rule that the program does not expand keeps its
probabilities.

Where this departs from both:

- All that DSGE departs in: mapping draws nothing, the depth limit holds for all codons,
  and unused codons are bounded. A codon that does not fit into the depth that is left is
  drawn again, in the interval of a production that fits. The authors map it to a
  production of least depth and leave the codon alone.
- No probability falls below a floor, a thousandth of the rule shared by its productions:
  a production of least depth must have codons, or the depth limit could not hold.
- The authors compare a codon with sums rounded to three digits; here nothing is rounded.
- Weights in the grammar are the first probabilities. Without weights these are uniform,
  as in the paper.

When the probabilities have moved, old codons may stand for other productions. An
individual keeps the program of its birth, where the authors map the elite anew; operators
read its codons by the probabilities of their day, and repair them first.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import ClassVar, Self

from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.model import Grammar
from gegp.representations.base import Derivation, Genotype, MutationRate
from gegp.representations.dsge import DSGE
from gegp.representations.probabilities import (
    Intervals,
    Probabilities,
    distribution,
    gaussian_step,
    initial_probabilities,
    restored,
)
from gegp.representations.sites import Rates
from gegp.representations.structured import Structured
from gegp.rng import Stream


class PSGE(Structured):
    """The representation over one grammar, with the probabilities that hold now.

    ``mutation_rate`` and ``spare_codons`` are as in DSGE. ``codon_deviation`` is the
    standard deviation of the step by which a codon mutates. ``learning_factor``, from 0
    to 1, is how far :meth:`adapt` moves the probabilities. ``turn`` counts the updates.

    Raises SettingsError if a depth limit is below the grammar's least depth, or
    a name in ``mutation_rate`` is not a non-terminal.
    """

    name: ClassVar[str] = "psge"

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
        learning_factor: float = 0.01,
    ) -> None:
        super().__init__(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover=crossover,
            mutation=mutation,
            mutation_rate=mutation_rate,
        )
        self.spare_codons = spare_codons
        self.codon_deviation = codon_deviation
        self.learning_factor = learning_factor
        self.turn = 0
        self.intervals = Intervals(initial_probabilities(grammar))
        self._mapping = DSGE(grammar, init_depth=init_depth, max_depth=max_depth)

    @property
    def probabilities(self) -> Probabilities:
        """``probabilities[rule][production]``, as they are now."""
        return self.intervals.probabilities

    def with_probabilities(self, probabilities: Probabilities) -> Self:
        """The same with other probabilities, which keep to the floor."""
        changed = copy.copy(self)
        changed.intervals = Intervals(probabilities)
        return changed

    @property
    def learned(self) -> Genotype:
        """The number of updates, and the probabilities."""
        return self.turn, self.probabilities

    def with_learned(self, learned: Genotype) -> Self:
        """With these probabilities, to the bit; those below the floor are raised to it."""
        if not learned:
            return self
        turn, probabilities = learned
        changed = self.with_probabilities(restored(probabilities))
        changed.turn = turn
        return changed

    def adapt(self, best: Derivation, current: Derivation) -> Self:
        """With the probabilities moved towards the best so far or, each second time, towards
        the best of the generation."""
        derivation = current if self.turn % 2 else best
        counts = [[0] * len(values) for values in self.probabilities]
        for step in steps(self.grammar, derivation.choices):
            counts[step.rule][step.production] += 1
        changed = self.with_probabilities(
            tuple(
                _moved(values, used, self.learning_factor)
                for values, used in zip(self.probabilities, counts, strict=True)
            )
        )
        changed.turn = self.turn + 1
        return changed

    def create(self, rng: Stream) -> Genotype:
        """Grow: every codon is drawn among those whose production fits into ``init_depth``."""
        return self._complete(rng, ((),) * len(self.grammar.rules), self.init_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; where codons are missing, productions of least depth."""
        return self._mapping.derive(
            tuple(
                tuple(self.intervals.production(rule, codon) for codon in codons)
                for rule, codons in enumerate(genotype)
            )
        )

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation, without spare codons: random codons of its productions,
        or those in the middle of their intervals.

        Raises InputError if it is deeper than ``max_depth``.
        """
        return tuple(
            tuple(
                self.intervals.within(rule, production, rng.random() if rng else 0.5)
                for production in productions
            )
            for rule, productions in enumerate(self._mapping.encode(choices))
        )

    def mutate_at(self, rng: Stream, genotype: Genotype, rates: Rates) -> Genotype:
        """Codons take other values, at a rate for each rule.

        What the genotype lacks, or has too deep, by the present probabilities is repaired first.
        """
        whole = self._complete(rng, genotype, self.max_depth)
        return super().mutate_at(rng, whole, rates)

    def _changed(self, rng: Stream, rule: int, codon: float) -> float:
        return gaussian_step(rng, codon, self.codon_deviation)

    def _complete(self, rng: Stream, genotype: Sequence[Sequence[float]], limit: int) -> Genotype:
        """The genotype made complete within a depth, as in DSGE."""
        growth, intervals = self._mapping.growth, self.intervals
        result = [list(codons) for codons in genotype]
        position = [0] * len(result)
        stack = [(0, limit)]
        while stack:
            rule, left = stack.pop()
            codons, read = result[rule], position[rule]
            position[rule] = read + 1
            if read == len(codons):
                codons.append(intervals.draw(rng, rule, growth.fitting(rule, left)))
            production = intervals.production(rule, codons[read])
            if growth.depths[rule][production] > left:
                codons[read] = intervals.draw(rng, rule, growth.fitting(rule, left))
                production = intervals.production(rule, codons[read])
            references = growth.references[rule][production]
            stack += [(reference, left - 1) for reference in reversed(references)]
        return tuple(
            tuple(codons[: read + self.spare_codons])
            for codons, read in zip(result, position, strict=True)
        )


def _moved(values: tuple[float, ...], used: Sequence[int], factor: float) -> tuple[float, ...]:
    """The probabilities of a rule after an update with what a program used of it."""
    total = sum(used)
    if not total:
        return values
    return distribution(
        [
            min(value + factor * count / total, 1.0) if count else value - factor * value
            for value, count in zip(values, used, strict=True)
        ]
    )
