"""The compiled machine against numpy's evaluation of the same programs."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp import numerics
from gegp.postfix import OPERATORS, Programs, values

pytest.importorskip("numba")
from gegp.batch.evaluation import Evaluator
from gegp.batch.sums import pairwise_order, pairwise_sum


def plog(a):
    return numerics.log1p(np.abs(a))


def pdiv(a, b):
    return np.where(np.equal(b, 0.0), 1.0, np.divide(a, b))


FUNCTIONS = {
    "sin": (1, numerics.sin),
    "cos": (1, numerics.cos),
    "exp": (1, numerics.exp),
    "log": (1, numerics.log),
    "log1p": (1, numerics.log1p),
    "plog": (1, plog),
    "pdiv": (2, pdiv),
}
ARITIES = {name: count for name, (count, _) in FUNCTIONS.items()}
NAMES = [*OPERATORS, *FUNCTIONS]
COUNTS = [*(o.operands for o in OPERATORS.values()), *ARITIES.values()]
CONSTANTS = np.array([0.0, 1.0, -0.5, 3.0, 1e200])
USED = [name for name in NAMES if name != "**"]


def random_codes(rng, size):
    """A random program with about so many operations."""
    if size <= 0:
        return [-1 - int(rng.integers(0, 2 + len(CONSTANTS)))]
    code = NAMES.index(USED[rng.integers(0, len(USED))])
    parts = [random_codes(rng, (size - 1) // COUNTS[code]) for _ in range(COUNTS[code])]
    return [*(part for codes in parts for part in codes), code]


def pack(programs):
    places = np.array([0, *accumulate(map(len, programs))], np.int64)
    codes = np.array([code for codes in programs for code in codes], np.int32)
    return Programs(codes, places, CONSTANTS)


def variables(count):
    rng = np.random.default_rng(count)
    special = np.array([0.0, -0.0, 1.0, np.inf, np.nan, -2.0])
    return [
        np.where(rng.random(count) < 0.2, rng.choice(special, count), rng.normal(0, 3, count))
        for _ in range(2)
    ]


def by_numpy(programs, data):
    with np.errstate(all="ignore"):
        found = values(programs, data, list(FUNCTIONS.values()))
        return np.array(
            [np.broadcast_to(np.nan if value is None else value, data[0].shape) for value in found]
        )


def same_bits(a, b):
    assert np.array_equal(np.isnan(a), np.isnan(b))
    return np.array_equal(a[~np.isnan(a)].view(np.int64), b[~np.isnan(b)].view(np.int64))


@pytest.mark.parametrize("cases", [1, 2, 13, 676, 1024, 1025, 2500])
def test_same_bits_as_numpy(cases):
    rng = np.random.default_rng(cases)
    programs = pack([*(random_codes(rng, i % 30) for i in range(600)), []])
    data = variables(cases)
    found = Evaluator(data, ARITIES).predictions(programs)
    assert same_bits(found, by_numpy(programs, data))
    assert np.isnan(found[-1]).all() and np.isfinite(found).mean() > 0.3


@pytest.mark.parametrize("name", USED)
def test_each_operation(name):
    code = NAMES.index(name)
    programs = pack(
        [[*range(-1, -1 - COUNTS[code], -1), code], [*[-2, -1, -4][: COUNTS[code]], code]]
    )
    data = variables(4000)
    found = Evaluator(data, ARITIES).predictions(programs)
    assert same_bits(found, by_numpy(programs, data))
    assert len(np.unique(found[0])) > 1


@pytest.mark.parametrize("cases", [1, 7, 8, 50, 128, 129, 676, 1024, 3001])
def test_sums_of_squares_are_numpys(cases):
    rng = np.random.default_rng(cases)
    programs = pack([*(random_codes(rng, i % 12) for i in range(300)), []])
    data = [np.random.default_rng(k).normal(0, 3, cases) for k in range(2)]
    target = rng.normal(0, 1, cases)
    errors = np.zeros((len(programs), cases))
    evaluator = Evaluator(data, ARITIES)
    found = evaluator.square_sums(programs, target, errors)
    assert np.array_equal(found, evaluator.square_sums(programs, target), equal_nan=True)
    for row, total, error in zip(by_numpy(programs, data), found, errors, strict=True):
        if not np.isfinite(row).all():
            assert np.isnan(total) and np.isnan(error).all()
            continue
        with np.errstate(over="ignore"):
            assert total == np.sum((row - target) ** 2)
        assert np.array_equal(error, np.abs(row - target))
    assert 50 < np.isfinite(found).sum() < len(programs)


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 2**32))
def test_pairwise_sums_are_numpys(count, seed):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(0, 1, count) * 10.0 ** rng.uniform(-8, 8, count)
    assert pairwise_sum(numbers, pairwise_order(count)) == np.sum(numbers)


def test_what_is_not_compiled_is_refused():
    with pytest.raises(ValueError, match="tan is not compiled"):
        Evaluator(variables(3), {"tan": 1})
    power = pack([[-1, -2, NAMES.index("**")]])
    with pytest.raises(ValueError, match=r"\*\* is not compiled"):
        Evaluator(variables(3), ARITIES).predictions(power)
