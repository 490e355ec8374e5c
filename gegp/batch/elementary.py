"""The functions of :mod:`gegp.numerics`, compiled: the same operations in the same order.

A function takes an array, and writes as many values as it is told to into another. Its loop has
no branches, so that it is made of vector instructions; a multiplication and an addition are never
contracted into one operation, which would round otherwise.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import float64, int64, njit, uint64
from numba.extending import intrinsic

from gegp.numerics import (
    COS,
    EXP,
    EXP_LEAST,
    EXP_MOST,
    FAR_EXPONENT,
    FAR_LOWER,
    FAR_UPPER,
    LEAST_NORMAL,
    LOG,
    LOG2_E,
    LOG_2,
    NEAR,
    PI_HALF,
    ROOT_HALF_BITS,
    ROUND,
    SIN,
    TWO_OVER_PI,
)

_ROUND_BITS = 0x4338000000000000
_FAR_UNIT = 1.5707963267948966 * 2.0**-62
_ONE, _HALF_WORD, _LOW = uint64(1), uint64(32), uint64(0xFFFFFFFF)


@intrinsic
def bits(context, value):
    """The 64 bits of a float as an integer."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return int64(float64), generate


@intrinsic
def real(context, value):
    """The float that 64 bits stand for."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return float64(int64), generate


@njit(cache=True, error_model="numpy")
def sin(count, a, out):
    """The sine."""
    waves(count, a, 0.0, out)


@njit(cache=True, error_model="numpy")
def cos(count, a, out):
    """The cosine."""
    waves(count, a, 1.0, out)


@njit(cache=True, error_model="numpy")
def exp(count, a, out):
    """The exponential function."""
    for i in range(count):
        x = EXP_MOST if a[i] > EXP_MOST else EXP_LEAST if a[i] < EXP_LEAST else a[i]
        rounded = x * LOG2_E + ROUND
        power = rounded - ROUND
        high = x - power * LOG_2[0]
        low = power * LOG_2[1]
        rest = high - low
        z = rest * rest
        close = rest - z * ((((EXP[4] * z + EXP[3]) * z + EXP[2]) * z + EXP[1]) * z + EXP[0])
        result = 1.0 - ((low - (rest * close) / (2.0 - close)) - high)
        whole = bits(rounded) - _ROUND_BITS
        half = whole >> 1
        out[i] = result * real((half + 1023) << 52) * real((whole - half + 1023) << 52)


@njit(cache=True, error_model="numpy")
def log(count, a, out):
    """The natural logarithm."""
    for i in range(count):
        small = a[i] < LEAST_NORMAL
        x = a[i] * 2.0**54 if small else a[i]
        result = logarithm(x, -54.0 if small else 0.0, 0.0)
        result = result if a[i] > 0.0 else -np.inf if a[i] == 0.0 else np.nan
        out[i] = a[i] if a[i] == np.inf else result


@njit(cache=True, error_model="numpy")
def log1p(count, a, out):
    """The logarithm of 1 + a."""
    for i in range(count):
        out[i] = log1p_of(a[i])


@njit(cache=True, error_model="numpy")
def plog(count, a, out):
    """The logarithm of 1 + |a|."""
    for i in range(count):
        out[i] = log1p_of(abs(a[i]))


@njit(inline="always")
def log1p_of(a):
    """The logarithm of 1 + a, for one number."""
    total = 1.0 + a
    lost = (1.0 - (total - a) if a >= 1.0 else a - (total - 1.0)) / total
    result = logarithm(total, 0.0, lost)
    result = result if total > 0.0 else -np.inf if total == 0.0 else np.nan
    return a if a == np.inf else result


@njit(inline="always")
def logarithm(a, power, more):
    """The logarithm of a positive a * 2**power, and ``more``."""
    exponent = (bits(a) - ROOT_HALF_BITS) >> 52
    over = real(bits(a) - (exponent << 52)) - 1.0
    whole = float64(exponent) + power
    half = 0.5 * over * over
    ratio = over / (2.0 + over)
    z = ratio * ratio
    series = ((LOG[6] * z + LOG[5]) * z + LOG[4]) * z + LOG[3]
    series = z * (((series * z + LOG[2]) * z + LOG[1]) * z + LOG[0])
    rest = half - (ratio * (half + series) + (whole * LOG_2[1] + more))
    return whole * LOG_2[0] - (rest - over)


@njit(inline="always")
def waves(count, a, turned, out):
    """The sine of each angle, so many quarter turns on."""
    far = 0
    for i in range(count):
        quadrant = (a[i] * TWO_OVER_PI + ROUND) - ROUND
        angle = a[i] - quadrant * PI_HALF[0]
        angle -= quadrant * PI_HALF[1]
        angle -= quadrant * PI_HALF[2]
        out[i] = wave(quadrant + turned, angle)
        far += 1 if NEAR < abs(a[i]) < np.inf else 0
    if far:
        for i in range(count):
            quadrant, angle = reduced_far(a[i])
            value = wave(quadrant + turned, angle)
            out[i] = value if NEAR < abs(a[i]) < np.inf else out[i]


@njit(inline="always")
def reduced_far(a):
    """Whole quarter turns, as floats, and the rest of an angle beyond ``NEAR``."""
    word = uint64(bits(a))
    place = max(int64((word >> uint64(52)) & uint64(0x7FF)), FAR_EXPONENT) - FAR_EXPONENT
    mantissa = (word & ((_ONE << uint64(52)) - _ONE)) | (_ONE << uint64(52))
    upper, lower = FAR_UPPER[place], FAR_LOWER[place]
    head, tail = mantissa >> _HALF_WORD, mantissa & _LOW
    lower_head, lower_tail = lower >> _HALF_WORD, lower & _LOW
    turns = mantissa * upper + head * lower_head
    turns += ((head * lower_tail) >> _HALF_WORD) + ((tail * lower_head) >> _HALF_WORD)
    quadrant = (turns + (_ONE << uint64(61))) >> uint64(62)
    rest = int64(turns - (quadrant << uint64(62)))
    sign = -1.0 if a < 0.0 else 1.0
    return float64(quadrant) * sign, float64(rest) * _FAR_UNIT * sign + (a - a)


@njit(inline="always")
def wave(quadrant, angle):
    """The sine of an angle so many quarter turns on."""
    z = angle * angle
    series = ((SIN[5] * z + SIN[4]) * z + SIN[3]) * z + SIN[2]
    sine = angle + z * angle * ((series * z + SIN[1]) * z + SIN[0])
    half = 0.5 * z
    rest = 1.0 - half
    series = ((COS[5] * z + COS[4]) * z + COS[3]) * z + COS[2]
    cosine = rest + (((1.0 - rest) - half) + z * (z * ((series * z + COS[1]) * z + COS[0])))
    pairs = np.floor(quadrant * 0.5)
    result = sine if quadrant == 2.0 * pairs else cosine
    return result if pairs == 2.0 * np.floor(pairs * 0.5) else -result
