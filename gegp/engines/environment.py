"""The environment of worker processes: how many threads they have, and which GPU they see."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
    # TensorFlow's, inside an operation and between them, and JAX's.
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC"),
)


def worker_environment(
    entry: Any, variables: Mapping[str, str], device: str | None = None
) -> dict[str, str]:
    """The variables of a worker process for a problem's entry, made of this process' own.

    The numeric libraries have as many threads as the entry's option ``threads`` says; where
    it says nothing, as many as their variables say already, or one. Libraries read
    them when they are imported, so they must be there when the process starts.
    """
    made = dict(variables)
    threads = getattr(entry, "threads", None)
    if isinstance(threads, int):
        made |= dict.fromkeys(_THREADS, str(threads))
    for name in _THREADS:
        made.setdefault(name, "1")
    if device is not None:
        made["CUDA_VISIBLE_DEVICES"] = device
    return made


def find_devices(entry: Any, variables: Mapping[str, str]) -> list[str]:
    """The GPUs that workers for a problem's entry may use; none without its option ``device``."""
    if getattr(entry, "device", "cpu") == "cpu":
        return []
    if "CUDA_VISIBLE_DEVICES" in variables:
        names = (name.strip() for name in variables["CUDA_VISIBLE_DEVICES"].split(","))
        # CUDA reads the list up to the first that is no device; "-1" is how to ask for none.
        return list(takewhile(lambda name: name not in ("", "-1"), names))
    count = len(glob.glob("/dev/nvidia[0-9]*"))
    return [str(number) for number in range(count)]


def device_of(worker: int, devices: Sequence[str]) -> str | None:
    """The GPU of a worker by its number; workers share GPUs only where there are too few."""
    return devices[worker % len(devices)] if devices else None
