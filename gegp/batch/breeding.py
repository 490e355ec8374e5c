"""Breeding for a population at a time, compiled: selection, crossover, mutation, slot by slot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, uint64

from gegp.batch.kernels import draw_mask, vary
from gegp.batch.rows import append, load, load_list
from gegp.batch.streams import below, fraction, start
from gegp.batch.tables import Floats
from gegp.batch.walks import complete, read


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
    Returns the codons and places of the children; the positions of the parents of each, the second
    of which is -1 if it has one; the position of the parent that it is, or -1; and what
    :func:`gegp.batch.kernels.derive` returns for the children.
    """
    rules = len(how.rates)
    out, made = np.empty(len(genes) + 64, np.int32), np.zeros(count * rules + 1, np.int64)
    parents, same = np.full((count, 2), -1, np.int64), np.full(count, -1, np.int64)
    choices, ends = np.empty(len(genes) + 64, np.int32), np.zeros(count + 1, np.int64)
    depths, reads = np.zeros(count, np.int32), np.zeros((count, rules), np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty(64 + tables.width, np.int64)
    other, others = np.empty_like(codons), np.zeros(rules, np.int64)
    lengths, mask = np.zeros(rules, np.int64), np.zeros(rules, np.int64)
    spent, stream = np.zeros(rules, np.int64), np.empty(1, np.uint64)
    for i in range(count):
        used, begin = reads[i], ends[i]
        stream[0] = start(uint64(seed), uint64(generation), uint64(first + i))
        crossed = fraction(stream) < how.crossover_rate
        a = tournament(stream, quality, contestants, how.tournament_size)
        parents[i, 0] = a
        if crossed:
            b = tournament(stream, quality, contestants, how.tournament_size)
            parents[i, 1] = b
            draw_mask(stream, how.kind, mask)
            other = exchange(other, others, genes, places, b, a, mask)
            # The fitter parent's child draws first. That of the parent drawn second is not kept.
            turned = quality[b] > quality[a]
            if turned:
                other, stack, choices, _, _ = complete(
                    tables, stream, other, others, used, stack, how.limit, choices, begin
                )
            codons = exchange(codons, lengths, genes, places, a, b, mask)
            codons, stack, choices, ends[i + 1], depths[i] = complete(
                tables, stream, codons, lengths, used, stack, how.limit, choices, begin
            )
            if not turned:
                other, stack, choices, _, _ = complete(
                    tables, stream, other, others, spent, stack, how.limit, choices, ends[i + 1]
                )
            shorten(lengths, used, how.spare)
            if equals(codons, lengths, genes, places, a):
                same[i] = a
            elif equals(codons, lengths, genes, places, b):
                same[i] = b
        else:
            codons = load(codons, lengths, genes, places, a * rules)
            same[i] = a
            stack, choices, ends[i + 1], depths[i] = read(
                tables, codons, lengths, used, stack, choices, begin
            )
        out = append(out, made, i * rules, codons, lengths, lengths, 0)
        if vary(tables, stream, codons, used, how.rates):
            codons, stack, choices, ends[i + 1], depths[i] = complete(
                tables, stream, codons, lengths, used, stack, how.limit, choices, begin
            )
            shorten(lengths, used, how.spare)
            if not equals(codons, lengths, out, made, i):
                same[i] = -1
                out = append(out, made, i * rules, codons, lengths, lengths, 0)
    derived = choices[: ends[-1]].copy(), ends, depths, reads
    return out[: made[-1]].copy(), made, parents, same, derived


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
