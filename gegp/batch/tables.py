"""A grammar as integer arrays, for compiled code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gegp.grammar.growth import Growth
from gegp.grammar.model import Grammar

Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Floats = NDArray[np.float64]


class Tables(NamedTuple):
    """Rows of different lengths stand one after the other, with the places where each begins.

    Production ``p`` of rule ``r`` is number ``productions[r] + p``; ``depths`` is the least depth
    of a derivation that begins with it. ``references[n * width:]`` are the ``counts[n]`` rules that
    production ``n`` refers to, from right to left, as a stack wants them: ``rule << 32``, and 0
    behind the last. The width is a multiple of four.

    Level ``left`` of rule ``r`` is number ``r * levels + min(left, levels - 1)``. The productions
    that fit there are ``fitting[fitting_starts[n]:fitting_starts[n + 1]]``, and ``shares`` beside
    them their weights summed so far; 0 where all weigh the same.
    """

    productions: Ints
    depths: Ints
    counts: Ints
    references: Offsets
    width: int
    levels: int
    fitting_starts: Ints
    fitting: Ints
    shares: Floats
    shallowest: Ints


def make_tables(growth: Growth) -> Tables:
    """The tables of a grammar."""
    rules = range(len(growth.references))
    productions = [production for rule in growth.references for production in rule]
    counts = [len(production) for production in productions]
    width = -(-max(1, *counts) // 4) * 4
    references = np.zeros((len(productions), width), np.int64)
    for production, count, row in zip(productions, counts, references, strict=True):
        row[:count] = production[::-1]
    levels = growth.levels
    places = [(rule, left) for rule in rules for left in range(levels)]
    fitting_starts, fitting = _joined(growth.fitting(*place) for place in places)
    shares = [
        share
        for rule, left in places
        for share in growth.shares(rule, left) or (0.0,) * len(growth.fitting(rule, left))
    ]
    return Tables(
        productions=_starts(growth.references),
        depths=np.array([int(d) for rule in growth.depths for d in rule], np.int32),
        counts=np.array(counts, np.int32),
        references=(references << 32).ravel(),
        width=width,
        levels=levels,
        fitting_starts=fitting_starts,
        fitting=fitting,
        shares=np.array(shares, np.float64),
        shallowest=np.array(growth.shallowest, np.int32),
    )


class Texts(NamedTuple):
    """The parts of productions, from right to left: rules, and texts as -1 - number.

    Production ``n`` is ``parts[starts[n]:starts[n + 1]]``, and has ``most_parts`` at most; text
    ``k`` is the bytes ``letters[letter_starts[k]:letter_starts[k + 1]]``, in UTF-8, and has
    ``longest`` at most.
    """

    starts: Ints
    parts: Ints
    most_parts: int
    longest: int
    letter_starts: Ints
    letters: NDArray[np.uint8]


def make_texts(grammar: Grammar) -> Texts:
    """What the programs of a grammar are written with."""
    productions = [production[::-1] for rule in grammar.parts for production in rule]
    texts = sorted({part for parts in productions for part in parts if isinstance(part, str)})
    numbers = {text: -1 - number for number, text in enumerate(texts)}
    starts, parts = _joined(
        [numbers[part] if isinstance(part, str) else part for part in production]
        for production in productions
    )
    letters = [text.encode() for text in texts]
    joined = np.frombuffer(b"".join(letters), np.uint8).copy()
    most, longest = max(map(len, productions)), max(map(len, letters), default=0)
    return Texts(starts, parts, most, longest, _starts(letters), joined)


def _starts(rows: Iterable[Sequence[object]]) -> Ints:
    return np.array([0, *accumulate(map(len, rows))], np.int32)


def _joined(rows: Iterable[Sequence[int]]) -> tuple[Ints, Ints]:
    rows = list(rows)
    return _starts(rows), np.array([item for row in rows for item in row], np.int32)
