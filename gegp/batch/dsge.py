"""Dynamic Structured Grammatical Evolution for a population at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gegp.batch import breeding, kernels, walks
from gegp.batch.genotypes import Codons, Genotypes, Places
from gegp.batch.tables import Floats, make_tables, make_texts
from gegp.errors import SettingsError
from gegp.representations.dsge import DSGE
from gegp.representations.sites import CROSSOVERS

Streams = NDArray[np.uint64]

_MASK = 0xFFFFFFFFFFFFFFFF


class Derivations(NamedTuple):
    """What genotypes map to.

    The choices of individual ``i`` are ``choices[places[i]:places[i + 1]]``; ``used[i, rule]`` is
    the number of codons that its mapping read.
    """

    choices: Codons
    places: Places
    depths: Codons
    used: Places


class Brood(NamedTuple):
    """Children; ``parents`` holds the positions of their parents, two columns, -1 for none.

    ``same`` is the position of the parent that a child is, its fitness included, or -1.
    """

    genotypes: Genotypes
    parents: Places
    same: Places
    derivations: Derivations


def streams(seed: int, generation: int, slots: range) -> Streams:
    """The streams of consecutive slots, for operators to draw from; they change in place."""
    seed &= _MASK
    made: Streams = kernels.start_streams(np.uint64(seed), generation, slots.start, len(slots))
    return made


class BatchDSGE:
    """The operators of a :class:`DSGE`; each individual draws from the stream in its place.

    Raises SettingsError for a kind of mutation that is not ``per_codon``.
    """

    def __init__(self, representation: DSGE) -> None:
        if representation.mutation_kind != "per_codon":
            raise SettingsError(
                f"search.mutation = {representation.mutation_kind!r} is not compiled"
            )
        self.representation = representation
        self.rules = len(representation.grammar.rules)
        self.tables = make_tables(representation.growth)
        self._texts = make_texts(representation.grammar)
        rates = [np.nan if rate is None else rate for rate in representation.rates]
        self._rates = np.array(rates, np.float64)
        self._kind = CROSSOVERS.index(representation.crossover_kind)

    def create(self, streams: Streams) -> Genotypes:
        """A random genotype for each stream."""
        own = self.representation
        made = kernels.create(self.tables, streams, self.rules, own.init_depth, own.spare_codons)
        return Genotypes(self.rules, *made)

    def mutate(self, streams: Streams, genotypes: Genotypes) -> tuple[Genotypes, NDArray[np.bool_]]:
        """A mutant of each genotype, and which of them have changed."""
        own = self.representation
        codons, places, changed = kernels.mutate(
            self.tables,
            streams,
            genotypes.codons,
            genotypes.places,
            self._rates,
            own.max_depth,
            own.spare_codons,
        )
        return Genotypes(self.rules, codons, places), changed

    def crossover(self, streams: Streams, genotypes: Genotypes, pairs: Places) -> Genotypes:
        """Two children of each pair of positions, one after the other."""
        own = self.representation
        made = kernels.cross(
            self.tables,
            streams,
            genotypes.codons,
            genotypes.places,
            pairs,
            self.rules,
            self._kind,
            own.max_depth,
            own.spare_codons,
        )
        return Genotypes(self.rules, *made)

    def breed(
        self,
        genotypes: Genotypes,
        quality: Floats,
        *,
        seed: int,
        generation: int,
        slots: range,
        tournament_size: int,
        crossover_rate: float,
    ) -> Brood:
        """The children of consecutive slots, as :func:`gegp.breeding.breed` makes them.

        Parents are chosen in tournaments. ``quality`` is the larger the better, and NaN for those
        that could not be evaluated; they are parents only if there are no others.
        """
        contestants = np.flatnonzero(~np.isnan(quality))
        if not len(contestants):
            contestants, quality = np.arange(len(quality)), np.zeros(len(quality))
        own = self.representation
        how = breeding.Breeding(
            tournament_size,
            crossover_rate,
            self._kind,
            self._rates,
            own.max_depth,
            own.spare_codons,
        )
        codons, places, parents, same, derived = breeding.breed(
            self.tables,
            how,
            np.uint64(seed & _MASK),
            generation,
            slots.start,
            len(slots),
            genotypes.codons,
            genotypes.places,
            quality,
            contestants,
        )
        children = Genotypes(self.rules, codons, places)
        return Brood(children, parents, same, Derivations(*derived))

    def derive(self, genotypes: Genotypes) -> Derivations:
        """The derivations of genotypes."""
        made = kernels.derive(self.tables, genotypes.codons, genotypes.places, self.rules)
        return Derivations(*made)

    def write(self, derivations: Derivations) -> list[bytes]:
        """The programs of derivations, in UTF-8."""
        letters, places = walks.write(
            self.tables, self._texts, derivations.choices, derivations.places
        )
        text = letters.tobytes()
        return [text[begin:end] for begin, end in pairwise(places.tolist())]
