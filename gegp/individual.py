"""Individuals and their fitness, as DEAP's algorithms and tools expect them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from deap import base

from gegp.representations.base import Derivation, Genotype

WORST = 1e30
"""The size of a failed candidate's objective values, on the bad side.

A NaN would compare greater than everything in DEAP, infinities make some of its
selectors raise, and larger numbers overflow in statistics.
"""


class Fitness(base.Fitness):  # type: ignore[misc]
    """DEAP's fitness with its weights on the instance instead of a class for each problem.

    ``weights`` holds 1.0 for an objective to maximise and -1.0 for one to minimise;
    ``values`` are the objectives as the problem states them.
    """

    def __init__(self, weights: Sequence[float], values: Sequence[float] = ()) -> None:
        self.weights = tuple(weights)
        super().__init__(values)

    @property
    def failed(self) -> bool:
        """Whether the candidate could not be evaluated."""
        return bool(self.valid) and abs(self.values[0]) >= WORST

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copy = type(self)(self.weights)
        copy.wvalues = self.wvalues
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.weights, self.values)


def worst_values(weights: Sequence[float]) -> tuple[float, ...]:
    """The objective values of a failed candidate."""
    return tuple(-WORST if weight > 0 else WORST for weight in weights)


class Individual:
    """A genotype with its derivation and its fitness.

    Genotype and derivation never change; the fitness may be assigned, as DEAP's
    algorithms do. Individuals are equal if their genotypes are.
    """

    __slots__ = ("_derivation", "_genotype", "fitness", "history_index")

    def __init__(self, genotype: Genotype, derivation: Derivation, fitness: Fitness) -> None:
        self._genotype = genotype
        self._derivation = derivation
        self.fitness = fitness

    @property
    def genotype(self) -> Genotype:
        """Nested tuples of numbers; their meaning is the representation's."""
        return self._genotype

    @property
    def derivation(self) -> Derivation:
        """What the genotype maps to."""
        return self._derivation

    @property
    def phenotype(self) -> str:
        """The program as text."""
        return self._derivation.phenotype

    def __len__(self) -> int:
        """The number of codons used."""
        return sum(self._derivation.used)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Individual) and self._genotype == other._genotype

    def __hash__(self) -> int:
        return hash(self._genotype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Individual:
        # DEAP clones parents and then deletes the fitness of the clone; the rest can be shared.
        return Individual(self._genotype, self._derivation, self.fitness.__deepcopy__(memo))

    def __repr__(self) -> str:
        return f"Individual({self.phenotype!r}, {self.fitness})"
