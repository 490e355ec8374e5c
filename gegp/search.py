"""The search, as a generator of states."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from deap import base

from gegp.breeding import Birth, Place, breed, first_generation, parent_positions
from gegp.individual import Individual, worst_values
from gegp.islands import migrate, split
from gegp.outcome import Outcome, failure
from gegp.representations.base import Representation
from gegp.rng import stream
from gegp.search_settings import SearchSettings
from gegp.survival import kept, survivors
from gegp.variation import elites

Evaluate = Callable[[int, Sequence[str]], Sequence[Outcome]]
"""From the number of a generation and programs of it to their outcomes, in order."""

Expect = Callable[[Sequence[Individual]], None]
"""Is told of individuals before their programs are evaluated."""


@dataclass(frozen=True)
class State:
    """An evaluated generation; the first is generation 0.

    ``best`` is the best individual so far and ``found`` the generation that it came
    up in; None and 0 as long as every candidate failed. With a race ``best`` is the best
    of this generation, because the best value ever seen may have been luck; only if all of
    it failed the one before stays.

    ``representation`` is the one that the next generation is made with: some learn. ``births``
    are the children that were made for this generation, those that did not survive among them.
    ``parents`` are, for each individual, the positions of its parents in the population
    before; of one that came through unchanged it is its own.
    """

    generation: int
    population: Sequence[Individual]
    representation: Representation
    best: Individual | None = None
    found: int = 0
    births: tuple[Birth, ...] = ()
    parents: tuple[tuple[int, ...], ...] = ()


def evolve(
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    state: State | None = None,
    founders: Sequence[Individual] = (),
    race: Evaluate | None = None,
    expect: Expect | None = None,
) -> Iterator[State]:
    """The states that follow a state, or all of them from the first generation on, without end.

    ``founders`` are individuals that the first generation begins with. ``evaluate`` gets
    the programs that are new in a generation, ``race`` then all of them, if there is one;
    ``expect``, if it is there, their individuals before.
    """
    if state is None:
        state = start(
            toolbox, settings, evaluate, seed=seed, founders=founders, race=race, expect=expect
        )
        yield state
    while True:
        state = step(state, toolbox, settings, evaluate, seed=seed, race=race, expect=expect)
        yield state


def start(
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    founders: Sequence[Individual] = (),
    race: Evaluate | None = None,
    expect: Expect | None = None,
) -> State:
    """The first generation, evaluated."""
    population = first_generation(founders, toolbox, settings, seed)
    _assign_fitness(population, settings, evaluate, 0, expect)
    return _concluded(State(0, population, toolbox.representation), settings, race)


def step(
    state: State,
    toolbox: base.Toolbox,
    settings: SearchSettings,
    evaluate: Evaluate,
    *,
    seed: int,
    race: Evaluate | None = None,
    expect: Expect | None = None,
) -> State:
    """The next generation: births and deaths, in as many rounds as the replacement has.

    A slot draws from its own generator, so that it depends on nothing but the
    state. Parents are drawn from those that could be evaluated, if there are any.
    """
    generation = state.generation + 1
    islands, arrivals = migrate(split(state.population, settings.islands), settings, generation)
    births: list[Birth] = []
    slot = 0
    while not births or (_in_rounds(settings) and len(births) < settings.population):
        broods, slot = _breed(islands, toolbox, settings, state, Place(seed, generation, slot))
        children = [birth.child for birth in chain(*broods)]
        _assign_fitness(children, settings, evaluate, generation, expect)
        islands = [
            survivors(
                settings,
                island,
                [birth.child for birth in brood],
                stream(seed, generation, slot, 2, number),
            )
            for number, (island, brood) in enumerate(zip(islands, broods, strict=True))
        ]
        births += chain(*broods)
    population = tuple(chain(*islands))
    following = State(
        generation,
        _apart(population),
        state.representation,
        state.best,
        state.found,
        tuple(births),
        parent_positions(state.population, [*arrivals, *births], population),
    )
    return _concluded(following, settings, race)


def _apart(population: Sequence[Individual]) -> tuple[Individual, ...]:
    """The individuals, each an object of its own.

    A parent may stand in several slots. What selectors note on one of them must not show on the
    others, as it does not once they have been loaded from a snapshot.
    """
    seen: set[int] = set()
    apart = []
    for individual in population:
        apart.append(copy.deepcopy(individual) if id(individual) in seen else individual)
        seen.add(id(individual))
    return tuple(apart)


def _breed(
    islands: Sequence[Sequence[Individual]],
    toolbox: base.Toolbox,
    settings: SearchSettings,
    state: State,
    place: Place,
) -> tuple[list[list[Birth]], int]:
    """The children of each island in a round, and the next slot; elites have slots too."""
    broods = []
    slot = place.slot
    for island in islands:
        slot += len(kept(settings, island))
        count = _brood_size(settings, island)
        at = place._replace(slot=slot)
        broods.append(breed(island, count, toolbox, settings, state.representation, at))
        slot += count
    return broods, slot


def _in_rounds(settings: SearchSettings) -> bool:
    """Whether children are born in rounds, until they are as many as the population."""
    return settings.algorithm == "evolution" and settings.replacement == "steady_state"


def _brood_size(settings: SearchSettings, island: Sequence[Individual]) -> int:
    """How many children an island has in a round."""
    if settings.algorithm != "evolution":
        return len(island)
    if settings.replacement == "generational":
        return len(island) - len(kept(settings, island))
    alone = settings.islands if settings.replacement == "steady_state" else settings.population
    # A part of all the offspring, rounded up: enough for an island that is larger by one.
    return -(-(settings.offspring or alone) * len(island) // settings.population)


def _concluded(state: State, settings: SearchSettings, race: Evaluate | None) -> State:
    """An evaluated state with its race, its best, and what the representation learned of it.

    It comes with the best of the state before.
    """
    population = _raced(state.population, race, state.generation) if race else state.population
    best, found, representation = state.best, state.found, state.representation
    for champion in elites(population, 1):
        if race and best is not None and champion.phenotype == best.phenotype:
            best = champion  # It came up earlier; its fitness is renewed.
        elif race or best is None or champion.fitness > best.fitness:
            best, found = champion, state.generation
        if settings.algorithm != "random_search":  # Chance alone must not learn.
            representation = representation.adapt(best.derivation, champion.derivation)
    return dataclasses.replace(
        state, population=population, representation=representation, best=best, found=found
    )


def _assign_fitness(
    individuals: Sequence[Individual],
    settings: SearchSettings,
    evaluate: Evaluate,
    generation: int,
    expect: Expect | None,
) -> None:
    """Evaluate the individuals that have no fitness yet; incomplete ones have failed."""
    new = [individual for individual in individuals if not individual.fitness.valid]
    complete = [individual for individual in new if individual.derivation.complete]
    if expect:
        expect(complete)
    outcomes = evaluate(generation, [individual.phenotype for individual in complete])
    for individual, outcome in zip(complete, outcomes, strict=True):
        _set_fitness(individual, outcome, by_case=settings.by_case)
    for individual in new:
        if not individual.derivation.complete:
            _set_fitness(individual, failure("invalid", "the mapping did not end"), by_case=False)


def _raced(
    population: Sequence[Individual], race: Evaluate, generation: int
) -> tuple[Individual, ...]:
    """The individuals with the fitness that they have after a race.

    They are new ones: those of the state before keep the fitness that they had in it.
    """
    raced = tuple(copy.deepcopy(individual) for individual in population)
    complete = [individual for individual in raced if individual.derivation.complete]
    outcomes = race(generation, [individual.phenotype for individual in complete])
    for individual, outcome in zip(complete, outcomes, strict=True):
        _set_fitness(individual, outcome, by_case=bool(individual.fitness.cases))
    return raced


def _set_fitness(individual: Individual, outcome: Outcome, *, by_case: bool) -> None:
    fitness = individual.fitness
    fitness.values = outcome.values if outcome.ok else worst_values(fitness.weights)
    if by_case:
        fitness.cases = outcome.cases
