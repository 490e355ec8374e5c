"""The operators of Dynamic Structured Grammatical Evolution, compiled.

An individual that is worked on lies in ``codons[rule, position]``, of which ``lengths[rule]`` are
there. Arrays that turn out to be too small are made anew, twice as large; so functions return
the arrays that they were given.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from gegp.batch.streams import below, fraction, start

PER_CODON, MASK, ONE_POINT, TWO_POINT = 0, 0, 1, 2


@njit(cache=True)
def start_streams(seed, generation, first, count):
    """The states of the streams of slots, from the first on."""
    streams = np.empty(count, np.uint64)
    for i in range(count):
        streams[i] = start(uint64(seed), uint64(generation), uint64(first + i))
    return streams


@njit(cache=True)
def draw(tables, stream, rule, left):
    """One of the productions that fit into the depth that is left, by their weights."""
    level = rule * tables.levels + min(left, tables.levels - 1)
    begin, end = tables.fitting_starts[level], tables.fitting_starts[level + 1]
    total = tables.shares[end - 1]
    if total == 0.0:
        return tables.fitting[begin + np.int64(below(stream, end - begin))]
    drawn = fraction(stream) * total
    while begin < end - 1 and tables.shares[begin] <= drawn:
        begin += 1
    return tables.fitting[begin]


@njit(cache=True)
def complete(tables, stream, codons, lengths, used, stack, limit):
    """Draw what is missing or does not fit into the limit; ``used`` codons are read.

    Returns ``codons`` and ``stack``.
    """
    used[:] = 0
    stack[0, 0], stack[0, 1], top = 0, limit, 1
    while top:
        top -= 1
        rule, left = stack[top, 0], stack[top, 1]
        position = used[rule]
        used[rule] = position + 1
        if position == lengths[rule]:
            if position == codons.shape[1]:
                codons = widened(codons)
            codons[rule, position] = draw(tables, stream, rule, left)
            lengths[rule] = position + 1
        elif tables.depths[tables.productions[rule] + codons[rule, position]] > left:
            codons[rule, position] = draw(tables, stream, rule, left)
        production = tables.productions[rule] + codons[rule, position]
        while top + tables.most_references > stack.shape[0]:
            stack = lengthened(stack)
        for i in range(
            tables.reference_starts[production], tables.reference_starts[production + 1]
        ):
            stack[top, 0], stack[top, 1] = tables.references[i], left - 1
            top += 1
    return codons, stack


@njit(cache=True)
def create(tables, streams, rules, limit, spare):
    """New genotypes, one a stream, no deeper than the limit."""
    out = np.empty(32 * len(streams), np.int32)
    places = np.zeros(len(streams) * rules + 1, np.int64)
    codons, stack = np.empty((rules, 64), np.int32), np.empty((64, 2), np.int32)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    for i in range(len(streams)):
        lengths[:] = 0
        codons, stack = complete(tables, streams[i : i + 1], codons, lengths, used, stack, limit)
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
    codons, stack = np.empty((rules, 64), np.int32), np.empty((64, 2), np.int32)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    for i in range(count):
        stream = streams[i : i + 1]
        codons = load(codons, lengths, genes, places, i * rules)
        stack = read(tables, codons, lengths, used, stack)
        changed[i] = vary(tables, stream, codons, used, rates)
        if changed[i]:
            codons, stack = complete(tables, stream, codons, lengths, used, stack, limit)
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
    codons, stack = np.empty((rules, 64), np.int32), np.empty((64, 2), np.int32)
    lengths, used = np.zeros(rules, np.int64), np.empty(rules, np.int64)
    mask = np.empty(rules, np.int64)
    for i in range(len(pairs)):
        stream = streams[i : i + 1]
        draw_mask(stream, kind, mask)
        for child in range(2):
            for rule in range(rules):
                parent = pairs[i, child ^ mask[rule]]
                codons = load_list(codons, lengths, genes, places, parent * rules, rule)
            codons, stack = complete(tables, stream, codons, lengths, used, stack, limit)
            out = append(out, made, (2 * i + child) * rules, codons, lengths, used, spare)
    return out[: made[-1]].copy(), made


@njit(cache=True)
def derive(tables, genes, places, rules):
    """The choices of each derivation, their places, depths, and the used codons of each rule."""
    count = (len(places) - 1) // rules
    choices, begins = np.empty(len(genes) + 64, np.int32), np.zeros(count + 1, np.int64)
    depths, used = np.zeros(count, np.int32), np.zeros((count, rules), np.int64)
    stack, size = np.empty((64, 2), np.int32), 0
    for i in range(count):
        stack[0, 0], stack[0, 1], top = 0, 1, 1
        while top:
            top -= 1
            rule, depth = stack[top, 0], stack[top, 1]
            depths[i] = max(depths[i], depth)
            place = places[i * rules + rule] + used[i, rule]
            codon = tables.shallowest[rule]
            if place < places[i * rules + rule + 1]:
                codon = genes[place]
                used[i, rule] += 1
            if size == len(choices):
                choices = lengthened(choices)
            choices[size] = codon
            size += 1
            production = tables.productions[rule] + codon
            while top + tables.most_references > stack.shape[0]:
                stack = lengthened(stack)
            for k in range(
                tables.reference_starts[production], tables.reference_starts[production + 1]
            ):
                stack[top, 0], stack[top, 1] = tables.references[k], depth + 1
                top += 1
        begins[i + 1] = size
    return choices[:size].copy(), begins, depths, used


@njit(cache=True)
def write(tables, texts, choices, begins):
    """The programs of derivations as bytes, one after the other, and where each begins."""
    count = len(begins) - 1
    out, places = np.empty(4 * len(choices) + 64, np.uint8), np.zeros(count + 1, np.int64)
    stack, size = np.empty(64, np.int32), 0
    for i in range(count):
        stack[0], top, place = 0, 1, begins[i]
        while top:
            top -= 1
            part = stack[top]
            if part < 0:
                begin, end = texts.letter_starts[-1 - part], texts.letter_starts[-part]
                while size + end - begin > len(out):
                    out = lengthened(out)
                for k in range(begin, end):
                    out[size + k - begin] = texts.letters[k]
                size += end - begin
                continue
            production = tables.productions[part] + choices[place]
            place += 1
            while top + texts.most_parts > len(stack):
                stack = lengthened(stack)
            for k in range(texts.starts[production], texts.starts[production + 1]):
                stack[top] = texts.parts[k]
                top += 1
        places[i + 1] = size
    return out[:size].copy(), places


@njit(cache=True)
def read(tables, codons, lengths, used, stack):
    """Which codons the mapping reads; returns ``stack``."""
    used[:] = 0
    stack[0, 0], top = 0, 1
    while top:
        top -= 1
        rule = stack[top, 0]
        codon = tables.shallowest[rule]
        if used[rule] < lengths[rule]:
            codon = codons[rule, used[rule]]
            used[rule] += 1
        production = tables.productions[rule] + codon
        while top + tables.most_references > stack.shape[0]:
            stack = lengthened(stack)
        for i in range(
            tables.reference_starts[production], tables.reference_starts[production + 1]
        ):
            stack[top, 0] = tables.references[i]
            top += 1
    return stack


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


@njit(cache=True)
def load(codons, lengths, genes, places, first):
    """An individual out of the flat arrays; returns ``codons``."""
    for rule in range(len(lengths)):
        codons = load_list(codons, lengths, genes, places, first, rule)
    return codons


@njit(cache=True)
def load_list(codons, lengths, genes, places, first, rule):
    """The list of a rule of an individual out of the flat arrays; returns ``codons``."""
    begin, end = places[first + rule], places[first + rule + 1]
    while end - begin > codons.shape[1]:
        codons = widened(codons)
    lengths[rule] = end - begin
    for k in range(end - begin):
        codons[rule, k] = genes[begin + k]
    return codons


@njit(cache=True)
def append(out, places, first, codons, lengths, used, spare):
    """Add an individual to flat arrays but for what is beyond its spare codons; returns ``out``."""
    for rule in range(len(lengths)):
        begin = places[first + rule]
        size = min(lengths[rule], used[rule] + spare)
        while begin + size > len(out):
            out = lengthened(out)
        for k in range(size):
            out[begin + k] = codons[rule, k]
        places[first + rule + 1] = begin + size
    return out


@njit(cache=True)
def lengthened(array):
    """Twice as many rows."""
    larger = np.empty((2 * array.shape[0], *array.shape[1:]), array.dtype)
    larger[: array.shape[0]] = array
    return larger


@njit(cache=True)
def widened(array):
    """Twice as many columns."""
    larger = np.empty((array.shape[0], 2 * array.shape[1]), array.dtype)
    larger[:, : array.shape[1]] = array
    return larger
