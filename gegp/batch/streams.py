"""The random streams of :mod:`gegp.rng`, compiled.

A stream is an array of one ``uint64``, its state. Every function draws what the method of
:class:`gegp.rng.Stream` of the same name draws.
"""

from __future__ import annotations

from numba import njit, uint64

_STEP = uint64(0x9E3779B97F4A7C15)
_FIRST = uint64(0xBF58476D1CE4E5B9)
_SECOND = uint64(0x94D049BB133111EB)
_UNIT = 2.0**-53


@njit(inline="always")
def mix(value):
    """The mixing function of splitmix64."""
    value = (value ^ (value >> uint64(30))) * _FIRST
    value = (value ^ (value >> uint64(27))) * _SECOND
    return value ^ (value >> uint64(31))


@njit(inline="always")
def start(seed, generation, slot):
    """The state of ``stream(seed, generation, slot)``."""
    state = mix(seed + _STEP)
    state = mix((state ^ generation) + _STEP)
    return mix((state ^ slot) + _STEP)


@njit(inline="always")
def draw_bits(stream):
    """The next 64 random bits."""
    stream[0] += _STEP
    return mix(stream[0])


@njit(inline="always")
def below(stream, n):
    """A random integer in ``[0, n)``, as a ``uint64``."""
    return ((draw_bits(stream) >> uint64(32)) * uint64(n)) >> uint64(32)


@njit(inline="always")
def fraction(stream):
    """A float in ``[0, 1)`` with 53 random bits: :meth:`gegp.rng.Stream.random`."""
    return (draw_bits(stream) >> uint64(11)) * _UNIT
