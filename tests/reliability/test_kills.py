"""The short form of the killed runs."""

import random

import kills


def test_killed_runs_are_resumed_to_what_they_would_have_been(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = list(kills.measure(tmp_path, random.Random(seed), full=False))
    assert [one for one in found if not one.holds] == []
