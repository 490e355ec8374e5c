"""The benchmarks that a GPU is meant for, small enough for a CPU."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("keras", reason="Keras is not installed")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")
pytest.importorskip("matplotlib", reason="matplotlib is not installed")

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SMALL = ("--small", "--runs", "1", "--scenarios", "1", "2")


def start(*arguments, backend=""):
    command = [sys.executable, str(BENCHMARKS / "autolr_gpu.py"), *map(str, arguments)]
    environment = os.environ | ({"KERAS_BACKEND": backend} if backend else {})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, env=environment, **pipes)


def benchmark(*arguments, backend=""):
    process = start(*arguments, backend=backend)
    out, _ = process.communicate(timeout=280)
    return process.returncode, out


def evaluations(directory):
    return sum(len(file.read_text().splitlines()) for file in directory.rglob("*.jsonl"))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_experiments_in_slices_end_as_those_in_one_go(tmp_path):
    status, out = benchmark("experiments", *SMALL, "--directory", tmp_path / "whole")
    assert status == 0, out
    sliced = tmp_path / "sliced"
    slices = []
    while not slices or slices[-1] == 3:
        # Long enough for something to be finished after the imports.
        minutes = 0.2 + 0.1 * len(slices)
        status, out = benchmark("experiments", *SMALL, "--directory", sliced, "--minutes", minutes)
        assert "trainings done" in out, out
        slices.append(status)
    assert len(slices) >= 2 and slices[-1] == 0, out
    for name in ("table3.md", "table3.tex", "assessment.json"):
        assert (sliced / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    results = json.loads((sliced / "results.json").read_text())
    same = json.loads((tmp_path / "whole" / "results.json").read_text())
    assert results["best"] == same["best"] and set(results["best"]) == {"A", "B"}
    assert results["epochs"]["asked"] == same["epochs"]["asked"]
    assert same["epochs"]["asked"] == same["epochs"]["trained"] + same["epochs"]["saved"]
    assert len(results["slices"]) == len(slices)
    assert (sliced / "schedule-A.png").exists() and (sliced / "schedule-B.svg").exists()
    # No states of trainings, no weights.
    assert not list(sliced.rglob("scratch"))
    assert sum(file.stat().st_size for file in sliced.rglob("*") if file.is_file()) < 3e6


@pytest.mark.slow
def test_another_plan_needs_another_directory(tmp_path):
    arguments = ["experiments", "--small", "--directory", tmp_path, "--minutes", "0"]
    assert benchmark(*arguments)[0] == 3
    status, out = benchmark(*arguments, "--runs", "3")
    assert status == 1 and "was begun with other options" in out


@pytest.mark.slow
def test_ctrl_c_ends_the_commands_too(tmp_path):
    process = start("experiments", *SMALL, "--directory", tmp_path)
    log = tmp_path / "runs" / "paper-early-stop" / "seed1" / "settings.toml"
    while not log.exists():
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=100)
    assert process.returncode not in (0, 3)
    before = evaluations(tmp_path)
    time.sleep(2)
    assert evaluations(tmp_path) == before
    assert benchmark("experiments", *SMALL, "--directory", tmp_path, "--minutes", "0")[0] == 3


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_epochs_are_measured_once(tmp_path, backend):
    pytest.importorskip(backend)
    pytest.importorskip("scipy")
    if not Path("/usr/share/datasets/fashion-mnist").is_dir():
        pytest.skip("Fashion-MNIST is not on this machine (apt-get install dataset-fashion-mnist)")
    arguments = ["epochs", "--small", "--rounds", "1", "--directory", tmp_path]
    status, out = benchmark(*arguments, "--minutes", "0", backend=backend)
    assert status == 3, out
    for _ in range(2):
        status, out = benchmark(*arguments, backend=backend)
        assert status == 0, out
        lines = (tmp_path / "epochs.jsonl").read_text().splitlines()
        assert len(lines) == 4
    assert {json.loads(line)["machine"]["backend"] for line in lines} == {backend}
    assert "1.00" in out and (tmp_path / "epochs.md").exists()
