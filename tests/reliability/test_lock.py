"""The short form of the run directories in use."""

import random

import lock


def test_a_run_directory_has_one_owner(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(lock.measure(tmp_path, random.Random(seed), full=False))
    assert [one for one in found if not one.holds] == []
    assert found
