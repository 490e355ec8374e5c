"""What a measurement ran on, told without a word to the accelerator. For the AutoLR benchmarks."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("gegp", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "scipy")


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, GPUs, Keras' backend and versions."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "gpus": gpus(),
        "backend": backend(),
        "versions": {"python": platform.python_version()} | _versions(),
    }


def backend() -> str:
    """The backend that gegp takes: KERAS_BACKEND's, or the first of those that are installed."""
    found = filter(importlib.util.find_spec, ("tensorflow", "jax", "torch"))
    return os.environ.get("KERAS_BACKEND") or next(found, "none")


def gpus() -> list[str]:
    """The names of the NVIDIA GPUs."""
    if not shutil.which("nvidia-smi"):
        return []
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if done.returncode else done.stdout.split("\n")[:-1]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    for line in information.read_text().splitlines() if information.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
