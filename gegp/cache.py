"""Outcomes of other runs: a directory that any number of runs fill and read at once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import msgspec

from gegp.errors import InputError
from gegp.outcome import Outcome
from gegp.sealing import seal, unseal

_FORMAT = 1
_KEPT = ("ok", "invalid")


class _Record(msgspec.Struct, frozen=True):
    """A file of the cache; all but the outcome says what it is the outcome of."""

    format: int
    context: str
    key: str
    seed: int
    outcome: Outcome


class Cache:
    """Outcomes in files, one each, found by the problem's context, a candidate's key and the seed.

    ``context`` is a digest of all that an evaluation depends on beside the program and the
    seed. Kept are outcomes that the program decides, a fitness or ``invalid``; a timeout
    or a crash may be the machine's fault. A file is put into its place whole, and one that
    is damaged is an outcome that is not known.
    """

    def __init__(self, directory: Path, context: str) -> None:
        """Raises InputError if the directory cannot be made or written to."""
        self.directory = directory
        self.context = context
        trial = directory / f"{uuid4().hex}.tmp"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            trial.write_bytes(b"")
            trial.unlink()
        except OSError as error:
            raise InputError(
                f"cache directory {directory} cannot be written to: {error.strerror}"
            ) from None

    def find(self, key: str, seed: int) -> Outcome | None:
        """What is known of a candidate's evaluation with a seed."""
        try:
            body = unseal(self._path(key, seed).read_bytes())
            record = msgspec.json.decode(body, type=_Record) if body else None
        except (OSError, msgspec.MsgspecError):
            return None
        if record and self._identity(key, seed) == _identity(record):
            return record.outcome
        return None

    def keep(self, key: str, seed: int, outcome: Outcome) -> None:
        """Write an outcome down, if it is one to keep; a full disk is no reason to stop a run."""
        if outcome.status not in _KEPT:
            return
        path = self._path(key, seed)
        record = _Record(*self._identity(key, seed), outcome)
        temporary = path.with_name(f"{uuid4().hex}.tmp")
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            try:
                temporary.write_bytes(seal(record))
                temporary.replace(path)
            except OSError:
                temporary.unlink(missing_ok=True)

    def _path(self, key: str, seed: int) -> Path:
        name = hashlib.sha256(repr(self._identity(key, seed)).encode()).hexdigest()[:40]
        return self.directory / name[:2] / f"{name[2:]}.json"

    def _identity(self, key: str, seed: int) -> tuple[int, str, str, int]:
        return _FORMAT, self.context, key, seed


def _identity(record: _Record) -> tuple[int, str, str, int]:
    return record.format, record.context, record.key, record.seed
