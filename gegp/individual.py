"""Individuals and their fitness, as DEAP's algorithms and tools expect them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    ``values`` are the objectives as the problem states them. ``cases`` are errors by case,
    the smaller the better; they are there only if the problem gives them and the
    selection asks for them.
    """

    cases: tuple[float, ...] = ()

    def __init__(self, weights: Sequence[float], values: Sequence[float] = ()) -> None:
        self.weights = tuple(weights)
        if len(values):  # What DEAP checks beside that is so by the line above.
            self.values = values

    @property
    def failed(self) -> bool:
        """Whether the candidate could not be evaluated."""
        # A weight changes no size, and values are weighted as they lie here.
        return bool(self.wvalues) and bool(abs(self.wvalues[0]) >= WORST)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copy = type(self)(self.weights)
        copy.wvalues = self.wvalues
        copy.cases = self.cases
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        # All that DEAP's selectors note on a fitness goes along, such as crowding_dist.
        return type(self), (self.weights,), vars(self)

    @property
    def behaviour(self) -> tuple[float, ...]:
        """What tells individuals apart by what they do: errors by case, else the objectives."""
        return self.cases or tuple(self.values)


def worst_values(weights: Sequence[float]) -> tuple[float, ...]:
    """The objective values of a failed candidate."""
    return tuple(-WORST if weight > 0 else WORST for weight in weights)


class Individual:
    """A genotype with its derivation and its fitness.

    Genotype and derivation never change; the fitness may be assigned, as DEAP's
    algorithms do. Individuals are equal if their genotypes are. The derivation may be given
    as a function, which is called when it is first asked for: of a crossover's two children
    one is often dropped unseen.
    """

    __slots__ = ("_derivation", "_genotype", "fitness", "history_index")

    history_index: int

    def __init__(
        self,
        genotype: Genotype,
        derivation: Derivation | Callable[[], Derivation],
        fitness: Fitness,
    ) -> None:
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
        if not isinstance(self._derivation, Derivation):
            self._derivation = self._derivation()
        return self._derivation

    @property
    def phenotype(self) -> str:
        """The program as text."""
        return self.derivation.phenotype

    def __len__(self) -> int:
        """The number of codons used."""
        return sum(self.derivation.used)

    def with_history_of(self, parent: Individual) -> Individual:
        """Itself, with the place of the parent in a DEAP ``History``, if it has one.

        A ``History`` takes parents from there: DEAP's operators change a clone of the
        parent, which has kept it.
        """
        if hasattr(parent, "history_index"):
            self.history_index = parent.history_index
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Individual) and self._genotype == other._genotype

    def __hash__(self) -> int:
        return hash(self._genotype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Individual:
        # DEAP clones parents and then deletes the fitness of the clone; the rest can be shared.
        clone = Individual(self._genotype, self._derivation, self.fitness.__deepcopy__(memo))
        return clone.with_history_of(self)

    def __getstate__(self) -> object:
        # The derivation itself: the function holds the whole representation.
        self._derivation = self.derivation
        return super().__getstate__()

    def __repr__(self) -> str:
        return f"Individual({self.phenotype!r}, {self.fitness})"
