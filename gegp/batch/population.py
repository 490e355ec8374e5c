"""A generation in flat arrays, of which individuals are made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from gegp.batch.genotypes import Genotypes
from gegp.individual import Fitness, Individual, worst_values
from gegp.representations.base import Representation

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Descent:
    """Where a generation comes from, in the numbers of :class:`gegp.statistics.Row`."""

    parents: int = 0
    unchanged: int = 0
    neutral: int = 0


@dataclass(frozen=True)
class Population(Sequence[Individual]):
    """Individuals with one objective, and what a table tells of them.

    ``programs`` are their texts in UTF-8, ``values`` the objective as the problem states it,
    NaN for those that could not be evaluated. ``used[i, rule]`` is the number of codons that are
    read.
    """

    representation: Representation
    weight: float
    genotypes: Genotypes
    programs: Sequence[bytes]
    depths: NDArray[np.int32]
    used: NDArray[np.int64]
    values: Values
    descent: Descent = Descent()

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, number: int) -> Individual: ...
    @overload
    def __getitem__(self, number: slice) -> list[Individual]: ...
    def __getitem__(self, number: int | slice) -> Individual | list[Individual]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        genotype = self.genotypes.genotype(range(len(self))[number])
        value = float(self.values[number])
        weights = (self.weight,)
        fitness = Fitness(weights, worst_values(weights) if np.isnan(value) else (value,))
        return Individual(genotype, self.representation.derive(genotype), fitness)

    @property
    def quality(self) -> Values:
        """The values, the larger the better; NaN for those that could not be evaluated."""
        return self.values * self.weight

    @property
    def best(self) -> int | None:
        """The position of the best, the first among equals; None if none could be evaluated."""
        quality = self.quality
        return None if np.isnan(quality).all() else int(np.nanargmax(quality))

    def elites(self, count: int) -> NDArray[np.int64]:
        """The positions of the best that could be evaluated, the earlier first among equals."""
        quality = self.quality
        ranked = np.argsort(-quality, kind="stable")  # NaN comes last
        return ranked[: min(count, int((~np.isnan(quality)).sum()))]
