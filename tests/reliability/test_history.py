"""The short form of the runs on all engines."""

import random

import history


def test_every_engine_makes_the_same_run(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(history.measure(tmp_path, random.Random(seed), full=False))
    assert [one for one in found if not one.holds] == []
    assert found
