"""The short form of the hostile runs."""

import random

import hostile


def test_hostile_candidates_harm_themselves_only(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(hostile.measure(tmp_path, random.Random(seed), full=False))
    assert [one for one in found if not one.holds] == []
    assert found
