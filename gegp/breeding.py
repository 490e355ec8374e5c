"""Breeding: the children of an island, each from a generator of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deap import base

from gegp.individual import Individual
from gegp.representations.base import Representation
from gegp.rng import Stream, stream
from gegp.search_settings import SearchSettings
from gegp.selection import Select
from gegp.variation import successes

_ATTEMPTS = 100


class Place(NamedTuple):
    """Where children are born: from which slot on, in which generation of which run."""

    seed: int
    generation: int
    slot: int


class Birth(NamedTuple):
    """A child and its parents; no parent if it was made at random."""

    child: Individual
    parents: tuple[Individual, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether the child is one of its parents."""
        return any(self.child is parent for parent in self.parents)

    @property
    def neutral(self) -> bool:
        """Whether the child has another genotype than its parents, but the program of one."""
        return not self.unchanged and self.child.phenotype in {
            one.phenotype for one in self.parents
        }


def breed(
    island: Sequence[Individual],
    count: int,
    toolbox: base.Toolbox,
    settings: SearchSettings,
    representation: Representation,
    place: Place,
) -> list[Birth]:
    """So many children of an island.

    Slot k draws from ``stream(seed, generation, k)``. A selection that selects all parents
    of a generation at once draws from ``stream(seed, generation, k, 1)``, k the first slot.
    """
    seed, generation, first = place
    slots = range(first, first + count)
    varied: dict[str, Any] = {"representation": representation}
    if settings.algorithm == "random_search":
        return [
            Birth(toolbox.individual(rng=stream(seed, generation, slot), **varied))
            for slot in slots
        ]
    if settings.algorithm == "hill_climbing":
        return [
            Birth(toolbox.mutate(one, rng=stream(seed, generation, slot), **varied)[0], (one,))
            for one, slot in zip(island, slots, strict=True)
        ]
    parents = successes(island) or list(island)
    if getattr(toolbox.select.func, "pooled", False):
        rng = stream(seed, generation, first, 1)
        pool = toolbox.select(parents, 2 * count, rng=rng)
        contestants = [pool[2 * number : 2 * number + 2] for number in range(count)]
        select = _first
    else:
        contestants = [parents] * count
        # To look for failures again for each child would take the square of the time.
        select = getattr(toolbox.select.func, "among", toolbox.select)
    return [
        _child(some, select, toolbox, settings, varied | {"rng": stream(seed, generation, slot)})
        for some, slot in zip(contestants, slots, strict=True)
    ]


def _child(
    contestants: Sequence[Individual],
    select: Select,
    toolbox: base.Toolbox,
    settings: SearchSettings,
    varied: Mapping[str, Any],
) -> Birth:
    """A child of two parents or of one, selected from those that may be parents."""
    rng = varied["rng"]
    count = 2 if rng.random() < settings.crossover_rate else 1
    couple = select(contestants, count, rng=rng)
    child = couple[0]
    if count == 2:
        child, _ = toolbox.mate(*couple, **varied)
    (child,) = toolbox.mutate(child, **varied)
    return Birth(child, tuple(couple))


def _first(individuals: list[Individual], k: int, *, rng: Stream) -> list[Individual]:
    """The first k, where others have selected."""
    return individuals[:k]


def first_generation(
    founders: Sequence[Individual],
    toolbox: base.Toolbox,
    settings: SearchSettings,
    seed: int,
) -> tuple[Individual, ...]:
    """The founders and random individuals; if so set, no program twice, as far as there are others.

    A slot that draws a program that is there already draws again, up to a hundred times.
    """
    population = list(founders)
    seen = {one.phenotype for one in population}
    for slot in range(len(population), settings.population):
        rng = stream(seed, 0, slot)
        individual: Individual = toolbox.individual(rng=rng)
        for _ in range(_ATTEMPTS if settings.distinct_start else 0):
            if individual.phenotype not in seen:
                break
            individual = toolbox.individual(rng=rng)
        seen.add(individual.phenotype)
        population.append(individual)
    return tuple(population)


def parent_positions(
    before: Sequence[Individual], births: Sequence[Birth], population: Sequence[Individual]
) -> tuple[tuple[int, ...], ...]:
    """For each individual of a population the positions of its parents in the one before.

    One that is there itself descends from itself alone. Parents that were born in the same
    generation, as they may be in a steady state, are followed back to the one before.
    """
    places: dict[int, tuple[int, ...]] = {}
    for position, individual in enumerate(before):
        places.setdefault(id(individual), (position,))
    for child, parents in births:
        lines = {place for parent in parents for place in places[id(parent)]}
        places.setdefault(id(child), tuple(sorted(lines)))
    return tuple(places[id(individual)] for individual in population)
