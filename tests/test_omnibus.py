"""Several samples: the published example, and what has no statistic."""

import math
import sys
import warnings

import pytest

from gegp.errors import MissingPackage
from gegp.omnibus import critical_difference, friedman, kruskal_wallis, mean_ranks

pytest.importorskip("scipy.stats")

# Demšar (2006), Table 6: accuracies of four classifiers on 14 data sets. In the last but
# one row but one he ranks what is equal to three digits by more of them.
ACCURACIES = [
    (0.763, 0.768, 0.771, 0.798),
    (0.599, 0.591, 0.590, 0.569),
    (0.954, 0.971, 0.968, 0.967),
    (0.628, 0.661, 0.654, 0.657),
    (0.882, 0.888, 0.886, 0.898),
    (0.936, 0.931, 0.916, 0.931),
    (0.661, 0.668, 0.609, 0.685),
    (0.583, 0.583, 0.563, 0.625),
    (0.775, 0.838, 0.866, 0.875),
    (1.000, 1.000, 1.000, 1.000),
    (0.940, 0.962, 0.965, 0.962),
    (0.619, 0.666, 0.614, 0.669),
    (0.972, 0.981, 0.9751, 0.975),
    (0.957, 0.978, 0.946, 0.970),
]


def test_the_example_of_demsar():
    assert mean_ranks(ACCURACIES) == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=0.0005)
    found = friedman(ACCURACIES)
    # The paper does not correct for ties: three pairs and a quadruple.
    ties = 1 - (3 * (2**3 - 2) + (4**3 - 4)) / (14 * (4**3 - 4))
    assert found.statistic * ties == pytest.approx(9.28, abs=0.005)
    assert found.p < 0.05
    assert critical_difference(4, 14, 0.05) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(4, 14, 0.10) == pytest.approx(1.12, abs=0.005)


def test_the_table_of_critical_values_of_demsar():
    # Table 5 (a), q at 0.05 for two to ten classifiers.
    table = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
    for count, q in enumerate(table, 2):
        found = critical_difference(count, 10, 0.05) / math.sqrt(count * (count + 1) / 60)
        assert found == pytest.approx(q, abs=0.0015)


def test_kruskal_and_wallis_by_hand():
    # Rank sums 6, 15 and 24 of nine values: 12 / (9 * 10) * (36 + 225 + 576) / 3 - 30.
    found = kruskal_wallis([[1, 2, 3], [4, 5, 6], [7, 8, math.inf]])
    assert found.statistic == pytest.approx(7.2)
    assert found.p == pytest.approx(math.exp(-3.6))


def test_equal_values_say_nothing_and_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kruskal_wallis([[1, 1], [1, 1], [1]]).p == 1
        assert friedman([(1, 1, 1), (2, 2, 2)]).p == 1
        assert kruskal_wallis([[-math.inf] * 2, [-math.inf] * 2, [1, 2]]).p > 0
        assert friedman([(-math.inf, 1, 2), (-math.inf, -math.inf, 3)]).p > 0


def test_without_scipy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingPackage, match=r"Kruskal and Wallis needs .*gegp\[report\]"):
        kruskal_wallis([[1, 2], [3, 4], [5, 6]])
