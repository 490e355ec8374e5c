"""Which backend is used, and what is said if there is none."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys

import pytest

from gegp.errors import MissingPackage

needs_jax = pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")

# Prepares JAX as a machine with these GPUs would; arguments are the options and the devices.
PREPARE = """
import importlib, json, os, sys
from types import SimpleNamespace
from gegp import load_problem
from gegp.errors import GegpError
entry = load_problem("autolr").entry
backends = importlib.import_module(type(entry).__module__.rpartition(".")[0] + ".backends")
threads, device, gpus = json.loads(sys.argv[1])
backends.glob = SimpleNamespace(glob=lambda pattern: gpus)
backends.entry_points = lambda group: ["a plugin"]
try:
    print(backends.prepare_backend(threads, device))
except GegpError as error:
    sys.exit(str(error))
print(os.environ["NPROC"], os.environ["XLA_FLAGS"])
"""


def prepared(threads=1, device="auto", gpus=("/dev/nvidia0",), **variables):
    environment = os.environ | {"KERAS_BACKEND": "jax", "XLA_FLAGS": ""} | variables
    for name in {"CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS"} - variables.keys():
        environment.pop(name, None)
    arguments = json.dumps([threads, device, gpus])
    command = [sys.executable, "-c", PREPARE, arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def flags_and_threads(*arguments, **named):
    done = prepared(*arguments, **named)
    assert done.returncode == 0, done.stderr
    threads, *flags = done.stdout.splitlines()[1].split()
    return flags, int(threads)


CORES = len(os.sched_getaffinity(0))
REPEATABLE = "--xla_gpu_deterministic_ops=true"


@needs_jax
@pytest.mark.parametrize(
    ("arguments", "repeatable", "compiling"),
    [
        ({}, True, CORES),
        ({"threads": CORES + 1}, False, CORES),
        ({"gpus": ()}, False, 1),
        ({"device": "cpu"}, False, 1),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, False, 1),
    ],
)
def test_jax_on_a_gpu_repeats_with_one_thread_and_compiles_with_all(
    arguments, repeatable, compiling
):
    # XLA ends the process if it does not know a flag.
    flags, threads = flags_and_threads(**arguments)
    assert (REPEATABLE in flags, threads) == (repeatable, compiling)


@needs_jax
def test_flags_of_the_user_for_jax_come_last_and_hold():
    faster = REPEATABLE.replace("true", "false")
    flags, _ = flags_and_threads(XLA_FLAGS=faster)
    assert REPEATABLE in flags and flags[-1] == faster


@needs_jax
def test_a_device_that_jax_cannot_start_on_is_an_error_that_says_what_helps():
    done = prepared(JAX_PLATFORMS="nowhere")
    assert done.returncode == 1
    assert "JAX cannot start" in done.stderr and 'options.device = "cpu"' in done.stderr


@pytest.mark.usefixtures("backend")
def test_a_gpu_that_is_too_small_for_the_network_is_a_lack_of_memory(AutoLR, monkeypatch):
    def fails(*_):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 1 bytes")

    monkeypatch.setattr(importlib.import_module(AutoLR.__module__), "make_trainer", fails)
    with pytest.raises(MemoryError, match=r"options\.batch_size"):
        AutoLR().evaluate("0.01", 1)


def test_keras_backend_is_respected(backends, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: name != "tensorflow")
    assert backends.find_backend() == "jax"


@pytest.mark.parametrize(
    ("wanted", "installed", "message"),
    [
        ("", [], r'Keras is not installed: pip install "gegp\[tensorflow\]"'),
        ("jax", [], r'pip install "gegp\[jax\]"'),
        ("", ["keras"], r'pip install "gegp\[tensorflow\]"'),
        ("jax", ["keras", "tensorflow"], r'KERAS_BACKEND is jax.*pip install "gegp\[jax\]"'),
    ],
)
def test_a_missing_package_names_the_extra(backends, monkeypatch, wanted, installed, message):
    monkeypatch.setenv("KERAS_BACKEND", wanted)
    monkeypatch.setattr(backends.importlib.util, "find_spec", installed.__contains__)
    with pytest.raises(MissingPackage, match=message):
        backends.find_backend()
