"""The short form of the long runs."""

import random

import soak


def test_what_a_run_takes_does_not_grow(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(soak.measure(tmp_path, random.Random(seed), full=False))
    assert len(found) == 7
    assert [one for one in found if not one.holds] == []
