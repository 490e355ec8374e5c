"""The journal of evaluations: one JSON object a line, only ever appended to.

``{"event": "started", "generation", "keys"}`` stands before a batch of evaluations,
``{"event": "done", "generation", "key", "phenotype", "status", "values", …}`` after
each, and ``{"event": "stopped"}`` where a batch was given up in good order. Every line is
sealed with a check. Evaluations that take longer than 10 ms are written as they finish,
shorter ones a batch at a time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gegp.durable import writing
from gegp.outcome import Outcome, Status
from gegp.sealing import seal, unseal

_WRITE_AT_ONCE = 0.01
_SYNC_AT_ONCE = 0.1


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started"):
    """A batch of candidates that are about to be evaluated."""

    generation: int
    keys: list[str]


class Stopped(msgspec.Struct, frozen=True, tag_field="event", tag="stopped"):
    """What was started and is not done was given up: no candidate has killed the process."""


class Done(
    msgspec.Struct,
    frozen=True,
    tag_field="event",
    tag="done",
    omit_defaults=True,
    kw_only=True,
    gc=False,
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
        with writing(path):
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._path = path
        self._waiting = bytearray()
        self._under_way: set[str] = set()

    def started(self, generation: int, keys: Sequence[str]) -> None:
        """Write down that these candidates are about to be evaluated."""
        self._under_way.update(keys)
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
        self._add(
            Done(
                generation=generation,
                key=key,
                phenotype=phenotype,
                status=outcome.status,
                values=outcome.values,
                cases=outcome.cases,
                seconds=outcome.seconds,
                detail=outcome.detail,
                extra=outcome.extra,
                repeat=repeat,
                cached=cached,
                setup=outcome.setup,
            )
        )
        if not cached:
            self._under_way.discard(key)
        seconds = 0.0 if cached else outcome.seconds
        if seconds >= _WRITE_AT_ONCE:
            self._write()
        if seconds >= _SYNC_AT_ONCE:
            self._sync()

    def flush(self) -> None:
        """Write what is waiting."""
        self._write()

    def sync(self) -> None:
        """Have what was written on the disk, for a snapshot that builds on it."""
        self._write()
        self._sync()

    def close(self) -> None:
        """Write what is waiting, and that nothing is under way any more, and close the file."""
        try:
            if self._under_way:
                self._add(Stopped())
            self._write()
        finally:
            os.close(self._file)

    def _add(self, record: Started | Done | Stopped) -> None:
        self._waiting += seal(record) + b"\n"

    def _write(self) -> None:
        with writing(self._path):
            while self._waiting:
                del self._waiting[: os.write(self._file, self._waiting)]

    def _sync(self) -> None:
        with writing(self._path):
            os.fsync(self._file)


class Contents(NamedTuple):
    """What a journal holds.

    ``unfinished`` says of candidates whose evaluation was begun and never ended how often
    that has happened; ``begun`` in which generation, unless it was given up in good order.
    ``damaged`` are the numbers of lines, from 1, that are not whole or
    say nothing that can be understood; ``unstarted`` those of evaluations that were not begun.
    ``torn`` is what an interrupted write has left at the end, in bytes.
    """

    done: list[Done]
    unfinished: dict[str, int]
    begun: dict[str, int]
    damaged: list[int]
    unstarted: list[int]
    torn: int


def read_journal(path: Path, *, repair: bool = False) -> list[Done]:
    """The evaluations of a journal, in order; empty if there is no file.

    Lines whose check fails are left out. With ``repair``, a torn end, which an
    interrupted write leaves behind, is cut off the file.
    """
    return read_contents(path, repair=repair).done


def read_contents(path: Path, *, repair: bool = False) -> Contents:
    """All that a journal holds; empty if there is no file. ``repair`` as above."""
    data = path.read_bytes() if path.exists() else b""
    end = data.rfind(b"\n") + 1
    if repair and end < len(data):
        with writing(path):
            os.truncate(path, end)
    return _contents(data[:end].split(b"\n")[:-1], len(data) - end)


def _contents(lines: Sequence[bytes], torn: int) -> Contents:
    contents = Contents([], {}, {}, [], [], torn)
    unfinished, begun, generation = contents.unfinished, contents.begun, -1
    decoder = msgspec.json.Decoder(Started | Done | Stopped)
    for number, line in enumerate(lines, 1):
        record = _record(decoder, line)
        if isinstance(record, Started):
            generation = record.generation
            unfinished.update((key, unfinished.get(key, 0) + 1) for key in record.keys)
            begun.update((key, generation) for key in record.keys)
        elif isinstance(record, Stopped):
            unfinished.clear()
            for key in [key for key, at in begun.items() if at == generation]:
                del begun[key]
        elif record:
            contents.done.append(record)
            begun.pop(record.key, None)
            if not record.cached and unfinished.pop(record.key, None) is None:
                contents.unstarted.append(number)
        else:
            contents.damaged.append(number)
    return contents


def _record(
    decoder: msgspec.json.Decoder[Started | Done | Stopped], line: bytes
) -> Started | Done | Stopped | None:
    body = unseal(line)
    if body is None:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
