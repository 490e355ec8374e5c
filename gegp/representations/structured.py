"""What Structured Grammatical Evolution and its descendants have in common.

A genotype is one tuple of codons a rule, in the order of the grammar's rules. Mutation
changes codons where they stand; crossover exchanges whole tuples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from gegp.grammar.model import Grammar
from gegp.representations.base import (
    Genotype,
    MutationRate,
    Representation,
    check_depths,
    check_length,
    check_shares,
    rates_by_rule,
)
from gegp.representations.sites import CROSSOVERS, MUTATIONS, Rates, crossover_mask, mutation_sites
from gegp.rng import Stream

Lists = tuple[tuple[Any, ...], ...]


class Structured(Representation):
    """Operators over one tuple of codons a rule.

    A subclass says how a codon changes and how a genotype is made complete; ``derive``,
    ``create`` and ``encode`` are its own.
    """

    crossovers = CROSSOVERS
    mutations = MUTATIONS

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int,
        max_depth: int,
        crossover: str | None,
        mutation: str | None,
        mutation_rate: MutationRate,
    ) -> None:
        check_depths(grammar, init_depth, max_depth)
        self.grammar = grammar
        self.init_depth = init_depth
        self.max_depth = max_depth
        self.crossover_kind, self.mutation_kind = self.operators(crossover, mutation)
        self.rates: Rates = rates_by_rule(grammar, mutation_rate)

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """Codons take other values, at the rates that were set."""
        return self.mutate_at(rng, genotype, self.rates)

    def mutate_at(self, rng: Stream, genotype: Genotype, rates: Rates) -> Genotype:
        """Codons take other values, at a rate for each rule."""
        used = self.used(genotype)
        mutant = [list(codons) for codons in cast(Lists, genotype)]
        lengths = [len(codons) for codons in mutant]
        changed = False
        for rule, position in mutation_sites(rng, self.mutation_kind, rates, used, lengths):
            mutant[rule][position] = self._changed(rng, rule, mutant[rule][position])
            changed = True
        return self._complete(rng, mutant, self.max_depth) if changed else genotype

    def used(self, genotype: Genotype) -> tuple[int, ...]:
        """The number of codons of each rule that the mapping reads."""
        return self.derive(genotype).used

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Whole rules are exchanged."""
        return self.exchange(rng, self.mask(rng), first, second)

    def mask(self, rng: Stream) -> list[int]:
        """1 for each rule that a crossover exchanges, 0 for the others."""
        return crossover_mask(rng, self.crossover_kind, len(self.grammar.rules))

    def exchange(
        self, rng: Stream, mask: Sequence[int], first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """The rules are exchanged for which the mask holds a 1."""
        one, two = exchanged(mask, first, second)
        return self._complete(rng, one, self.max_depth), self._complete(rng, two, self.max_depth)

    def codons(self, genotype: Genotype) -> int:
        """The number of codons, used or not."""
        return sum(map(len, genotype))

    def check(self, genotype: Genotype) -> None:
        """One list a rule, of productions that it has, or of numbers from 0 to 1."""
        check_length(genotype, len(self.grammar.rules))
        for codons, rule in zip(genotype, self.grammar.rules, strict=True):
            for codon in codons:  # Those that nothing reads yet are read one day.
                if isinstance(codon, float):
                    check_shares([codon])
                elif not 0 <= codon < max(len(rule.productions), 2):
                    raise ValueError(f"<{rule.name}> has no production {codon}")

    def _changed(self, rng: Stream, rule: int, codon: Any) -> Any:
        """Another codon in the place of one."""
        raise NotImplementedError

    def _complete(self, rng: Stream, genotype: Sequence[Sequence[Any]], limit: int) -> Genotype:
        """The genotype made complete within a depth."""
        raise NotImplementedError


def exchanged(mask: Sequence[int], first: Genotype, second: Genotype) -> tuple[Genotype, Genotype]:
    """Two genotypes of the same length with the places exchanged where the mask holds a 1."""
    one = tuple(b if swap else a for swap, a, b in zip(mask, first, second, strict=True))
    two = tuple(a if swap else b for swap, a, b in zip(mask, first, second, strict=True))
    return one, two
