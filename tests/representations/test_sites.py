from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.representations.sites import another, crossover_mask, mutation_sites
from gegp.rng import stream
from gegp.testing import seeds

USED, LENGTHS = (3, 0, 1, 2), (5, 2, 1, 2)


def sites(seed, kind, rates):
    return list(mutation_sites(stream(seed), kind, rates, USED, LENGTHS))


def share(kind, rates, count=2000):
    """How often each codon is chosen."""
    found = Counter(site for seed in range(count) for site in sites(seed, kind, rates))
    return {site: number / count for site, number in found.items()}


def test_per_codon_every_used_codon_with_its_rate():
    found = share("per_codon", (0.5, 1.0, 1.0, 0.0))
    assert set(found) == {(0, 0), (0, 1), (0, 2), (2, 0)}
    assert found[2, 0] == 1.0
    assert found[0, 1] == pytest.approx(0.5, abs=0.05)


def test_one_by_used_changes_one_codon_of_a_list_on_average():
    found = share("per_codon", (None, None, None, 0.0))
    assert sum(found[0, i] for i in range(3)) == pytest.approx(1.0, abs=0.1)
    assert found[2, 0] == 1.0


def test_per_gene_one_used_codon_of_a_list_with_its_rate():
    found = share("per_gene", (0.6, 1.0, 0.0, 1.0))
    assert set(found) == {(0, 0), (0, 1), (0, 2), (3, 0), (3, 1)}
    assert sum(found[0, i] for i in range(3)) == pytest.approx(0.6, abs=0.05)
    assert found[3, 0] + found[3, 1] == 1.0
    for seed in range(50):
        assert len({rule for rule, _ in sites(seed, "per_gene", (1.0,) * 4)}) == 3


def test_one_a_list_first_then_one_of_its_used_codons():
    found = share("one", (0.1, 0.1, 0.1, 0.0))
    assert set(found) == {(0, 0), (0, 1), (0, 2), (2, 0)}
    assert found[2, 0] == pytest.approx(0.5, abs=0.05)
    assert all(len(sites(seed, "one", (0.1,) * 4)) == 1 for seed in range(50))


def test_any_one_of_all_codons():
    found = share("any", (0.1, 0.1, 0.0, 0.1))
    assert set(found) == {(0, i) for i in range(5)} | {(1, 0), (1, 1), (3, 0), (3, 1)}
    assert max(found.values()) == pytest.approx(1 / 9, abs=0.03)


@pytest.mark.parametrize("kind", ["per_codon", "per_gene", "one", "any"])
def test_nothing_changes_at_rate_zero(kind):
    assert sites(1, kind, (0.0,) * 4) == []


@given(seeds, st.integers(2, 9))
def test_another_value_is_another(seed, count):
    for value in range(count):
        drawn = another(stream(seed), value, count)
        assert drawn != value
        assert 0 <= drawn < count


def test_another_value_may_be_any_other():
    assert {another(stream(seed), 2, 5) for seed in range(99)} == {0, 1, 3, 4}


@given(seeds, st.integers(0, 8))
def test_masks(seed, count):
    for kind in ("mask", "one_point", "two_point"):
        assert len(crossover_mask(stream(seed), kind, count)) == count
    if count > 1:
        mask = crossover_mask(stream(seed), "one_point", count)
        assert mask == sorted(mask)
        assert 0 < sum(mask) < count
        mask = crossover_mask(stream(seed), "two_point", count)
        text = "".join(map(str, mask))
        assert "1" in text
        assert "1" not in text.strip("0").replace("1" * sum(mask), "")
        assert text[0] == "0"


def test_every_cut_occurs():
    one = {tuple(crossover_mask(stream(s), "one_point", 3)) for s in range(99)}
    assert one == {(0, 0, 1), (0, 1, 1)}
    two = {tuple(crossover_mask(stream(s), "two_point", 3)) for s in range(99)}
    assert two == {(0, 1, 0), (0, 1, 1), (0, 0, 1)}
    assert len({tuple(crossover_mask(stream(s), "mask", 3)) for s in range(99)}) == 8
