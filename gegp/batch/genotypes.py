"""Genotypes of Structured Grammatical Evolution in two flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from gegp.representations.base import Genotype

Codons = NDArray[np.int32]
Places = NDArray[np.int64]


class Genotypes(NamedTuple):
    """The codons of all individuals, one list a rule after the other.

    The list of rule ``r`` of individual ``i`` is ``codons[places[n]:places[n + 1]]`` with
    ``n = i * rules + r``.
    """

    rules: int
    codons: Codons
    places: Places

    def __len__(self) -> int:
        return (len(self.places) - 1) // self.rules

    @property
    def sizes(self) -> Places:
        """The number of codons of each individual."""
        return np.diff(self.places[:: self.rules])

    def take(self, numbers: Places) -> Genotypes:
        """Some of them, in the order of their numbers."""
        lists = (numbers[:, None] * self.rules + np.arange(self.rules)).ravel()
        return Genotypes(self.rules, *gather(self.codons, self.places, lists))

    def genotype(self, number: int) -> Genotype:
        """One of them as nested tuples."""
        first = number * self.rules
        places = self.places[first : first + self.rules + 1].tolist()
        codons = self.codons[places[0] : places[-1]].tolist()
        return tuple(tuple(codons[a - places[0] : b - places[0]]) for a, b in pairwise(places))

    def genotypes(self) -> list[Genotype]:
        """All of them as nested tuples."""
        codons, places = self.codons.tolist(), self.places.tolist()
        lists = [tuple(codons[a:b]) for a, b in pairwise(places)]
        return [tuple(lists[i : i + self.rules]) for i in range(0, len(lists), self.rules)]


def gather(items: Codons, places: Places, numbers: Places) -> tuple[Codons, Places]:
    """Some rows of a table whose rows stand one after the other, and their places."""
    begins, lengths = places[numbers], np.diff(places)[numbers]
    made = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(lengths, out=made[1:])
    return items[np.arange(made[-1]) + np.repeat(begins - made[:-1], lengths)], made


def joined(first: Genotypes, second: Genotypes) -> Genotypes:
    """The individuals of both."""
    places = np.concatenate([first.places, first.places[-1] + second.places[1:]])
    return Genotypes(first.rules, np.concatenate([first.codons, second.codons]), places)


def pack(genotypes: Sequence[Genotype], rules: int) -> Genotypes:
    """Nested tuples as flat arrays."""
    lists = cast(list[tuple[int, ...]], list(chain.from_iterable(genotypes)))
    places = np.zeros(len(lists) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, lists), np.int64, len(lists)), out=places[1:])
    codons = np.fromiter(chain.from_iterable(lists), np.int32, int(places[-1]))
    return Genotypes(rules, codons, places)
