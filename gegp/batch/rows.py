"""Individuals in rows, and rows in flat arrays, compiled.

An individual that is worked on lies in ``codons[rule, position]``, of which ``lengths[rule]`` are
there. Arrays that turn out to be too small are made anew, twice as large; so functions return
the arrays that they were given.
"""

from __future__ import annotations

import numpy as np
from numba import njit


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
