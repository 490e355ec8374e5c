"""Number ranges as terminals: ``<int 1..100>``, ``<float 1e-5..0.1 steps 50 log>``."""

from __future__ import annotations

import math
import re

MOST_NUMBERS = 100_000
"""All ranges of a grammar together have no more: a short text must not fill the memory."""

_NUMBER = r"[+-]?(?:\d{1,18}\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_INT = re.compile(r"int ([+-]?\d{1,18})\s*\.\.\s*([+-]?\d{1,18})")
_FLOAT = re.compile(rf"float ({_NUMBER})\s*\.\.\s*({_NUMBER}) steps (\d{{1,9}})( log)?")


def range_numbers(text: str, most: int = MOST_NUMBERS) -> list[str]:
    """The numbers of a range such as ``int 1..9``, as text, ends included.

    Steps are even, as numpy's linspace computes them, or evenly spaced in the logarithm.
    Raises ValueError with what is wrong, also if there are more than ``most``.
    """
    whole, fraction = _INT.fullmatch(text), _FLOAT.fullmatch(text)
    if whole:
        low, high = int(whole[1]), int(whole[2])
        _check(low, high, high - low + 1, most)
        return [str(number) for number in range(low, high + 1)]
    if not fraction:
        raise ValueError(
            "expected int A..B" if text.startswith("int ") else "expected float A..B steps N"
        )
    start, stop, steps = float(fraction[1]), float(fraction[2]), int(fraction[3])
    _check(start, stop, steps, most)
    if steps < 2:
        raise ValueError("expected at least 2 steps, the two ends")
    if not fraction[4]:
        return [repr(number) for number in _evenly(start, stop, steps)]
    if start <= 0:
        raise ValueError("a logarithmic range begins above 0")
    inner = _evenly(math.log10(start), math.log10(stop), steps)[1:-1]
    return [repr(number) for number in (start, *(10.0**power for power in inner), stop)]


def _check(low: float, high: float, count: int, most: int) -> None:
    if not 0 <= high - low < math.inf:
        raise ValueError(f"{high} is below {low}" if high < low else "it has no end")
    if count > most:
        raise ValueError(f"the ranges of a grammar have at most {MOST_NUMBERS} numbers together")


def _evenly(start: float, stop: float, count: int) -> list[float]:
    """The same floats as numpy.linspace(start, stop, count)."""
    step = (stop - start) / (count - 1)
    return [*(start + i * step for i in range(count - 1)), stop]
