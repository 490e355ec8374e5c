"""Trainings that begin alike are trained once, and nothing comes out differently."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gegp
from gegp.errors import InvalidProgram

ROOT = Path(__file__).parents[3]
AUTOLR = ROOT / "problems" / "autolr"
SCRIPT = Path(__file__).with_name("prefix_digests.py")


@pytest.fixture(scope="session")
def prefixes(AutoLR):
    return importlib.import_module(f"{AutoLR.__module__.rpartition('.')[0]}.prefixes")


@pytest.fixture(scope="module")
def trainer(AutoLR, backend):
    return AutoLR(train_size=100, batch_size=20).trainer[1]


def progress_of(prefixes, epoch, size=10, **facts):
    values = [np.full(size, epoch, "float32"), np.array([epoch, 7], "uint32")]
    return prefixes.Progress(epoch, values, [0.1 * i for i in range(epoch)], **facts)


def as_values(progress):
    arrays = [*progress.variables, *(progress.best_weights or [np.zeros(0)])]
    facts = (progress.epoch, progress.scores, progress.best_loss, progress.failure)
    return facts, [(array.dtype, array.tolist()) for array in arrays]


@pytest.mark.parametrize(
    ("backend_name", "network", "augment"),
    [("tensorflow", "paper", "true"), ("jax", "small", "true")],
)
def test_a_training_from_a_shared_prefix_equals_a_straight_one_to_the_bit(
    tmp_path, backend_name, network, augment
):
    for package in (backend_name, "keras", "sklearn"):
        if not importlib.util.find_spec(package):
            pytest.skip(f"{package} is not installed")
    done = subprocess.run(
        [sys.executable, SCRIPT, AUTOLR, tmp_path, network, augment],
        env=os.environ | {"KERAS_BACKEND": backend_name, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 4
    for alone, shared, same, _ in lines:
        assert alone == shared
        assert same == "True"
    saved = [int(line[3]) for line in lines]
    assert saved[0] == saved[2] == 0
    assert saved[1] == 3
    assert saved[3] > 0


@pytest.mark.parametrize("facts", [{}, {"best_loss": 0.5, "best_epoch": 1}, {"failure": "why"}])
def test_a_state_comes_back_as_it_was(tmp_path, prefixes, facts):
    store = prefixes.PrefixStore(tmp_path, "context", 10**9)
    progress = progress_of(prefixes, 2, **facts)
    if "best_loss" in facts:
        progress.best_weights = [np.ones((2, 3), "float32")]
    store.save([0.1, 0.2, 0.3], 5, progress)
    for table in ([0.1, 0.2], [0.1, 0.2, 0.3], [0.1, 0.2, 0.9, 0.4]):
        assert as_values(store.deepest(table, 5)) == as_values(progress)
    for table, seed in (([0.1], 5), ([0.1, 0.3], 5), ([0.1, 0.2], 6), ([], 5)):
        assert store.deepest(table, seed) is None
    assert prefixes.PrefixStore(tmp_path, "other", 10**9).deepest([0.1, 0.2], 5) is None


def test_the_deepest_state_is_found(tmp_path, prefixes):
    store = prefixes.PrefixStore(tmp_path, "", 10**9)
    for epoch in (1, 2, 4):
        store.save([0.1] * 4, 0, progress_of(prefixes, epoch))
    assert store.deepest([0.1] * 3, 0).epoch == 2
    assert store.deepest([0.1] * 9, 0).epoch == 4


def test_what_was_used_longest_ago_makes_room(tmp_path, prefixes):
    store = prefixes.PrefixStore(tmp_path, "", 100_000)
    for number in range(40):
        store.save([float(number)], 0, progress_of(prefixes, 1, size=2500))  # 10 kB each
        assert store.deepest([0.0], 0) is not None
    kept = [number for number in range(40) if store.deepest([float(number)], 0)]
    assert 0 in kept and 39 in kept and len(kept) < 12


def test_workers_can_share_a_directory_that_is_full(tmp_path, prefixes):
    """Each makes room all the time, so that files go while the other one looks at them."""
    stores = [prefixes.PrefixStore(tmp_path, str(i), 30_000) for i in range(4)]

    def work(store):
        for number in range(300):
            store.save([float(number)], 0, progress_of(prefixes, 1, size=2500))
            store.deepest([float(number - 1)], 0)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(work, stores))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 30_000 * 3


def test_a_damaged_state_costs_time_and_nothing_else(tmp_path, prefixes):
    store = prefixes.PrefixStore(tmp_path, "", 10**9)
    for epoch in (1, 2):
        store.save([0.1, 0.2], 0, progress_of(prefixes, epoch, size=1000))
    newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    content = bytearray(newest.read_bytes())
    for damaged in (content[:200], content[:1000] + b"\x01" + content[1001:], b""):
        newest.write_bytes(damaged)
        assert store.deepest([0.1, 0.2], 0).epoch == 1
        assert not newest.exists()
    (tmp_path / "leftover.part").write_bytes(b"torn")
    assert store.deepest([0.1, 0.2], 0).epoch == 1


def test_a_full_disk_is_no_failure(tmp_path, prefixes, monkeypatch):
    store = prefixes.PrefixStore(tmp_path, "", 10**9)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(prefixes.os, "replace", full)
    store.save([0.1], 0, progress_of(prefixes, 1))
    assert list(tmp_path.iterdir()) == []


def test_a_prefix_that_diverges_is_not_trained_again(tmp_path, prefixes, trainer, monkeypatch):
    store = prefixes.PrefixStore(tmp_path, "", 10**9)
    losses = iter([1.0] * 5 + [float("nan")])
    monkeypatch.setattr(
        trainer.model, "train_on_batch", lambda x, y, return_dict: {"loss": next(losses)}
    )
    for last in (0.3, 0.4):  # the second one would run out of losses
        with pytest.raises(InvalidProgram, match=r"diverged.* in epoch 2"):
            trainer.train([0.1, 0.2, last], 1, None, store)


def test_a_run_comes_out_the_same_and_trains_less(tmp_path, backend):
    small = ["train_size=100", "validation_size=100", "test_size=100", "epochs=6"]
    search = ["population=12", "generations=3", "engine=serial"]
    settings = [*(f"options.{one}" for one in small), *(f"search.{one}" for one in search)]
    grammar = tmp_path / "few.bnf"
    grammar.write_text(
        "<p> ::= if_func(epoch < <int 2..6>, <r>, <p>) | <r>\n<r> ::= 0.01 | 0.05 | 0.02\n"
    )
    runs = {}
    for share in ("true", "false"):
        problem = gegp.load_problem(
            AUTOLR, grammar=grammar, assignments=[*settings, f"options.share_prefixes={share}"]
        )
        runs[share] = gegp.run(problem, seed=4, out=tmp_path / share)
        assert not (tmp_path / share / "scratch").exists()
    programs = [
        [(one.phenotype, one.fitness.values) for one in run.state.population]
        for run in runs.values()
    ]
    assert programs[0] == programs[1]
    with_, without = (runs[share].summary["problem"] for share in ("true", "false"))
    assert with_["epochs_asked"] == without["epochs_asked"] == without["epochs_trained"]
    assert with_["epochs_trained"] < with_["epochs_asked"]
