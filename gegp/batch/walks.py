"""Walks along derivations, leftmost and depth first, compiled.

What is still to be walked waits on a stack of ``rule << 32 | depth``, where depth is what is left
of the limit, or what has been gone down. Arrays that turn out to be too small are made anew, twice
as large; so functions return the arrays that they were given.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from gegp.batch.rows import lengthened, widened
from gegp.batch.streams import below, fraction

SHIFT, DEPTH = 32, (1 << 32) - 1
STEPS = 64


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
def complete(tables, stream, codons, lengths, used, stack, limit, choices, size):
    """Draw what is missing or does not fit into the limit; ``used`` codons are read.

    The choices of the derivation are written from ``size`` on. Returns ``codons``, ``stack``,
    ``choices``, where they end, and the depth.
    """
    width, least = tables.width, limit
    used[:] = 0
    stack[0], top = limit, 1
    while top:
        stack, choices = with_room(stack, top, width, choices, size)
        while lengths.max() + STEPS > codons.shape[1]:
            codons = widened(codons)
        for _ in range(STEPS):
            top -= 1
            rule, left = stack[top] >> SHIFT, stack[top] & DEPTH
            least = min(least, left)
            position = used[rule]
            used[rule] = position + 1
            if position == lengths[rule]:
                codons[rule, position] = draw(tables, stream, rule, left)
                lengths[rule] = position + 1
            elif tables.depths[tables.productions[rule] + codons[rule, position]] > left:
                codons[rule, position] = draw(tables, stream, rule, left)
            choices[size] = codons[rule, position]
            size += 1
            production = tables.productions[rule] + codons[rule, position]
            # Four at a time, of which the last may be none: it takes less than to count them.
            place = production * width
            for k in range(0, width, 4):
                stack[top + k] = tables.references[place + k] + left - 1
                stack[top + k + 1] = tables.references[place + k + 1] + left - 1
                stack[top + k + 2] = tables.references[place + k + 2] + left - 1
                stack[top + k + 3] = tables.references[place + k + 3] + left - 1
            top += tables.counts[production]
            if not top:
                break
    return codons, stack, choices, size, limit - least + 1


@njit(cache=True)
def read(tables, codons, lengths, used, stack, choices, size):
    """Map as it stands, with productions of least depth where codons are missing.

    Returns ``stack``, ``choices``, where they end, and the depth.
    """
    width, deepest = tables.width, 1
    used[:] = 0
    stack[0], top = 1, 1
    while top:
        stack, choices = with_room(stack, top, width, choices, size)
        for _ in range(STEPS):
            top -= 1
            rule, depth = stack[top] >> SHIFT, stack[top] & DEPTH
            deepest = max(deepest, depth)
            position, codon = used[rule], tables.shallowest[rule]
            if position < lengths[rule]:
                codon = codons[rule, position]
                used[rule] = position + 1
            choices[size] = codon
            size += 1
            production = tables.productions[rule] + codon
            place = production * width
            for k in range(0, width, 4):
                stack[top + k] = tables.references[place + k] + depth + 1
                stack[top + k + 1] = tables.references[place + k + 1] + depth + 1
                stack[top + k + 2] = tables.references[place + k + 2] + depth + 1
                stack[top + k + 3] = tables.references[place + k + 3] + depth + 1
            top += tables.counts[production]
            if not top:
                break
    return stack, choices, size, deepest


@njit(cache=True)
def with_room(stack, top, width, choices, size):
    """Stack and choices with room for some steps: to look at each step would take half as long."""
    while top + STEPS * width > len(stack):
        stack = lengthened(stack)
    while size + STEPS > len(choices):
        choices = lengthened(choices)
    return stack, choices


@njit(cache=True)
def write(tables, texts, choices, begins):
    """The programs of derivations as bytes, one after the other, and where each begins."""
    count, width = len(begins) - 1, texts.most_parts
    out, places = np.empty(4 * len(choices) + 64, np.uint8), np.zeros(count + 1, np.int64)
    stack, size = np.empty(64, np.int32), 0
    for i in range(count):
        stack[0], top, place = 0, 1, begins[i]
        while top:
            stack, out = with_room(stack, top, width, out, size + STEPS * texts.longest)
            for _ in range(STEPS):
                top -= 1
                part = stack[top]
                if part < 0:
                    begin, end = texts.letter_starts[-1 - part], texts.letter_starts[-part]
                    for k in range(end - begin):
                        out[size + k] = texts.letters[begin + k]
                    size += end - begin
                else:
                    production = tables.productions[part] + choices[place]
                    place += 1
                    for k in range(texts.starts[production], texts.starts[production + 1]):
                        stack[top] = texts.parts[k]
                        top += 1
                if not top:
                    break
        places[i + 1] = size
    return out[:size].copy(), places
