"""Files that are written whole: a crash or a full disk leaves what was there before, or the new."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gegp.errors import StoreError


class WriteFailed(StoreError):
    """A file of a run directory cannot be written; what was in it before is still there."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within the block every failure of the system becomes a WriteFailed that names the file."""
    try:
        yield
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name
        raise WriteFailed(f"{str(path)!r} cannot be written: {error}") from error


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves the old contents or the new, on disk."""
    temporary = path.with_name(path.name + ".tmp")
    with writing(path):
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def append(path: Path, data: bytes) -> None:
    """Add whole lines to a file: all of them, or none if there is no room.

    A torn line at the end, which an interrupted write has left, stays a line of its own.
    """
    with writing(path):
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            _write_all(file, b"\n" * torn + data, size)
        finally:
            os.close(file)


def _write_all(file: int, data: bytes, size: int) -> None:
    """Write everything, or bring the file back to its size before."""
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(file, left) :]
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, size)
        raise


def set_aside(path: Path, damaged: bytes) -> None:
    """Keep what is taken out of a file, in ``NAME.damaged`` beside it."""
    aside = path.with_name(path.name + ".damaged")
    append(aside, damaged if damaged.endswith(b"\n") else damaged + b"\n")


def move_aside(path: Path) -> None:
    """Rename a damaged file to ``NAME.damaged``, or ``NAME.2.damaged`` if that is taken."""
    aside, number = path.with_name(f"{path.name}.damaged"), 2
    while aside.exists():
        aside, number = path.with_name(f"{path.name}.{number}.damaged"), number + 1
    with writing(aside):
        path.rename(aside)
