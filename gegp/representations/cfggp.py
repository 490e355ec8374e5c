"""Grammar-based genetic programming on derivation trees.

Whigham: "Grammatically-based Genetic Programming", Workshop on Genetic Programming: From
Theory to Real-World Applications, 1995 (CFG-GP).

A genotype is a derivation tree, written as the productions that it chooses from left to
right. There is no mapping to speak of, and nothing in a genotype is unused.

As in the paper, crossover exchanges subtrees of the same non-terminal, and mutation grows
one anew; ``mutation_rate`` is the probability that an individual is mutated. Where
this departs:

- Both keep to the depth limit by choosing what fits. The paper tries again.
- A new subtree is no deeper than ``init_depth`` allows for a whole program, as
  far as its non-terminal can be that shallow.
- ``mutation = "one"`` changes one production and as little as possible below it. It serves
  comparisons with representations whose mutation changes a codon.
"""

from __future__ import annotations

from typing import ClassVar, cast

from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.grammar.subtrees import change_production, exchange_subtrees, regrow_subtree
from gegp.representations.base import (
    Derivation,
    Genotype,
    MutationRate,
    Representation,
    check_depths,
    check_encodable,
    derivation_of,
    rate_of_individuals,
)
from gegp.rng import Stream


class CFGGP(Representation):
    """The representation over one grammar.

    Raises SettingsError if a depth limit is below the grammar's least depth, or
    ``mutation_rate`` is not a number.
    """

    name: ClassVar[str] = "cfggp"
    crossovers = ("subtree",)
    mutations = ("subtree", "one")

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        crossover: str | None = None,
        mutation: str | None = None,
        mutation_rate: MutationRate = 0.1,
    ) -> None:
        check_depths(grammar, init_depth, max_depth)
        _, self._mutation = self.operators(crossover, mutation)
        self.grammar = grammar
        self.init_depth = init_depth
        self.max_depth = max_depth
        self.mutation_rate = rate_of_individuals(mutation_rate)
        self.growth = Growth(grammar)

    def create(self, rng: Stream) -> Genotype:
        """Grow: every production is drawn among those that fit into ``init_depth``."""
        return self.growth.grow(rng, 0, self.init_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a derivation tree."""
        return derivation_of(self.grammar, cast(Choices, genotype))

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """The derivation itself. Raises InputError if it is deeper than ``max_depth``."""
        check_encodable(self.grammar, choices, self.max_depth)
        return choices

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """With the mutation rate, a subtree is grown anew; with ``one``, always one change."""
        choices = cast(Choices, genotype)
        if self._mutation == "one":
            return change_production(rng, self.growth, choices, self.max_depth)
        if rng.random() >= self.mutation_rate:
            return choices
        return regrow_subtree(rng, self.growth, choices, self.init_depth, self.max_depth)

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Two subtrees of the same non-terminal are exchanged."""
        return exchange_subtrees(
            rng, self.grammar, cast(Choices, first), cast(Choices, second), self.max_depth
        )
