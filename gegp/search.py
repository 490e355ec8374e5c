"""The generational loop, as a generator of states."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deap import base

from gegp.individual import Individual, worst_values
from gegp.outcome import Outcome
from gegp.rng import stream
from gegp.settings import SearchSettings
from gegp.variation import elites, successes

Evaluate = Callable[[int, Sequence[str]], Sequence[Outcome]]
"""From the number of a generation and programs of it to their outcomes, in order."""


@dataclass(frozen=True)
class State:
    """An evaluated generation; the first is generation 0.

    ``best`` is the best individual so far and ``found`` the generation that it came
    up in; None and 0 as long as every candidate failed. With a race ``best`` is the best
    of this generation, because the best value ever seen may have been luck; only if all of
    it failed the one before stays.
    """

    generation: int
    population: tuple[Individual, ...]
    best: Individual | None = None
    found: int = 0


def evolve(
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    state: State | None = None,
    founders: Sequence[Individual] = (),
    race: Evaluate | None = None,
) -> Iterator[State]:
    """The states that follow a state, or all of them from the first generation on, without end.

    ``founders`` are individuals that the first generation begins with. ``evaluate`` gets
    the programs that are new in a generation, ``race`` then all of them, if there is one.
    """
    if state is None:
        state = start(toolbox, settings, evaluate, seed=seed, founders=founders, race=race)
        yield state
    while True:
        state = step(state, toolbox, settings, evaluate, seed=seed, race=race)
        yield state


def start(
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    founders: Sequence[Individual] = (),
    race: Evaluate | None = None,
) -> State:
    """The first generation: the founders and random individuals, evaluated."""
    slots = range(len(founders), settings.population)
    population = (
        *founders,
        *(toolbox.individual(rng=stream(seed, 0, slot)) for slot in slots),
    )
    return _next_state(None, 0, population, evaluate, race)


def step(
    state: State,
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    race: Evaluate | None = None,
) -> State:
    """The next generation: the elites, and a child for each slot that they leave.

    A slot draws from its own generator, so that it depends on nothing but the
    state. Parents are drawn from those that could be evaluated, if there are any.
    """
    generation = state.generation + 1
    kept = elites(state.population, settings.elitism)
    parents = successes(state.population) or list(state.population)
    children = [
        _child(parents, toolbox, settings, seed, generation, slot)
        for slot in range(len(kept), settings.population)
    ]
    return _next_state(state, generation, (*kept, *children), evaluate, race)


def _child(
    parents: Sequence[Individual],
    toolbox: base.Toolbox,
    settings: SearchSettings,
    seed: int,
    generation: int,
    slot: int,
) -> Individual:
    rng = stream(seed, generation, slot)
    if rng.random() < settings.crossover_rate:
        first, second = toolbox.select(parents, 2, rng=rng)
        child, _ = toolbox.mate(first, second, rng=rng)
    else:
        (child,) = toolbox.select(parents, 1, rng=rng)
    (child,) = toolbox.mutate(child, rng=rng)
    individual: Individual = child
    return individual


def _next_state(
    before: State | None,
    generation: int,
    population: tuple[Individual, ...],
    evaluate: Evaluate,
    race: Evaluate | None,
) -> State:
    """The state of a population, once it is evaluated."""
    _assign_fitness(population, evaluate, generation)
    if race:
        population = _raced(population, race, generation)
    best, found = (before.best, before.found) if before else (None, 0)
    for champion in elites(population, 1):
        if race and best is not None and champion.phenotype == best.phenotype:
            best = champion  # It came up earlier; its fitness is renewed.
        elif race or best is None or champion.fitness > best.fitness:
            best, found = champion, generation
    return State(generation, population, best, found)


def _assign_fitness(population: Sequence[Individual], evaluate: Evaluate, generation: int) -> None:
    """Evaluate the individuals that have no fitness yet."""
    new = [individual for individual in population if not individual.fitness.valid]
    outcomes = evaluate(generation, [individual.phenotype for individual in new])
    for individual, outcome in zip(new, outcomes, strict=True):
        _set_fitness(individual, outcome)


def _raced(
    population: Sequence[Individual], race: Evaluate, generation: int
) -> tuple[Individual, ...]:
    """The individuals with the fitness that they have after a race.

    They are new ones: those of the state before keep the fitness that they had in it.
    """
    outcomes = race(generation, [individual.phenotype for individual in population])
    raced = tuple(copy.deepcopy(individual) for individual in population)
    for individual, outcome in zip(raced, outcomes, strict=True):
        _set_fitness(individual, outcome)
    return raced


def _set_fitness(individual: Individual, outcome: Outcome) -> None:
    weights = individual.fitness.weights
    individual.fitness.values = outcome.values if outcome.ok else worst_values(weights)
