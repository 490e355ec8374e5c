"""What every representation offers, and what a derivation is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gegp.grammar.leftmost import Choices
from gegp.rng import Stream

Genotype = tuple[Any, ...]
"""Nested tuples of integers and floats, which JSON can hold as they are."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The result of mapping a genotype.

    ``depth`` counts the non-terminals on the longest path from the start symbol,
    the start included. ``used[rule]`` is the number of codons that the mapping
    read for each rule. ``complete`` is False only where a representation may
    fail to end and was told to say so.
    """

    phenotype: str
    depth: int
    used: tuple[int, ...]
    complete: bool = True


class Representation(Protocol):
    """Operators over genotypes. Parents are never changed, and results are complete.

    For every genotype that an operator returns, ``derive(genotype).depth`` is at
    most ``max_depth``; operators repair what would be deeper. ``derive`` is pure:
    it draws nothing, changes nothing and ends for every genotype.
    """

    max_depth: int

    def create(self, rng: Stream) -> Genotype:
        """A random genotype."""

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype."""

    def encode(self, choices: Choices) -> Genotype:
        """A genotype of a derivation; InputError if that is deeper than ``max_depth``."""

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """A varied copy; equal to the genotype if nothing was changed."""

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Two children of two parents."""
