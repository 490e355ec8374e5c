"""Replacement: which of parents and children make the next population."""

from __future__ import annotations

from collections.abc import Sequence

from deap import tools

from gegp.individual import Individual
from gegp.rng import Stream, borrowed
from gegp.search_settings import SearchSettings
from gegp.variation import BY_FITNESS, elites


def survivors(
    settings: SearchSettings,
    parents: Sequence[Individual],
    children: Sequence[Individual],
    rng: Stream,
) -> list[Individual]:
    """The population of an island after its children have been evaluated.

    As many as there were parents. Among equals the children come first, so that a search can
    drift over neutral ground.
    """
    size = len(parents)
    if settings.algorithm == "random_search":
        return list(children)
    if settings.algorithm == "hill_climbing":
        return [
            child if child.fitness >= parent.fitness else parent
            for parent, child in zip(parents, children, strict=True)
        ]
    if settings.replacement == "generational":
        return [*kept(settings, parents), *children]
    if settings.replacement == "comma":
        return best(children, size)
    # A child that did not change is its parent: it must not live on twice.
    everyone = {id(individual): individual for individual in (*children, *parents)}
    if settings.replacement in ("nsga2", "nsga3"):
        return _non_dominated(settings, list(everyone.values()), size, rng)
    return best(list(everyone.values()), size)


def kept(settings: SearchSettings, parents: Sequence[Individual]) -> list[Individual]:
    """The individuals that come into the next generation unchanged, whatever is born."""
    if settings.algorithm != "evolution" or settings.replacement != "generational":
        return []
    return elites(parents, settings.elites(len(parents)), distinct=settings.distinct_elites)


def best(individuals: Sequence[Individual], k: int) -> list[Individual]:
    """The k best individuals, the earlier ones first among equals, failures last."""
    return sorted(individuals, key=BY_FITNESS, reverse=True)[:k]


def _non_dominated(
    settings: SearchSettings, individuals: Sequence[Individual], k: int, rng: Stream
) -> list[Individual]:
    """The survivors by the sorting of NSGA-II or NSGA-III.

    A program counts once, as long as there are enough others. Neutral variants of a good one
    do not dominate each other, and would soon be all that there is.
    """
    first: dict[str, Individual] = {}
    for individual in individuals:
        first.setdefault(individual.phenotype, individual)
    different = list(first.values())
    if len(different) > k:
        return _sorted_out(settings, different, k, rng)
    chosen = {id(individual) for individual in different}
    twins = [individual for individual in individuals if id(individual) not in chosen]
    return [*different, *best(twins, k - len(different))]


def _sorted_out(
    settings: SearchSettings, individuals: list[Individual], k: int, rng: Stream
) -> list[Individual]:
    chosen: list[Individual]
    if settings.replacement == "nsga2":
        chosen = tools.selNSGA2(individuals, k)
        return chosen
    points = tools.uniform_reference_points(
        len(individuals[0].fitness.weights), settings.reference_divisions
    )
    with borrowed(rng):
        chosen = tools.selNSGA3(individuals, k, points)
    return chosen
