"""Genotypes as they stand in JSON, compiled: lists of lists of codons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numba import njit

from gegp.batch.genotypes import Genotypes

COMMA, ZERO, OPEN, CLOSE = b",0[]"
_DIGITS = 10  # of a codon, which has 32 bits


def in_json(genotypes: Genotypes) -> list[bytes]:
    """Each genotype as ``json.dumps`` writes it, without blanks."""
    letters, places = notate(genotypes.codons, genotypes.places, genotypes.rules)
    text = letters.tobytes()
    return [text[begin:end] for begin, end in pairwise(places.tolist())]


@njit(cache=True)
def notate(codons, places, rules):
    """The letters of all genotypes, one after the other, and where each begins."""
    count = (len(places) - 1) // rules
    out = np.empty((_DIGITS + 1) * len(codons) + 3 * len(places) + 2 * count, np.uint8)
    begins, size = np.zeros(count + 1, np.int64), 0
    for i in range(count):
        for rule in range(rules):
            out[size] = OPEN if rule == 0 else COMMA
            out[size + 1] = OPEN
            size += 2
            first, end = places[i * rules + rule], places[i * rules + rule + 1]
            for k in range(first, end):
                size = notate_codon(out, size, codons[k])
                out[size] = COMMA
                size += 1
            size -= 1 if end > first else 0
            out[size] = CLOSE
            size += 1
        out[size] = CLOSE
        size += 1
        begins[i + 1] = size
    return out[:size].copy(), begins


@njit(inline="always")
def notate_codon(out, size, codon):
    """Write the digits of a codon; returns where they end."""
    unit = 1
    while unit * 10 <= codon:
        unit *= 10
    while unit:
        out[size] = ZERO + codon // unit % 10
        size, unit = size + 1, unit // 10
    return size
