"""Random numbers that have a place instead of a history.

Slot *k* of generation *g* draws from ``stream(seed, g, k)``. No state has to be
saved, and nothing that happens elsewhere changes what a slot draws.

The generator is splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
number generators", OOPSLA 2014): a counter that steps by an odd constant, and
a mixing function over it. Starting one costs a few integer operations, where
seeding a ``random.Random`` takes microseconds. This module defines the numbers:
whatever draws them in another way must draw the same ones.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_MASK = 0xFFFFFFFFFFFFFFFF
_STEP = 0x9E3779B97F4A7C15


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def stream(seed: int, *place: int) -> Stream:
    """The generator at a place, such as ``stream(seed, generation, slot)``."""
    state = _mix((seed + _STEP) & _MASK)
    for coordinate in place:
        state = _mix((state ^ coordinate) + _STEP & _MASK)
    return Stream(state)


@contextmanager
def borrowed(rng: Stream) -> Iterator[None]:
    """Lets others draw from the generator through the global ones of Python and numpy.

    DEAP's operators do. The global generators are seeded, and set back afterwards; that takes
    some tens of microseconds, so it pays to borrow once for many draws.
    """
    import numpy as np

    python, arrays = random.getstate(), np.random.get_state()
    random.seed(rng.next())
    np.random.seed(rng.next() >> 32)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)


def seed_for(seed: int, key: str) -> int:
    """The seed of a candidate's evaluation, from the run's evaluation seed and the candidate's key.

    It has 31 bits, so that any framework takes it.
    """
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


class Stream:
    """A splitmix64 generator with the methods of :class:`random.Random` that operators use."""

    __slots__ = ("_state",)

    def __init__(self, state: int) -> None:
        self._state = state & _MASK

    def next(self) -> int:
        """The next 64 random bits."""
        self._state = value = (self._state + _STEP) & _MASK
        # What _mix() does: a call of it would take half as long again.
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        return value ^ (value >> 31)

    def below(self, n: int) -> int:
        """A random integer in ``[0, n)``, for n up to 2**32.

        Multiply and shift over the upper 32 bits: a value's probability is off
        by less than 2**-32, and a compiled twin needs no wide integers.
        """
        return ((self.next() >> 32) * n) >> 32

    def random(self) -> float:
        """A float in ``[0, 1)`` with 53 random bits."""
        return (self.next() >> 11) * 2.0**-53

    def misses(self, probability: float, most: int) -> int:
        """How many draws of :meth:`random` come before one that is below a probability.

        That one is drawn too. After ``most`` draws that are not, it stops.
        """
        # Of the 64 bits random() takes 53, and the comparison is the same one for integers.
        limit = math.ceil(probability * 2.0**53) << 11
        state = self._state
        for count in range(most):
            state = value = (state + _STEP) & _MASK
            value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
            value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
            if value ^ (value >> 31) < limit:
                self._state = state
                return count
        self._state = state
        return most

    def randrange(self, start: int, stop: int | None = None) -> int:
        """A random integer in ``[0, start)`` or in ``[start, stop)``."""
        low, high = (0, start) if stop is None else (start, stop)
        if low >= high:
            raise ValueError(f"empty range for randrange({low}, {high})")
        return low + self.below(high - low)

    def randint(self, low: int, high: int) -> int:
        """A random integer in ``[low, high]``."""
        return self.randrange(low, high + 1)

    def uniform(self, low: float, high: float) -> float:
        """A float between low and high."""
        return low + (high - low) * self.random()

    def gauss(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """A normally distributed float (Box and Muller 1958; two draws, one value)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return mean + deviation * radius * math.cos(2.0 * math.pi * self.random())

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        if not items:
            raise IndexError("cannot choose from an empty sequence")
        return items[self.below(len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put the items into a random order, in place (Fisher and Yates)."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """k different items, in random order."""
        pool = list(items)
        if not 0 <= k <= len(pool):
            raise ValueError(f"cannot sample {k} of {len(pool)} items")
        self.shuffle(pool)
        return pool[:k]
