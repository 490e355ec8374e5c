"""The short form of AutoLR's runs whose workers are killed."""

import random

import pytest

pytest.importorskip("keras", reason='needs Keras: pip install "gegp[tensorflow]"')
pytest.importorskip("distributed", reason='needs dask: pip install "gegp[dask]"')

import autolr


@pytest.mark.slow
def test_killed_workers_do_not_change_what_is_found(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    (found,) = autolr.measure(tmp_path, random.Random(seed), full=False)
    assert found.holds, found
