"""The edit distance of two sequences (Levenshtein 1966).

Computed column by column of the dynamic-programming table, a whole column in two
integers: Hyyrö, "Explaining and Extending the Bit-parallel Approximate String Matching
Algorithm of Myers", University of Tampere, 2001. Python's integers have any width, so
that long sequences need no blocks.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """The least number of items to insert, delete or replace to make one into the other."""
    first, second = _differing(first, second)
    if not first or not second:
        return len(first) + len(second)
    places: dict[Hashable, int] = {}
    for i, item in enumerate(first):
        places[item] = places.get(item, 0) | 1 << i
    column, last = (1 << len(first)) - 1, 1 << len(first) - 1
    # Bit i says that the column's cell i is one more, or one less, than the cell above it.
    more, less = column, 0
    distance = len(first)
    for item in second:
        matches = places.get(item, 0)
        diagonal = (((matches & more) + more) ^ more) | matches | less
        right_more = less | ~(diagonal | more)
        right_less = diagonal & more
        distance += bool(right_more & last) - bool(right_less & last)
        right_more = right_more << 1 | 1
        more = (right_less << 1 | ~(diagonal | right_more)) & column
        less = right_more & diagonal & column
    return distance


def _differing(
    first: Sequence[Hashable], second: Sequence[Hashable]
) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Both without what they have in common at their beginnings and at their ends."""
    shorter = min(len(first), len(second))
    start = 0
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]
