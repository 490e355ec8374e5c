"""Islands: a population in parts that evolve apart and exchange individuals now and then."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import pairwise

from deap import tools

from gegp.breeding import Birth
from gegp.individual import Individual
from gegp.search_settings import SearchSettings


def split(population: Sequence[Individual], islands: int) -> list[list[Individual]]:
    """The islands of a population, neighbours together; the first ones may have one more."""
    size, more = divmod(len(population), islands)
    ends = [island * size + min(island, more) for island in range(islands + 1)]
    return [list(population[start:end]) for start, end in pairwise(ends)]


def migrate(
    islands: list[list[Individual]], settings: SearchSettings, generation: int
) -> tuple[list[list[Individual]], list[Birth]]:
    """The islands at the beginning of a generation, and the arrivals: copies of who moved on.

    Every so often the best of each island go to the next one in a ring, where they replace
    the worst (DEAP's ``migRing``). A failure replaces failures only.
    """
    if len(islands) == 1 or generation % settings.migration_interval:
        return islands, []
    moved = [[_Resident(individual) for individual in island] for island in islands]
    tools.migRing(moved, settings.migrants, tools.selBest, replacement=tools.selWorst)
    arrivals = []
    for residents, island in zip(moved, islands, strict=True):
        for place, (resident, before) in enumerate(zip(residents, list(island), strict=True)):
            worse = resident.fitness.failed and not before.fitness.failed
            if worse or resident.individual is before:
                continue
            island[place] = copy.deepcopy(resident.individual)
            arrivals.append(Birth(island[place], (resident.individual,)))
    return islands, arrivals


class _Resident:
    """An individual in its place: equal to no other, whatever their genotypes are."""

    def __init__(self, individual: Individual) -> None:
        self.individual = individual
        self.fitness = individual.fitness
