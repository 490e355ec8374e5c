"""Trainings that begin alike are trained once: what they have in common is kept on disk.

Two policies that agree in their first rates train the same network up to there. After every
epoch the state of a training is stored under the rates that led to it, and a training
begins at the deepest state that is there already. Workers share a directory: a state
is written beside its place and renamed, so that it is there completely or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass
class Progress:
    """A training after some epochs.

    ``variables`` are the values of all the model's variables: weights, statistics of
    batch normalisation, states of random layers. ``best_weights`` are those of the
    epoch with the lowest validation loss, None where that is the last one, or where
    nobody asks. ``failure`` says why the training cannot go on.
    """

    epoch: int = 0
    variables: list[np.ndarray] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_loss: float = float("inf")
    best_epoch: int = 0
    best_weights: list[np.ndarray] | None = None
    failure: str = ""


class PrefixStore:
    """The states of trainings in a directory, by the rates that led to them.

    ``context`` names everything else that a training depends on. At most about
    ``space`` bytes are kept: what was used longest ago goes first.
    """

    def __init__(self, directory: Path, context: str, space: int) -> None:
        self._directory = directory
        self._context = context
        self._space = space
        self._written = 0
        directory.mkdir(parents=True, exist_ok=True)

    def deepest(self, table: Sequence[float], seed: int) -> Progress | None:
        """The state after the longest beginning of a schedule that is known."""
        for path in reversed(self._paths(table, seed)):
            if path.exists():
                progress = _load(path)
                if progress is not None:
                    return progress
        return None

    def save(self, table: Sequence[float], seed: int, progress: Progress) -> None:
        """Keep a state; ``progress.epoch`` says how many of the rates led to it.

        A full disk is no reason to stop: the state is then not kept. Nor is a file that
        another worker has removed meanwhile.
        """
        path = self._paths(table[: progress.epoch], seed)[-1]
        with suppress(OSError):
            self._written += _store(path, progress)
            # Looking at all files takes time: not after each of them.
            if self._written > self._space / 16:
                self._written = 0
                self._make_room()

    def _paths(self, table: Sequence[float], seed: int) -> list[Path]:
        """The file of each beginning of a schedule, the empty one left out."""
        digest = hashlib.sha256(f"{self._context} {seed}".encode())
        paths = []
        for rate in table:
            digest.update(f" {rate!r}".encode())
            paths.append(self._directory / f"{digest.hexdigest()[:32]}.npz")
        return paths

    def _make_room(self) -> None:
        files = []
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError):  # another worker was faster
                files.append((path.stat(), path))
        total = sum(status.st_size for status, _ in files)
        for status, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
            if total <= self._space:
                break
            path.unlink(missing_ok=True)
            total -= status.st_size


def _store(path: Path, progress: Progress) -> int:
    """Write a state beside its place and rename it; returns its size in bytes."""
    import numpy as np

    facts = {
        "epoch": progress.epoch,
        "scores": progress.scores,
        "best_loss": repr(progress.best_loss),
        "best_epoch": progress.best_epoch,
        "best": progress.best_weights is not None,
        "failure": progress.failure,
    }
    arrays = {f"variable{i}": value for i, value in enumerate(progress.variables)}
    arrays |= {f"best{i}": value for i, value in enumerate(progress.best_weights or ())}
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            np.savez(file, facts=np.array(json.dumps(facts)), **arrays)
            size = file.tell()
            file.close()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return size


def _load(path: Path) -> Progress | None:
    """A stored state; None if it is gone or damaged, which costs time and nothing else."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            count = sum(name.startswith("variable") for name in arrays.files)
            variables = [arrays[f"variable{i}"] for i in range(count)]
            best = [arrays[f"best{i}"] for i in range(len(arrays.files) - 1 - count)]
        os.utime(path)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        path.unlink(missing_ok=True)
        return None
    return Progress(
        epoch=facts["epoch"],
        variables=variables,
        scores=facts["scores"],
        best_loss=float(facts["best_loss"]),
        best_epoch=facts["best_epoch"],
        best_weights=best if facts["best"] else None,
        failure=facts["failure"],
    )
