"""The journal of evaluations: one JSON object a line, only ever appended to.

``{"event": "started", "generation", "keys"}`` stands before a batch of evaluations,
``{"event": "done", "generation", "key", "phenotype", "status", "values", …}`` after
each. Every line is sealed with a check. Evaluations that take longer than 10 ms are
written as they finish, shorter ones a batch at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from gegp.errors import StoreError
from gegp.outcome import Outcome, Status
from gegp.sealing import seal, unseal

_WRITE_AT_ONCE = 0.01
_SYNC_AT_ONCE = 0.1


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started"):
    """A batch of candidates that are about to be evaluated."""

    generation: int
    keys: list[str]


class Done(
    msgspec.Struct, frozen=True, tag_field="event", tag="done", omit_defaults=True, kw_only=True
):
    """An evaluation that has ended; ``generation`` is the one that asked for it first.

    ``repeat`` counts the evaluations of a candidate from 1. One that is ``cached`` was
    made by another run, which took the ``seconds``.
    """

    generation: int
    key: str
    phenotype: str
    status: Status
    values: tuple[float, ...] = ()
    cases: tuple[float, ...] = ()
    seconds: float = 0.0
    detail: str = ""
    extra: dict[str, Any] = {}
    repeat: int = 1
    cached: bool = False
    setup: bool = False

    @property
    def outcome(self) -> Outcome:
        """The outcome that was recorded."""
        names = Outcome.__struct_fields__
        return Outcome(**{name: getattr(self, name) for name in names})


class Journal:
    """Appends records to a file. Use :func:`read_journal` first: it cuts back a torn end."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._path = path
        self._waiting = bytearray()

    def started(self, generation: int, keys: Sequence[str]) -> None:
        """Write down that these candidates are about to be evaluated."""
        self._add(Started(generation, list(keys)))
        self._write()

    def done(
        self,
        generation: int,
        key: str,
        phenotype: str,
        outcome: Outcome,
        *,
        repeat: int = 1,
        cached: bool = False,
    ) -> None:
        """Write down an evaluation; the cheap ones wait for the end of their batch."""
        fields = msgspec.structs.asdict(outcome) | {"repeat": repeat, "cached": cached}
        self._add(Done(generation=generation, key=key, phenotype=phenotype, **fields))
        seconds = 0.0 if cached else outcome.seconds
        if seconds >= _WRITE_AT_ONCE:
            self._write()
        if seconds >= _SYNC_AT_ONCE:
            os.fsync(self._file)

    def flush(self) -> None:
        """Write what is waiting."""
        self._write()

    def sync(self) -> None:
        """Have what was written on the disk, for a snapshot that builds on it."""
        self._write()
        os.fsync(self._file)

    def close(self) -> None:
        """Write what is waiting and close the file."""
        self._write()
        os.close(self._file)

    def _add(self, record: Started | Done) -> None:
        self._waiting += seal(record) + b"\n"

    def _write(self) -> None:
        while self._waiting:
            try:
                written = os.write(self._file, self._waiting)
            except OSError as error:
                raise StoreError(f"{self._path}: cannot write: {error}") from error
            del self._waiting[:written]


def read_journal(path: Path, *, repair: bool = False) -> list[Done]:
    """The evaluations of a journal, in order; empty if there is no file.

    Lines whose check fails are left out. With ``repair``, a torn end, which an
    interrupted write leaves behind, is cut off the file.
    """
    if not path.exists():
        return []
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    if repair and end < len(data):
        os.truncate(path, end)
    return [record for record in _records(data[:end]) if isinstance(record, Done)]


def _records(data: bytes) -> Iterator[Started | Done]:
    decoder = msgspec.json.Decoder(Started | Done)
    for line in data.splitlines():
        body = unseal(line)
        if body:
            yield decoder.decode(body)
