"""Ranges of a bit string: how they are divided, and which part of one is densest in ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

Range = tuple[int, int]
"""The first position, and the one after the last."""


def slice_sizes(length: int, count: int) -> list[int]:
    """The sizes of nearly equal slices; the first ones are longer by one where it leaves a rest."""
    size, rest = divmod(length, count)
    return [size + (i < rest) for i in range(count)]


def shared(bounds: Range, weights: Sequence[int]) -> list[Range]:
    """A range divided in proportion to weights, rounded down; the rest goes out from the left.

    A weight of 0 gets an empty range. All do where there are fewer bits than weights above 0.
    A part never is the whole range: it then lacks the last bit.
    """
    low, high = bounds
    length, total = high - low, sum(weights)
    heirs = sum(weight > 0 for weight in weights)
    if not heirs or heirs > length:
        return [(low, low)] * len(weights)
    if heirs == 1:
        return [(low, high - 1 if weight else low) for weight in weights]
    sizes = [weight * length // total for weight in weights]
    rest = length - sum(sizes)
    for i, weight in enumerate(weights):
        if rest and weight:
            sizes[i] += 1
            rest -= 1
    ends = list(accumulate(sizes, initial=low))
    return list(pairwise(ends))


def densest(ones: Sequence[int], sizes: Sequence[int]) -> int:
    """The slice with the greatest share of ones.

    Among equals the number of ones in all slices together, modulo the equals, says which.
    """
    shares = [count / size for count, size in zip(ones, sizes, strict=True)]
    greatest = max(shares)
    if shares.count(greatest) == 1:
        return shares.index(greatest)
    equals = [i for i, share in enumerate(shares) if share == greatest]
    return equals[sum(ones) % len(equals)]
