"""A derivation to postfix.

One function, for lists as it stands and compiled for arrays; so there is nothing in it that does
not mean the same for both.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

from gegp.batch.precedence import EMIT, POP, REDUCE, SILENT, STEP

Row = Sequence[int]


class ParsingTables(NamedTuple):
    """A grammar of expressions in flat rows.

    Production ``p`` of rule ``r`` begins at ``items[begins[productions[r] + p]]``: a negative item
    ``-1 - r`` is a reference to rule ``r``, a positive one a token, and 0 the end. Token ``t`` is
    symbol ``meanings[2 * t]`` after an operand and ``meanings[2 * t + 1]`` where one is expected,
    -1 where it cannot stand; ``codes[t]`` is its code as an operand, or from 0 on a place in
    ``words``, if it is a rule that :mod:`gegp.batch.words` tells of. ``relations[top * symbols +
    s]`` is what happens when symbol ``s`` comes, ``emits[s]`` its code, and ``expects[s]`` 1 if an
    operand comes next.
    """

    productions: Row
    begins: Row
    items: Row
    meanings: Row
    codes: Row
    words: Row
    symbols: int
    relations: Row
    emits: Row
    expects: Row


def parse(
    tables: ParsingTables,
    choices: Row,
    first: int,
    codes: MutableSequence[int],
    waiting: MutableSequence[int],
    returns: MutableSequence[int],
) -> int:
    """The number of codes of the derivation whose choices begin there, 0 if it is no expression.

    Codes, waiting symbols and places to return to are written into rows that are long enough.
    """
    # Names of its own are faster for Python.
    productions, begins, items, meanings, operands, words, symbols, relations, emits, expects = (
        tables
    )
    position = begins[productions[0] + choices[first]]
    size, top, depth, expected = 0, 0, 0, 1
    waiting[0] = 0
    while True:
        item = items[position]
        position += 1
        if item < 0:
            first += 1
            returns[depth] = position
            depth += 1
            position = begins[productions[-1 - item] + choices[first]]
            continue
        if item == 0 and depth > 0:
            depth -= 1
            position = returns[depth]
            continue
        symbol = meanings[2 * item + expected]
        if symbol < 0:
            return 0
        action = relations[waiting[top] * symbols + symbol]
        while action == REDUCE:
            code = emits[waiting[top]]
            if code != SILENT:
                codes[size] = code
                size += 1
            top -= 1
            action = relations[waiting[top] * symbols + symbol]
        if action >= 0:
            top += 1
            waiting[top] = action
        elif action == EMIT:
            code = operands[item]
            while code >= 0:
                first += 1
                code = words[code + choices[first]]
            codes[size] = code
            size += 1
        elif action == POP:
            top -= 1
        elif action == STEP:
            waiting[top] -= 1
        else:
            return 0
        if item == 0:
            return size
        expected = expects[symbol]
