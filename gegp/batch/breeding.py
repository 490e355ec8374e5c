"""Breeding for a population at a time, compiled: selection, crossover, mutation, slot by slot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, uint64

from gegp.batch.kernels import append, complete, draw_mask, load, load_list, read, vary
from gegp.batch.streams import below, fraction, start
from gegp.batch.tables import Floats


class Breeding(NamedTuple):
    """How children are made; ``kind`` is that of the crossover, ``rates`` as for ``mutate``."""

    tournament_size: int
    crossover_rate: float
    kind: int
    rates: Floats
    limit: int
    spare: int


@njit(cache=True)
def breed(tables, how, seed, generation, first, count, genes, places, quality, contestants):
    """The children of ``count`` slots from the first on, as :func:`gegp.breeding.breed` makes them.

    ``quality`` is the larger the better; parents are at the positions in ``contestants``.
    Returns the codons and places of the children, the positions of the parents of each, the second
    of which is -1 if it has one, and the position of the parent that it is, or -1.
    """
    rules = len(how.rates)
    out, made = np.empty(len(genes) + 64, np.int32), np.zeros(count * rules + 1, np.int64)
    parents, same = np.full((count, 2), -1, np.int64), np.full(count, -1, np.int64)
    one, two = np.empty((rules, 64), np.int32), np.empty((rules, 64), np.int32)
    ones, twos = np.zeros(rules, np.int64), np.zeros(rules, np.int64)
    used, mask = np.zeros(rules, np.int64), np.zeros(rules, np.int64)
    stack, stream = np.empty((64, 2), np.int32), np.empty(1, np.uint64)
    for i in range(count):
        stream[0] = start(uint64(seed), uint64(generation), uint64(first + i))
        crossed = fraction(stream) < how.crossover_rate
        a = tournament(stream, quality, contestants, how.tournament_size)
        parents[i, 0] = a
        if crossed:
            b = tournament(stream, quality, contestants, how.tournament_size)
            parents[i, 1] = b
            # The fitter one is first in a crossover; the child is that of the one drawn first.
            turned = quality[b] > quality[a]
            fitter, other = (b, a) if turned else (a, b)
            draw_mask(stream, how.kind, mask)
            one = exchange(one, ones, genes, places, fitter, other, mask)
            two = exchange(two, twos, genes, places, other, fitter, mask)
            one, stack = complete(tables, stream, one, ones, used, stack, how.limit)
            shorten(ones, used, how.spare)
            two, stack = complete(tables, stream, two, twos, used, stack, how.limit)
            if turned:
                shorten(twos, used, how.spare)
                one, two = two, one
                ones, twos = twos, ones
            if equals(one, ones, genes, places, a):
                same[i] = a
            elif equals(one, ones, genes, places, b):
                same[i] = b
        else:
            one = load(one, ones, genes, places, a * rules)
            same[i] = a
        out = append(out, made, i * rules, one, ones, ones, 0)
        stack = read(tables, one, ones, used, stack)
        if vary(tables, stream, one, used, how.rates):
            one, stack = complete(tables, stream, one, ones, used, stack, how.limit)
            shorten(ones, used, how.spare)
            if not equals(one, ones, out, made, i):
                same[i] = -1
                out = append(out, made, i * rules, one, ones, ones, 0)
    return out[: made[-1]].copy(), made, parents, same


@njit(cache=True)
def tournament(stream, quality, contestants, size):
    """The position of the best of some that are drawn with replacement, the first among equals."""
    best = contestants[np.int64(below(stream, len(contestants)))]
    for _ in range(size - 1):
        drawn = contestants[np.int64(below(stream, len(contestants)))]
        if quality[drawn] > quality[best]:
            best = drawn
    return best


@njit(cache=True)
def exchange(codons, lengths, genes, places, first, second, mask):
    """The lists of the first, where the mask holds a 1 those of the second; returns ``codons``."""
    rules = len(lengths)
    for rule in range(rules):
        giver = second if mask[rule] else first
        codons = load_list(codons, lengths, genes, places, giver * rules, rule)
    return codons


@njit(cache=True)
def shorten(lengths, used, spare):
    """Cut what is beyond the spare codons."""
    for rule in range(len(lengths)):
        lengths[rule] = min(lengths[rule], used[rule] + spare)


@njit(cache=True)
def equals(codons, lengths, genes, places, number):
    """Whether an individual is the one at this number of the flat arrays."""
    rules = len(lengths)
    for rule in range(rules):
        begin = places[number * rules + rule]
        if places[number * rules + rule + 1] - begin != lengths[rule]:
            return False
    for rule in range(rules):
        begin = places[number * rules + rule]
        for k in range(lengths[rule]):
            if genes[begin + k] != codons[rule, k]:
                return False
    return True
