"""The lock of a run directory: one process at a time; it dies with the process."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path

from gegp.durable import writing
from gegp.errors import LockedError

_NAME = "run.lock"


def take_lock(directory: Path) -> int:
    """The lock as a file descriptor. Raises LockedError, which says who has it."""
    with writing(directory / _NAME):
        lock = os.open(directory / _NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    _hold(lock, directory)
    # Who holds it is for the message alone: a full disk must not keep a run from going on.
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.write(lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
    return lock


def look_at_lock(directory: Path) -> int | None:
    """The lock, taken without a change to the directory; None if nothing is there to take."""
    try:
        lock = os.open(directory / _NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    _hold(lock, directory)
    return lock


def _hold(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 200).decode(errors="replace").strip() or "another process"
        os.close(lock)
        raise LockedError(f"{directory} is in use by {owner}; wait for it, or stop it") from None
