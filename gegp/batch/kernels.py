"""The operators of Dynamic Structured Grammatical Evolution, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from gegp.batch.rows import append, load, load_list
from gegp.batch.streams import below, fraction, start
from gegp.batch.walks import complete, read

PER_CODON, MASK, ONE_POINT, TWO_POINT = 0, 0, 1, 2


@njit(cache=True)
def start_streams(seed, generation, first, count):
    """The states of the streams of slots, from the first on."""
    streams = np.empty(count, np.uint64)
    for i in range(count):
        streams[i] = start(uint64(seed), uint64(generation), uint64(first + i))
    return streams


@njit(cache=True)
def create(tables, streams, rules, limit, spare):
    """New genotypes, one a stream, no deeper than the limit."""
    out = np.empty(32 * len(streams), np.int32)
    places = np.zeros(len(streams) * rules + 1, np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty(64 + tables.width, np.int64)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    choices = np.empty(64, np.int32)
    for i in range(len(streams)):
        lengths[:] = 0
        codons, stack, choices, _, _ = complete(
            tables, streams[i : i + 1], codons, lengths, used, stack, limit, choices, 0
        )
        out = append(out, places, i * rules, codons, lengths, used, spare)
    return out[: places[-1]].copy(), places


@njit(cache=True)
def mutate(tables, streams, genes, places, rates, limit, spare):
    """Every used codon of a rule takes another value with its rate; a NaN is one over the used.

    Also returns which genotypes have changed.
    """
    rules = len(rates)
    count = (len(places) - 1) // rules
    out, changed = np.empty(len(genes) + 64, np.int32), np.zeros(count, np.bool_)
    made = np.zeros(count * rules + 1, np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty(64 + tables.width, np.int64)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    choices = np.empty(64, np.int32)
    for i in range(count):
        stream = streams[i : i + 1]
        codons = load(codons, lengths, genes, places, i * rules)
        stack, choices, _, _ = read(tables, codons, lengths, used, stack, choices, 0)
        changed[i] = vary(tables, stream, codons, used, rates)
        if changed[i]:
            codons, stack, choices, _, _ = complete(
                tables, stream, codons, lengths, used, stack, limit, choices, 0
            )
            out = append(out, made, i * rules, codons, lengths, used, spare)
        else:
            out = append(out, made, i * rules, codons, lengths, lengths, 0)
    return out[: made[-1]].copy(), made, changed


@njit(cache=True)
def vary(tables, stream, codons, used, rates):
    """Give used codons other values, at the rates of their rules; whether any has got one."""
    changed = False
    for rule in range(len(rates)):
        if rates[rule] == 0.0:
            continue
        number = used[rule]
        rate = (1.0 / number if number else 0.0) if np.isnan(rates[rule]) else rates[rule]
        others = tables.productions[rule + 1] - tables.productions[rule] - 1
        for position in range(number):
            if fraction(stream) < rate:
                drawn = np.int64(below(stream, others))
                codons[rule, position] = drawn + (drawn >= codons[rule, position])
                changed = True
    return changed


@njit(cache=True)
def cross(tables, streams, genes, places, pairs, rules, kind, limit, spare):
    """Two children of each pair, one after the other, that have exchanged lists of codons."""
    out = np.empty(len(genes) + 64, np.int32)
    made = np.zeros(2 * len(pairs) * rules + 1, np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty(64 + tables.width, np.int64)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    choices = np.empty(64, np.int32)
    mask = np.empty(rules, np.int64)
    for i in range(len(pairs)):
        stream = streams[i : i + 1]
        draw_mask(stream, kind, mask)
        for child in range(2):
            for rule in range(rules):
                parent = pairs[i, child ^ mask[rule]]
                codons = load_list(codons, lengths, genes, places, parent * rules, rule)
            codons, stack, choices, _, _ = complete(
                tables, stream, codons, lengths, used, stack, limit, choices, 0
            )
            out = append(out, made, (2 * i + child) * rules, codons, lengths, used, spare)
    return out[: made[-1]].copy(), made


@njit(cache=True)
def derive(tables, genes, places, rules):
    """The choices of each derivation, their places, depths, and the used codons of each rule."""
    count = (len(places) - 1) // rules
    choices, begins = np.empty(len(genes) + 64, np.int32), np.zeros(count + 1, np.int64)
    depths, used = np.zeros(count, np.int32), np.zeros((count, rules), np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty(64 + tables.width, np.int64)
    lengths = np.zeros(rules, np.int64)
    for i in range(count):
        codons = load(codons, lengths, genes, places, i * rules)
        stack, choices, begins[i + 1], depths[i] = read(
            tables, codons, lengths, used[i], stack, choices, begins[i]
        )
    return choices[: begins[-1]].copy(), begins, depths, used


@njit(cache=True)
def draw_mask(stream, kind, mask):
    """1 for each list that is exchanged, as :func:`gegp.representations.sites.crossover_mask`."""
    count = len(mask)
    mask[:] = 0
    if kind == MASK:
        for i in range(count):
            mask[i] = below(stream, 2)
    elif count > 1:
        first = 1 + np.int64(below(stream, count - 1))
        last = np.int64(count)
        if kind == TWO_POINT:
            last = first + 1 + np.int64(below(stream, count - first))
        mask[first:last] = 1
