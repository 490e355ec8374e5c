"""Trainings that begin alike are trained once: what they have in common is kept on disk.

Two policies that agree in their first rates train the same network up to there. After every
epoch the state of a training is stored under the rates that led to it, and a training
begins at the deepest state that is there already. Workers share a directory: a state
is written beside its place and renamed, so that it is there completely or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np

CHECKSUM_BYTES = 4


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
            paths.append(self._directory / f"{digest.hexdigest()[:32]}.state")
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


class _Array(msgspec.Struct, array_like=True):
    """An array of numbers, as it is stored."""

    kind: str
    shape: tuple[int, ...]
    data: bytes


class _State(msgspec.Struct, array_like=True):
    """A progress, as it is stored."""

    epoch: int
    scores: list[float]
    best_loss: float
    best_epoch: int
    failure: str
    variables: list[_Array]
    best_weights: list[_Array] | None


def _store(path: Path, progress: Progress) -> int:
    """Write a state beside its place and rename it; returns its size in bytes.

    A checksum and the state in MessagePack: for small networks less than half of the time
    that numpy's archives take.
    """
    best = progress.best_weights
    state = _State(
        progress.epoch,
        progress.scores,
        progress.best_loss,
        progress.best_epoch,
        progress.failure,
        _packed(progress.variables),
        None if best is None else _packed(best),
    )
    body = msgspec.msgpack.encode(state)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(zlib.crc32(body).to_bytes(CHECKSUM_BYTES, "big"))
            file.write(body)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return CHECKSUM_BYTES + len(body)


def _load(path: Path) -> Progress | None:
    """A stored state; None if it is gone or damaged, which costs time and nothing else."""
    try:
        content = path.read_bytes()
        checksum, body = content[:CHECKSUM_BYTES], memoryview(content)[CHECKSUM_BYTES:]
        if zlib.crc32(body).to_bytes(CHECKSUM_BYTES, "big") != checksum:
            raise ValueError("the checksum is another one")
        state = msgspec.msgpack.decode(body, type=_State)
        os.utime(path)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        path.unlink(missing_ok=True)
        return None
    best = state.best_weights
    return Progress(
        epoch=state.epoch,
        variables=_unpacked(state.variables),
        scores=state.scores,
        best_loss=state.best_loss,
        best_epoch=state.best_epoch,
        best_weights=None if best is None else _unpacked(best),
        failure=state.failure,
    )


def _packed(arrays: Sequence[np.ndarray]) -> list[_Array]:
    return [_Array(array.dtype.name, array.shape, array.tobytes()) for array in arrays]


def _unpacked(arrays: Sequence[_Array]) -> list[np.ndarray]:
    import numpy as np

    return [np.frombuffer(one.data, one.kind).reshape(one.shape) for one in arrays]
