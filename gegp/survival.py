"""Replacement: which of parents and children make the next population."""

from __future__ import annotations

from collections.abc import Sequence

from deap import tools

from gegp.individual import Individual
from gegp.rng import Stream, borrowed
from gegp.search_settings import SearchSettings
from gegp.variation import elites


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
    everyone = _each_once([*children, *parents], size)
    if settings.replacement in ("nsga2", "nsga3"):
        return _non_dominated(settings, everyone, size, rng)
    return best(everyone, size)


def kept(settings: SearchSettings, parents: Sequence[Individual]) -> list[Individual]:
    """The individuals that come into the next generation unchanged, whatever is born."""
    if settings.algorithm != "evolution" or settings.replacement != "generational":
        return []
    return elites(parents, settings.elites(len(parents)), distinct=settings.distinct_elites)


def best(individuals: Sequence[Individual], k: int) -> list[Individual]:
    """The k best individuals, the earlier ones first among equals, failures last."""
    return sorted(individuals, key=lambda one: one.fitness, reverse=True)[:k]


def _each_once(individuals: Sequence[Individual], least: int) -> list[Individual]:
    """The individuals without those that are there already; all of them if too few are left.

    A child that did not change is its parent. It must not stand in a population twice, or
    what is good for its parent would count double.
    """
    once = list({id(individual): individual for individual in individuals}.values())
    return once if len(once) >= least else list(individuals)


def _non_dominated(
    settings: SearchSettings, individuals: list[Individual], k: int, rng: Stream
) -> list[Individual]:
    """The survivors by the sorting of NSGA-II or NSGA-III."""
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
