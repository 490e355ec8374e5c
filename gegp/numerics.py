"""Sine, cosine, exponential and logarithm made of fixed operations.

Libraries differ in the last bits of these functions. Here every step is an addition, a
multiplication, a division or a comparison of IEEE 754, in a fixed order, so that a result has the
same bits on every machine; :mod:`gegp.batch.elementary` compiles the same steps. They differ from
numpy's by up to two units in the last place; beyond ``NEAR``, sine and cosine by up to 4e-16.

The polynomials and the reductions of arguments are those of fdlibm, the "Freely Distributable
LIBM" of Sun Microsystems, 1993; beyond ``NEAR``, angles are reduced as by Payne and Hanek, "Radian
Reduction for Trigonometric Functions", SIGNUM Newsletter 18(1), 1983.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Function = Callable[[Any], Any]

NEAR = 1e5
"""Up to here an angle times 2/pi has so few digits that three products reduce it exactly."""

ROUND = 1.5 * 2.0**52
"""Added and subtracted again, it rounds to a whole number, which stands in the sum's last bits."""

TWO_OVER_PI = 6.36619772367581382433e-01
# pi/2 in three parts; the first two have 33 bits.
PI_HALF = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
SIN = (
    *(-1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04),
    *(2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10),
)
COS = (
    *(4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05),
    *(-2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11),
)
LOG2_E = 1.44269504088896338700e00
# log 2 in two parts; the first has 33 bits.
LOG_2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
EXP = (
    *(1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05),
    *(-1.65339022054652515390e-06, 4.13813679705723846039e-08),
)
EXP_LEAST, EXP_MOST = -750.0, 710.0
LOG = (
    *(6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01),
    *(2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01),
    1.479819860511658591e-01,
)
ROOT_HALF_BITS = 0x3FE6A09E00000000
"""The bits of a number just below the root of 1/2: mantissas are taken from there to its double."""

LEAST_NORMAL = 2.0**-1022
FAR_EXPONENT = 1023 + 16
"""The exponent field of ``NEAR``."""


def far_angles() -> tuple[Words, Words]:
    """For each exponent from that of ``NEAR`` on, 2/pi times its unit in the last place.

    Modulo 4, as a fixed-point number of 128 bits of which two are before the point: its upper
    halves and its lower halves.
    """
    digits = 1200
    pi = 16 * _arc_tangent(5, digits) - 4 * _arc_tangent(239, digits)
    two_over_pi = (2 << 2 * digits) // pi
    mask = (1 << 64) - 1
    products = [
        two_over_pi >> digits - 126 - (exponent - 1075) for exponent in range(FAR_EXPONENT, 2048)
    ]
    upper = np.array([product >> 64 & mask for product in products], np.uint64)
    return upper, np.array([product & mask for product in products], np.uint64)


def _arc_tangent(inverse: int, digits: int) -> int:
    """The arc tangent of 1/inverse in binary fixed point."""
    term = total = (1 << digits + 16) // inverse
    divisor, square = 1, inverse * inverse
    while term:
        term //= -square
        divisor += 2
        total += term // divisor
    return total >> 16


FAR_UPPER, FAR_LOWER = far_angles()


def _by_element(function: Callable[[Floats], Floats]) -> Function:
    """The function for numbers and for arrays."""

    @wraps(function)
    def applied(a: Any) -> Any:
        values = np.asarray(a, np.float64)
        with np.errstate(all="ignore"):
            return function(values.reshape(-1)).reshape(values.shape)[()]

    return applied


@_by_element
def sin(a: Floats) -> Floats:
    """The sine."""
    quadrant, angle = _reduced(a)
    return _wave(quadrant, angle)


@_by_element
def cos(a: Floats) -> Floats:
    """The cosine."""
    quadrant, angle = _reduced(a)
    return _wave(quadrant + 1.0, angle)


@_by_element
def exp(a: Floats) -> Floats:
    """The exponential function."""
    a = np.where(a > EXP_MOST, EXP_MOST, np.where(a < EXP_LEAST, EXP_LEAST, a))
    rounded = a * LOG2_E + ROUND
    power = rounded - ROUND
    high = a - power * LOG_2[0]
    low = power * LOG_2[1]
    rest = high - low
    square = rest * rest
    close = rest - square * _polynomial(square, EXP)
    result = 1.0 - ((low - (rest * close) / (2.0 - close)) - high)
    # In two factors, as the power of two may be too small for one.
    whole = rounded.view(np.int64) - np.float64(ROUND).view(np.int64)
    half = whole >> 1
    return result * _power_of_two(half) * _power_of_two(whole - half)


@_by_element
def log(a: Floats) -> Floats:
    """The natural logarithm: NaN below 0, minus infinity at 0."""
    small = a < LEAST_NORMAL
    result = _logarithm(np.where(small, a * 2.0**54, a), np.where(small, -54.0, 0.0), 0.0)
    result = np.where(a > 0.0, result, np.where(a == 0.0, -np.inf, np.nan))
    return np.where(a == np.inf, a, result)


@_by_element
def log1p(a: Floats) -> Floats:
    """The logarithm of 1 + a, also for small a; NaN below -1."""
    total = 1.0 + a
    lost = np.where(a >= 1.0, 1.0 - (total - a), a - (total - 1.0)) / total
    result = _logarithm(total, 0.0, lost)
    result = np.where(total > 0.0, result, np.where(total == 0.0, -np.inf, np.nan))
    return np.where(a == np.inf, a, result)


def _polynomial(a: Floats, coefficients: tuple[float, ...]) -> Floats:
    """By Horner's rule; the first coefficient is that of the power 0."""
    result = coefficients[-1] * a + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        result *= a
        result += coefficient
    return result


def _reduced(a: Floats) -> tuple[Floats, Floats]:
    """Whole quarter turns, as floats, and the rest of the angle."""
    quadrant = (a * TWO_OVER_PI + ROUND) - ROUND
    angle = a - quadrant * PI_HALF[0]
    angle -= quadrant * PI_HALF[1]
    angle -= quadrant * PI_HALF[2]
    near = np.abs(a) <= NEAR
    if near.all():
        return quadrant, angle
    far = ~near
    quadrant[far], angle[far] = _reduced_far(a[far])
    return quadrant, angle


def _reduced_far(a: Floats) -> tuple[Floats, Floats]:
    """The same for angles beyond ``NEAR``, by a long product without its whole turns."""
    bits = a.view(np.uint64)
    place = np.maximum(bits >> 52 & 0x7FF, FAR_EXPONENT) - FAR_EXPONENT
    mantissa = bits & (1 << 52) - 1 | 1 << 52
    upper, lower = FAR_UPPER[place], FAR_LOWER[place]
    head, tail = mantissa >> 32, mantissa & 0xFFFFFFFF
    turns = mantissa * upper + head * (lower >> 32)
    turns += (head * (lower & 0xFFFFFFFF) >> 32) + (tail * (lower >> 32) >> 32)
    quadrant = turns + (1 << 61) >> 62
    rest = (turns - (quadrant << 62)).view(np.int64)
    sign = np.where(a < 0.0, -1.0, 1.0)
    # The difference is 0, or NaN where the angle is not finite.
    angle = rest.astype(np.float64) * (np.pi / 2 * 2.0**-62) * sign + (a - a)
    return quadrant.astype(np.float64) * sign, angle


def _wave(quadrant: Floats, angle: Floats) -> Floats:
    """The sine of an angle so many quarter turns on."""
    square = angle * angle
    sine = angle + square * angle * _polynomial(square, SIN)
    half = 0.5 * square
    rest = 1.0 - half
    cosine = rest + (((1.0 - rest) - half) + square * (square * _polynomial(square, COS)))
    pairs = np.floor(quadrant * 0.5)
    result = np.where(quadrant == 2.0 * pairs, sine, cosine)
    return np.where(pairs == 2.0 * np.floor(pairs * 0.5), result, -result)


def _logarithm(a: Floats, power: Floats | float, more: Floats | float) -> Floats:
    """The logarithm of a positive a * 2**power, and ``more``."""
    bits = a.view(np.int64)
    exponent = bits - ROOT_HALF_BITS >> 52
    over = (bits - (exponent << 52)).view(np.float64) - 1.0
    whole = exponent.astype(np.float64) + power
    half = 0.5 * over * over
    ratio = over / (2.0 + over)
    square = ratio * ratio
    series = square * _polynomial(square, LOG)
    rest = half - (ratio * (half + series) + (whole * LOG_2[1] + more))
    return whole * LOG_2[0] - (rest - over)


def _power_of_two(exponent: NDArray[np.int64]) -> Floats:
    return (exponent + 1023 << 52).view(np.float64)
