"""Compiled functions have the bits of those of numpy's operations."""

import re

import numpy as np
import pytest

from gegp import numerics

numba = pytest.importorskip("numba")
from gegp.batch import elementary  # noqa: E402

NAMES = ("sin", "cos", "exp", "log", "log1p")


def values():
    rng = np.random.default_rng(1)
    edges = np.array([1e5, -1e5, 710.0, -750.0, -745.2, 1.0, -1.0, 0.5**0.5, 2.0**-1022, 5e-324])
    return np.concatenate(
        [
            # All bit patterns alike: all magnitudes, infinities, numbers that are none.
            rng.integers(0, 2**64, 100_000, np.uint64).view(np.float64),
            rng.uniform(-10, 10, 50_000),
            rng.uniform(-1000, 1000, 20_000),
            rng.uniform(-1e7, 1e7, 20_000),
            np.arange(-500, 500) * (np.pi / 4),
            np.array([0.0, -0.0, np.inf, -np.inf, np.nan]),
            *(edges, np.nextafter(edges, 1e300), np.nextafter(edges, -1e300)),
        ]
    )


def same_bits(a, b):
    return np.array_equal(np.isnan(a), np.isnan(b)) and np.array_equal(
        a[~np.isnan(a)].view(np.int64), b[~np.isnan(b)].view(np.int64)
    )


@pytest.mark.parametrize("name", NAMES)
def test_same_bits(name):
    given = values()
    out = np.empty_like(given)
    getattr(elementary, name)(len(given), given, out)
    assert same_bits(out, getattr(numerics, name)(given))
    assert np.isfinite(out).mean() > 0.4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 31])
def test_same_bits_at_any_length(name, count):
    given = values()[-3000:]
    for first in range(0, len(given) - count, 97):
        out = np.full(count + 1, 7.0)
        getattr(elementary, name)(count, given[first:], out)
        assert same_bits(out[:-1], getattr(numerics, name)(given[first : first + count]))
        assert out[-1] == 7.0


def test_plog():
    given = values()
    out = np.empty_like(given)
    elementary.plog(len(given), given, out)
    assert same_bits(out, numerics.log1p(np.abs(given)))


@pytest.mark.parametrize("name", NAMES)
def test_no_operations_are_contracted(name):
    # Code that comes from the cache cannot be looked at.
    compiled = numba.njit(error_model="numpy")(getattr(elementary, name).py_func)
    compiled(1, np.ones(1), np.ones(1))
    (code,) = compiled.inspect_asm().values()
    assert re.search(r"\bv?f?mul", code)
    assert not re.search(r"\bv?fn?m(add|sub|la|ls)", code)
