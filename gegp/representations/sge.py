"""Structured Grammatical Evolution.

Lourenço, Pereira, Costa: "Unveiling the properties of structured grammatical evolution",
Genetic Programming and Evolvable Machines 17(3), 2016 (SGE).

Recursion is removed from the grammar up to a level, so that every non-terminal is expanded
a bounded number of times. A genotype is one tuple of that many integers a rule: each is the
index of a production, none is ever missing, and no modulo is needed. The mapping is leftmost
and depth first, with one read position a rule.

The operators are those of the paper: creation draws every integer, used or not, uniformly:
without an initial depth, and whatever the productions weigh; mutation gives, for each rule with
several productions and with the probability ``mutation_rate``, one random used integer
another value; crossover exchanges whole rules by a random mask. All levels of a rule are
non-terminals of their own.

Where this departs from the paper and its authors' code:

- Rules that derive each other are unrolled too; the authors' code handles rules that
  derive themselves.
- The level is the largest one up to ``recursion_level`` for which no program is deeper than
  ``max_depth`` and no genotype longer than a million codons. If programs are too deep even
  at level 0, the least level is taken that has a program within ``max_depth``, and the
  operators redraw a codon whose production does not fit into the depth that is left, by the
  weights of the productions.
- Only rules and levels that a derivation can come to have codons.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import count
from typing import ClassVar

from gegp.errors import SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.grammar.recursion import greatest_depth, most_references, remove_recursion, unroll
from gegp.representations.base import Derivation, Genotype, MutationRate, check_length
from gegp.representations.dsge import DSGE
from gegp.representations.sites import another
from gegp.representations.structured import Structured
from gegp.rng import Stream

MOST_CODONS = 1_000_000
"""No genotype is longer."""


class SGE(Structured):
    """The representation over one grammar; ``grammar`` is that without recursion.

    ``recursion_level`` is the number of levels that recursive rules have below the first one;
    ``level`` is the one that was taken, and ``lengths`` are the codons of each rule.
    ``mutation_rate`` is a number, ``"1/used"``, or a table from non-terminals of the given
    grammar (without brackets) to numbers, 0 for those it leaves out; it holds for all levels
    of a non-terminal. ``init_depth`` is checked, but not used.

    Raises SettingsError if a depth limit is below the grammar's least depth, a name in
    ``mutation_rate`` is not a non-terminal, or genotypes would be longer than ``MOST_CODONS``.
    """

    name: ClassVar[str] = "sge"
    mutations = ("per_gene", "per_codon", "one", "any")

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        crossover: str | None = None,
        mutation: str | None = None,
        mutation_rate: MutationRate = 0.05,
        recursion_level: int = 3,
    ) -> None:
        super().__init__(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover=crossover,
            mutation=mutation,
            mutation_rate=mutation_rate,
        )
        self.level = _level(grammar, recursion_level, max_depth)
        self.grammar, origins = unroll(grammar, self.level)
        self.lengths = most_references(self.grammar)
        if sum(self.lengths) > MOST_CODONS:
            raise SettingsError(
                f"search.recursion_level = {recursion_level}: even with level {self.level} "
                f"genotypes have more than {MOST_CODONS:,} codons for this grammar; "
                'use search.representation = "dsge", whose genotypes have no fixed lengths'
            )
        self._counts = [len(rule.productions) for rule in self.grammar.rules]
        self.rates = [
            self.rates[origin] if alternatives > 1 else 0.0
            for origin, alternatives in zip(origins, self._counts, strict=True)
        ]
        self._all_fit = greatest_depth(self.grammar) <= max_depth
        self._mapping = DSGE(
            self.grammar, init_depth=max_depth, max_depth=max_depth, spare_codons=MOST_CODONS
        )

    def create(self, rng: Stream) -> Genotype:
        """Every codon is drawn, each production with the same probability."""
        return self._complete(rng, self._padded(((),) * len(self.lengths), rng), self.max_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype."""
        return self._mapping.derive(genotype)

    def used(self, genotype: Genotype) -> tuple[int, ...]:
        """The number of codons of each rule that the mapping reads."""
        return self._mapping.used(genotype)

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation of ``grammar``; codons that it does not use are drawn, or 0.

        Raises InputError if it is deeper than ``max_depth``.
        """
        return self._padded(self._mapping.encode(choices), rng)

    def check(self, genotype: Genotype) -> None:
        """As in Structured, and every list has its length."""
        super().check(genotype)
        for codons, length in zip(genotype, self.lengths, strict=True):
            check_length(codons, length)

    def _padded(self, genotype: Genotype, rng: Stream | None) -> Genotype:
        """The genotype at full length."""
        return tuple(
            (*codons, *self._drawn(rng, alternatives, length - len(codons)))
            for codons, alternatives, length in zip(
                genotype, self._counts, self.lengths, strict=True
            )
        )

    def _drawn(self, rng: Stream | None, alternatives: int, length: int) -> Sequence[int]:
        if rng is None or alternatives == 1:
            return (0,) * length
        return [rng.below(alternatives) for _ in range(length)]

    def _changed(self, rng: Stream, rule: int, codon: int) -> int:
        return another(rng, codon, self._counts[rule])

    def _complete(self, rng: Stream, genotype: Sequence[Sequence[int]], limit: int) -> Genotype:
        """The genotype within a depth; as it is if every program keeps to it."""
        if self._all_fit:
            return tuple(map(tuple, genotype))
        return self._mapping._complete(rng, genotype, limit)


def _level(grammar: Grammar, most: int, max_depth: int) -> int:
    """The largest level up to the given one at which all programs fit.

    If there is none, the least one at which some program does.
    """
    if most < 0:
        raise SettingsError(f"search.recursion_level = {most}: expected 0 or more")

    def fits(level: int) -> bool:
        unrolled = remove_recursion(grammar, level)
        if greatest_depth(unrolled) > max_depth:
            return False
        return sum(most_references(unrolled)) <= MOST_CODONS

    if fits(0):
        return _largest(fits, most)
    return next(
        level for level in count() if least_depth(remove_recursion(grammar, level)) <= max_depth
    )


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number up to ``most`` that fits, where 0 does and all below one that does."""
    low, high = 0, 1
    while high <= most and fits(high):
        low, high = high, 2 * high
    high = min(high, most + 1)
    return bisect_left(range(most + 1), True, low + 1, high, key=lambda level: not fits(level)) - 1
