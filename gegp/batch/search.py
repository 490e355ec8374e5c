"""The search of :mod:`gegp.search` for a population at a time: the same states, to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gegp.batch.dsge import BatchDSGE, Brood, Derivations, streams
from gegp.batch.engine import ProgramEngine
from gegp.batch.genotypes import joined, pack
from gegp.batch.population import Descent, Population, Values
from gegp.engines.base import Engine
from gegp.individual import Individual
from gegp.representations.dsge import DSGE
from gegp.search import Evaluate, State
from gegp.search_settings import SearchSettings


@dataclass(frozen=True)
class Batches:
    """A search whose generations are made each at once.

    ``evaluate`` is as for :func:`gegp.search.evolve`, and evaluates by ``engine``: one that
    evaluates programs is told the derivations of children before.
    """

    representation: DSGE
    settings: SearchSettings
    evaluate: Evaluate
    engine: Engine
    seed: int

    @cached_property
    def operators(self) -> BatchDSGE:
        """The operators over populations."""
        return BatchDSGE(self.representation)

    def start(self, weight: float) -> State:
        """The first generation, of random individuals, evaluated."""
        slots = range(self.settings.population)
        genotypes = self.operators.create(streams(self.seed, 0, slots))
        derivations = self.operators.derive(genotypes)
        programs = self.operators.write(derivations)
        population = Population(
            self.representation,
            weight,
            genotypes,
            programs,
            derivations.depths,
            derivations.used,
            self._values(programs, derivations, range(len(programs)), 0),
        )
        return concluded(State(-1, population, self.representation), population)

    def step(self, state: State) -> State:
        """The next generation: elites, and children in the slots behind theirs."""
        before, generation = self._population(state.population), state.generation + 1
        elites = before.elites(self.settings.elites(len(before)))
        brood = self.operators.breed(
            before.genotypes,
            before.quality,
            seed=self.seed,
            generation=generation,
            slots=range(len(elites), len(before)),
            tournament_size=self.settings.tournament_size,
            crossover_rate=self.settings.crossover_rate,
        )
        derivations = brood.derivations
        programs = self.operators.write(derivations)
        new = np.flatnonzero(brood.same < 0).tolist()
        values = before.values[brood.same]  # one that is a parent has the parent's
        values[new] = self._values(programs, derivations, new, generation)
        population = Population(
            before.representation,
            before.weight,
            joined(before.genotypes.take(elites), brood.genotypes),
            [*(before.programs[place] for place in elites.tolist()), *programs],
            np.concatenate([before.depths[elites], derivations.depths]),
            np.concatenate([before.used[elites], derivations.used]),
            np.concatenate([before.values[elites], values]),
            descent(before, elites, brood, programs),
        )
        return concluded(state, population)

    def _values(
        self,
        programs: Sequence[bytes],
        derivations: Derivations,
        new: Sequence[int],
        generation: int,
    ) -> Values:
        """The values of those programs that are new."""
        if isinstance(self.engine, ProgramEngine):
            self.engine.expect(programs, derivations.choices, derivations.places)
        outcomes = self.evaluate(generation, [programs[number].decode() for number in new])
        return np.array([one.values[0] if one.ok else np.nan for one in outcomes], np.float64)

    def _population(self, individuals: Sequence[Individual]) -> Population:
        """Individuals in flat arrays."""
        if isinstance(individuals, Population):
            return individuals
        genotypes = pack([one.genotype for one in individuals], self.operators.rules)
        derivations = self.operators.derive(genotypes)
        values = [np.nan if one.fitness.failed else one.fitness.values[0] for one in individuals]
        return Population(
            self.representation,
            individuals[0].fitness.weights[0],
            genotypes,
            self.operators.write(derivations),
            derivations.depths,
            derivations.used,
            np.array(values, np.float64),
        )


def descent(
    before: Population, elites: np.ndarray, brood: Brood, programs: Sequence[bytes]
) -> Descent:
    """Numbers of parents, of children that are one, and of those that have the program of one."""
    unchanged = brood.same >= 0
    varied = np.flatnonzero(~unchanged)
    places = np.concatenate([elites, brood.same[unchanged], brood.parents[varied].ravel()])
    neutral = sum(
        programs[child] in {before.programs[place] for place in parents if place >= 0}
        for child, parents in zip(varied.tolist(), brood.parents[varied].tolist(), strict=True)
    )
    return Descent(len(np.unique(places[places >= 0])), int(unchanged.sum()), neutral)


def concluded(state: State, population: Population) -> State:
    """The state after one, with the best so far."""
    generation, best, found = state.generation + 1, state.best, state.found
    place = population.best
    if place is not None:
        champion = population[place]
        if best is None or champion.fitness > best.fitness:
            best, found = champion, generation
    return State(generation, population, state.representation, best, found)
