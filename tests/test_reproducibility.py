"""The same seed gives the same run, however it is made."""

import os

import pytest

SETTINGS = ["--set", "search.population=40", "--set", "search.generations=8"]


def contents(directory):
    """The bytes of the snapshots, and the table without the columns that may differ."""
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.split(",")[:14] for row in rows]


@pytest.fixture
def reference(gegp, tmp_path):
    done = gegp(
        "run", "symbolic_regression", "--seed", 7, *SETTINGS, "--out", "reference", "--json"
    )
    return done.json["best"], contents(tmp_path / "reference")


@pytest.mark.parametrize(
    "engine", [["serial"], ["processes", "--workers", "1"], ["processes", "--workers", "2"]]
)
@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_any_engine_any_number_of_workers_any_hash_seed(
    gegp, tmp_path, reference, engine, hash_seed
):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = gegp(
        "run", "symbolic_regression", "--seed", 7, *SETTINGS, "--out", "other", "--json",
        "--engine", *engine, env=environment,
    )  # fmt: skip
    assert (done.json["best"], contents(tmp_path / "other")) == reference


def test_another_seed_gives_another_run(gegp, tmp_path, reference):
    gegp("run", "symbolic_regression", "--seed", 8, *SETTINGS, "--out", "other")
    assert contents(tmp_path / "other") != reference[1]
