"""The generational loop, as a generator of states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deap import base

from gegp.individual import Individual, worst_values
from gegp.outcome import Outcome
from gegp.rng import stream
from gegp.settings import SearchSettings
from gegp.variation import elites, successes

Evaluate = Callable[[int, Sequence[str]], Sequence[Outcome]]
"""From the number of a generation and its new programs to their outcomes, in order."""


@dataclass(frozen=True)
class State:
    """An evaluated generation; the first is generation 0.

    ``best`` is the best individual so far and ``found`` the generation that it came
    up in; None and 0 as long as every candidate failed.
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
) -> Iterator[State]:
    """The states that follow a state, or all of them from the first generation on, without end.

    ``founders`` are individuals that the first generation begins with.
    """
    if state is None:
        state = start(toolbox, settings, evaluate, seed=seed, founders=founders)
        yield state
    while True:
        state = step(state, toolbox, settings, evaluate, seed=seed)
        yield state


def start(
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    founders: Sequence[Individual] = (),
) -> State:
    """The first generation: the founders and random individuals, evaluated."""
    slots = range(len(founders), settings.population)
    population = (
        *founders,
        *(toolbox.individual(rng=stream(seed, 0, slot)) for slot in slots),
    )
    _assign_fitness(population, evaluate, 0)
    return _next_state(None, 0, population)


def step(
    state: State,
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
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
    population = (*kept, *children)
    _assign_fitness(population, evaluate, generation)
    return _next_state(state, generation, population)


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


def _assign_fitness(population: Sequence[Individual], evaluate: Evaluate, generation: int) -> None:
    """Evaluate the individuals that have no fitness yet."""
    new = [individual for individual in population if not individual.fitness.valid]
    outcomes = evaluate(generation, [individual.phenotype for individual in new])
    for individual, outcome in zip(new, outcomes, strict=True):
        weights = individual.fitness.weights
        individual.fitness.values = outcome.values if outcome.ok else worst_values(weights)


def _next_state(before: State | None, generation: int, population: tuple[Individual, ...]) -> State:
    best, found = (before.best, before.found) if before else (None, 0)
    for champion in elites(population, 1):
        if best is None or champion.fitness > best.fitness:
            best, found = champion, generation
    return State(generation, population, best, found)
