"""The short form of the full disk."""

import random

import disk


def test_a_full_disk_loses_nothing(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(disk.measure(tmp_path, random.Random(seed), full=False))
    assert len(found) == 4
    assert [one for one in found if not one.holds] == []
