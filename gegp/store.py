"""The run directory: everything a run leaves behind, and all that is needed to go on with it."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import platform
import socket
import sys
import time
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import tomli_w
from deap import base

from gegp.errors import LockedError, StoreError
from gegp.grammar.model import Grammar
from gegp.journal import Done, Journal, read_journal
from gegp.lineage import append_lineage, cut_lineage
from gegp.search import State
from gegp.settings import Settings
from gegp.snapshots import load_snapshot, save_snapshot, write_durably
from gegp.statistics import Row
from gegp.version import VERSION

FORMAT = 1
LINEAGE = "lineage.csv"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``settings.toml``: what a run was started with, all of it resolved."""

    format: int
    seed: int
    grammar_digest: str
    versions: dict[str, str]
    settings: Settings


class Store:
    """An open run directory. Only one process at a time has it; the lock dies with the process.

    :meth:`create` makes one and :meth:`open` takes up an existing one.
    """

    def __init__(self, directory: Path, lock: int) -> None:
        self.directory = directory
        self._lock = lock
        self.manifest = read_manifest(directory)
        done = read_journal(directory / "evaluations.jsonl", repair=True)
        # What failed for what the user gave may have been mended since: it is done again.
        self.known = [one for one in done if not one.setup]
        self.journal = Journal(directory / "evaluations.jsonl")

    @classmethod
    def create(cls, directory: Path, settings: Settings, grammar: Grammar, seed: int) -> Store:
        """A new run directory. ``settings.toml`` is written last: without it there is no run."""
        if (directory / "settings.toml").exists():
            raise StoreError(
                f"{directory} holds a run already; continue it with: gegp resume {directory}"
            )
        (directory / "snapshots").mkdir(parents=True, exist_ok=True)
        lock = _take_lock(directory)
        for name in ("evaluations.jsonl", "generations.csv", LINEAGE, "log.jsonl"):
            (directory / name).unlink(missing_ok=True)
        for snapshot in (directory / "snapshots").glob("gen*"):
            snapshot.unlink()
        (directory / "grammar.bnf").write_text(str(grammar), encoding="utf-8")
        manifest = Manifest(
            format=FORMAT,
            seed=seed,
            grammar_digest=grammar.digest,
            versions=_versions(),
            settings=settings,
        )
        text = tomli_w.dumps(_without_none(msgspec.to_builtins(manifest)))
        write_durably(directory / "settings.toml", text.encode())
        return cls(directory, lock)

    @classmethod
    def open(cls, directory: Path) -> Store:
        """An existing run directory, to go on with its run."""
        read_manifest(directory)
        return cls(directory, _take_lock(directory))

    def load(self, toolbox: base.Toolbox) -> State | None:
        """The last state that was saved; rows of the table beyond it are cut off."""
        state = load_snapshot(self.directory / "snapshots", toolbox)
        last = state.generation if state else -1
        rows = [row for row in read_rows(self.directory) if row.generation <= last]
        write_durably(self.directory / "generations.csv", _csv(rows, header=True).encode())
        if self.manifest.settings.search.lineage:
            cut_lineage(self.directory / LINEAGE, last)
        return state

    def save(self, state: State, row: Row) -> None:
        """Write a generation's row, then its snapshot; its evaluations are on the disk before."""
        self.journal.sync()
        path = self.directory / "generations.csv"
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(_csv([row], header=file.tell() == 0))
        if self.manifest.settings.search.lineage:
            append_lineage(self.directory / LINEAGE, state)
        save_snapshot(self.directory / "snapshots", state)

    def log(self, event: str, **fields: Any) -> None:
        """Append an event with its time to ``log.jsonl``."""
        record = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "event": event, **fields}
        with (self.directory / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def close(self) -> None:
        """Release the directory."""
        self.journal.close()
        os.close(self._lock)


def read_manifest(directory: Path) -> Manifest:
    """What the run of a directory was started with. Raises StoreError if it holds no run."""
    path = directory / "settings.toml"
    if not path.is_file():
        raise StoreError(f"{directory} holds no run: expected a file settings.toml in it")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if table.get("format") != FORMAT:
            raise StoreError(
                f"{path}: format {table.get('format')!r}, this gegp reads {FORMAT}; "
                f"it was written by gegp {table.get('versions', {}).get('gegp', '?')}"
            )
        return msgspec.convert(table, Manifest)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise StoreError(f"{path} is damaged: {error}") from None


def read_rows(directory: Path) -> list[Row]:
    """The table of generations; an incomplete last line is left out."""
    path = directory / "generations.csv"
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    lines = csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1]))
    return [
        msgspec.convert({k: v or None for k, v in line.items()}, Row, strict=False)
        for line in lines
    ]


def read_evaluations(directory: Path) -> list[Done]:
    """The evaluations of a run, for looking at them only."""
    return read_journal(directory / "evaluations.jsonl")


def _csv(rows: list[Row], *, header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(Row.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(row) for row in rows)
    return text.getvalue()


def _take_lock(directory: Path) -> int:
    lock = os.open(directory / "run.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 200).decode(errors="replace").strip() or "another process"
        os.close(lock)
        raise LockedError(f"{directory} is in use by {owner}; wait for it, or stop it") from None
    os.ftruncate(lock, 0)
    os.write(lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
    return lock


def _versions() -> dict[str, str]:
    packages = ("deap", "lark", "numpy")
    own = {"gegp": VERSION, "python": platform.python_version(), "platform": sys.platform}
    return own | {name: version(name) for name in packages}


def _without_none(value: Any) -> Any:
    """TOML has no null: what is not set is not written."""
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    return value
