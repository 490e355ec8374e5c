"""The short form of the damaged run directories."""

import random

import damage


def test_damage_is_found_and_costs_nothing_else(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(damage.measure(tmp_path, random.Random(seed), full=False))
    assert len(found) == 9
    assert [one for one in found if not one.holds] == []
