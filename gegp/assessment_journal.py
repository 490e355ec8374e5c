"""The journal of an assessment: its trials in a file, one JSON object a line.

Several processes may append to one file. Lines are sealed: what was torn or damaged is not
read.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import msgspec

from gegp.assessment import Trial
from gegp.errors import StoreError
from gegp.sealing import seal, unseal


def read_trials(path: Path) -> dict[str, Trial]:
    """The trials of a journal by their keys; of equal keys the last.

    An empty one is made if there is none: that it cannot be written shows before the work.
    """
    try:
        with path.open("ab+") as file:
            file.seek(0)
            lines = file.read().split(b"\n")
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}") from None
    return {trial.key: trial for trial in map(_trial, lines) if trial}


def append_trial(path: Path, trial: Trial) -> None:
    """Write a trial at the end of a journal, on a line of its own."""
    line = seal(trial) + b"\n"
    try:
        with path.open("ab+", buffering=0) as file:
            # Between the look at the file's end and the write nobody else may write.
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
                line = b"\n" + line  # a torn line stands there
            if file.write(line) < len(line):
                raise StoreError(f"{path}: cannot write: no space is left")
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None


def _trial(line: bytes) -> Trial | None:
    body = unseal(line)
    if body is None:
        return None
    try:
        # Not by type: whole numbers are to stay whole.
        return Trial(**msgspec.json.decode(body))
    except TypeError:  # another version's fields
        return None
