"""Functions of fixed operations, against those of numpy."""

import decimal

import numpy as np
import pytest

from gegp import numerics

SPECIAL = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 1e308]
)
NAMES = ("sin", "cos", "exp", "log", "log1p")
NATURAL = {"exp": (-708, 709), "log": (0, 1e5), "log1p": (-1, 1e5)}


def both(name, values):
    with np.errstate(all="ignore"):
        return getattr(numerics, name)(values), getattr(np, name)(values)


def ulps(found, expected):
    return np.abs(found - expected) / np.spacing(np.abs(expected))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [1e-300, 1e-8, 1.0, 1e2, 1e5])
def test_within_three_units_of_numpy(name, scale):
    rng = np.random.default_rng(1)
    low, high = NATURAL.get(name, (-1e5, 1e5))
    values = rng.uniform(max(low, -scale), min(high, scale), 50_000)
    assert ulps(*both(name, values)).max() <= 3


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_far_angles_are_reduced_exactly(name):
    rng = np.random.default_rng(2)
    values = 10.0 ** rng.uniform(4.9, 308, 50_000) * rng.choice([-1.0, 1.0], 50_000)
    found, expected = both(name, values)
    assert np.abs(found - expected).max() < 4e-16


def test_far_angles_against_many_digits():
    # sin(1e22) and sin(2**120), known to be hard.
    assert numerics.sin(1e22) == pytest.approx(-0.8522008497671888, abs=1e-16)
    assert numerics.sin(2.0**120) == pytest.approx(np.sin(2.0**120), abs=1e-16)
    # The double that is nearest to a multiple of pi/2 of all.
    hard = 6381956970095103.0 * 2.0**797
    assert numerics.cos(hard) == pytest.approx(-4.68716592425462761112e-19, abs=1e-18)


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    values = np.concatenate([SPECIAL, [-1.0, -2.0, 709.7, 710.0, 800.0, -744.0, -746.0, -800.0]])
    found, expected = both(name, values)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.array_equal(np.isinf(found), np.isinf(expected))
    finite = np.isfinite(expected)
    assert np.allclose(found[finite], expected[finite], rtol=1e-15, atol=1e-323)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_arrays_of_any_shape(name):
    values = np.linspace(0.5, 700, 24)
    function = getattr(numerics, name)
    whole = function(values)
    assert np.array_equal(function(values.reshape(2, 3, 4)), whole.reshape(2, 3, 4))
    assert np.array_equal(function(values[::-1]), whole[::-1])
    assert [function(value) for value in values] == whole.tolist()
    assert isinstance(function(0.5), np.float64)
    assert function(np.empty(0)).shape == (0,)
    assert np.array_equal(values, np.linspace(0.5, 700, 24))


def test_two_over_pi_has_the_digits_of_pi():
    decimal.getcontext().prec = 60
    pi = decimal.Decimal("3.14159265358979323846264338327950288419716939937510582097494")
    for exponent in (1075, 1100):
        place = exponent - numerics.FAR_EXPONENT
        upper, lower = int(numerics.FAR_UPPER[place]), int(numerics.FAR_LOWER[place])
        found = decimal.Decimal((upper << 64) + lower) / 2**126
        expected = 2 / pi * 2 ** (exponent - 1075) % 4
        assert abs(found - expected) < decimal.Decimal(10) ** -37
