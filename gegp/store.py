"""The run directory: everything a run leaves behind, and all that is needed to go on with it."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import msgspec
from deap import base

from gegp.commands import command_line
from gegp.csv_files import line_numbers
from gegp.durable import append, write_durably, writing
from gegp.errors import StoreError
from gegp.grammar.model import Grammar
from gegp.history import HISTORY, append_row, cut_history, read_history
from gegp.journal import Done, Journal, read_contents, read_journal
from gegp.lineage import append_lineage, cut_lineage, look_at_lineage
from gegp.lock import look_at_lock, take_lock
from gegp.manifest import SETTINGS, Manifest, read_manifest, write_manifest
from gegp.search import State
from gegp.snapshots import load_snapshots, remove_old_snapshots, save_snapshot
from gegp.statistics import Row

JOURNAL = "evaluations.jsonl"
LINEAGE = "lineage.csv"
LOG = "log.jsonl"
SNAPSHOTS = "snapshots"


class Store:
    """An open run directory. Only one process at a time has it; the lock dies with the process.

    :meth:`create` makes one and :meth:`open` takes up an existing one. ``unfinished`` says of
    candidates that were begun and never ended how often. ``notes`` are the damages that
    were found and passed over, as sentences.
    """

    def __init__(self, directory: Path, lock: int) -> None:
        self.directory = directory
        self._lock = lock
        self.manifest = read_manifest(directory)
        path = directory / JOURNAL
        contents = read_contents(path, repair=True)
        # What failed for what the user gave may have been mended since: it is done again.
        self.known = [one for one in contents.done if not one.setup]
        self.unfinished = contents.unfinished
        self.begun = contents.begun
        self.notes = [_lines_note(path, contents.damaged)] if contents.damaged else []
        self.journal = Journal(path)

    @classmethod
    def create(cls, directory: Path, manifest: Manifest, grammar: Grammar) -> Store:
        """A new run directory. ``settings.toml`` is written last: without it there is no run."""
        with writing(directory):
            if (directory / SETTINGS).exists():
                _refuse_if_in_use(directory)
                raise StoreError(
                    f"{directory} holds a run already; "
                    f"continue it with: {command_line('resume', directory)}"
                )
            (directory / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        refuse_links(directory)
        lock = take_lock(directory)
        try:
            with writing(directory):
                for name in (JOURNAL, HISTORY, LINEAGE, LOG):
                    (directory / name).unlink(missing_ok=True)
                for snapshot in (directory / SNAPSHOTS).glob("gen*"):
                    snapshot.unlink()
            write_durably(directory / "grammar.bnf", str(grammar).encode())
            write_manifest(directory, manifest)
            return cls(directory, lock)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def open(cls, directory: Path) -> Store:
        """An existing run directory, to go on with its run."""
        read_manifest(directory)
        refuse_links(directory)
        lock = take_lock(directory)
        try:
            return cls(directory, lock)
        except BaseException:
            os.close(lock)
            raise

    def load(self, toolbox: base.Toolbox) -> State | None:
        """The last state that was saved; rows of the tables beyond it are cut off."""
        state, passed_over = load_snapshots(self.directory / SNAPSHOTS, toolbox)
        if not passed_over:  # A kill may have come before the removal of an old one.
            remove_old_snapshots(self.directory / SNAPSHOTS)
        for damaged in passed_over:
            self.notes.append(f"{damaged.file} is passed over: {damaged.reason}")
        last = state.generation if state else -1
        history = read_history(self.directory)
        if history.damaged:
            numbers = [line.number for line in history.damaged]
            self.notes.append(_lines_note(self.directory / HISTORY, numbers))
        cut_history(self.directory, history, last)
        if self.manifest.settings.search.lineage:
            numbers = [line.number for line in look_at_lineage(self.directory / LINEAGE).damaged]
            if numbers:
                self.notes.append(_lines_note(self.directory / LINEAGE, numbers))
            cut_lineage(self.directory / LINEAGE, last)
        return state

    def save(self, state: State, row: Row) -> None:
        """Write a generation's row, then its snapshot; its evaluations are on the disk before."""
        self.journal.sync()
        append_row(self.directory, row)
        if self.manifest.settings.search.lineage:
            append_lineage(self.directory / LINEAGE, state)
        save_snapshot(self.directory / SNAPSHOTS, state)

    def take_over(self, manifest: Manifest) -> None:
        """Go on with other settings or digests, which are written down."""
        write_manifest(self.directory, manifest)
        self.manifest = manifest

    def log(self, event: str, **fields: Any) -> None:
        """Append an event with its time to ``log.jsonl``."""
        record = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "event": event, **fields}
        append(self.directory / LOG, json.dumps(record).encode() + b"\n")

    def close(self) -> None:
        """Release the directory."""
        try:
            self.journal.close()
        finally:
            os.close(self._lock)


def read_evaluations(directory: Path) -> list[Done]:
    """The evaluations of a run, for looking at them only."""
    return read_journal(directory / JOURNAL)


def read_log(directory: Path) -> list[dict[str, Any]]:
    """The events of ``log.jsonl``; lines that are damaged are left out."""
    path = directory / LOG
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return [event for event in map(log_event, lines) if event]


def log_event(line: bytes) -> dict[str, Any] | None:
    """The event of a line of the log, if it is whole."""
    try:
        event = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return event if isinstance(event.get("event"), str) else None


def refuse_links(directory: Path) -> None:
    """Raise StoreError for anything in a run directory that leads out of it, or is no file."""
    try:
        inside = [*directory.iterdir(), *(directory / SNAPSHOTS).glob("*")]
        for path in inside:
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise StoreError(
                    f"{path} is a link or a device: a run directory holds plain files; remove it"
                )
    except OSError as error:
        raise StoreError(f"{directory} cannot be read: {error.strerror}") from None


def _refuse_if_in_use(directory: Path) -> None:
    """Raise LockedError if another process works in the directory."""
    lock = look_at_lock(directory)
    if lock is not None:
        os.close(lock)


def _lines_note(path: Path, numbers: list[int]) -> str:
    verb = "is" if len(numbers) == 1 else "are"
    return f"{path}: {line_numbers(numbers)} {verb} damaged and left out"
