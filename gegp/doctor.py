"""The examination of a run directory: what is damaged in it, what can be done, and doing it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deap import base

from gegp.commands import command_line
from gegp.deciding import changes
from gegp.durable import WriteFailed
from gegp.errors import GegpError, StoreError
from gegp.examination import (
    Finding,
    examine_history,
    examine_journal,
    examine_leftovers,
    examine_lineage,
    examine_log,
    examine_snapshots,
)
from gegp.lock import look_at_lock, take_lock
from gegp.manifest import SETTINGS, Manifest, read_manifest
from gegp.problem import Problem
from gegp.runs import settings_here
from gegp.store import refuse_links
from gegp.toolbox import build_toolbox


@dataclass(frozen=True)
class Report:
    """What was found in a run directory, and the files whose findings were repaired."""

    directory: Path
    findings: tuple[Finding, ...]
    repaired: bool

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """The findings that are still there and keep the run from being sound."""
        return tuple(one for one in self.findings if one.open and not self.was_repaired(one))

    @property
    def sound(self) -> bool:
        """Whether the run can be gone on with, and nothing is damaged any more."""
        return not self.remaining

    def was_repaired(self, finding: Finding) -> bool:
        """Whether a finding was dealt with."""
        return self.repaired and finding.repair is not None


def examine(directory: str | Path, *, repair: bool = False) -> Report:
    """Look at everything in a run directory; with ``repair`` do what is safe.

    What is taken out of a file is kept beside it, in ``NAME.damaged``. Raises StoreError if
    there is no run, LockedError if another process has it.
    """
    directory = Path(directory)
    if not _is_there(directory):
        raise StoreError(f"{directory} holds no run: expected a file {SETTINGS} in it")
    lock = take_lock(directory) if repair else look_at_lock(directory)
    try:
        findings = tuple(_findings(directory))
        for finding in findings:
            if repair and finding.repair:
                finding.repair()
    except OSError as error:
        raise WriteFailed(f"{directory}: {error}") from error
    finally:
        if lock is not None:
            os.close(lock)
    return Report(directory, findings, repair)


def _is_there(directory: Path) -> bool:
    try:
        return (directory / SETTINGS).is_file()
    except OSError:
        return False


def _findings(directory: Path) -> Iterator[Finding]:
    try:
        refuse_links(directory)
        manifest = read_manifest(directory)
    except StoreError as error:
        yield Finding(SETTINGS, str(error), "put back the settings, or start the run again")
        return
    problem, toolbox, trouble = _load(directory, manifest)
    if trouble:
        yield trouble
    else:
        assert problem is not None
        yield from _changes(directory, manifest, problem)
    last = -1
    if toolbox is not None:
        snapshots = examine_snapshots(directory, toolbox)
        yield from snapshots.findings
        last = snapshots.last
    yield from examine_journal(directory, problem)
    if toolbox is not None:
        yield from examine_history(directory, last)
        if manifest.settings.search.lineage:
            yield from examine_lineage(directory, last)
    yield from examine_log(directory)
    yield from examine_leftovers(directory)


def _load(
    directory: Path, manifest: Manifest
) -> tuple[Problem | None, base.Toolbox | None, Finding | None]:
    """The problem and the toolbox of a run, or why there is none."""
    try:
        problem = Problem(settings_here(manifest.settings, directory))
        return problem, build_toolbox(problem, seed=manifest.seed), None
    except GegpError as error:
        remedy = "mend this first; snapshots and tables cannot be judged without"
        return None, None, Finding("problem", str(error), remedy)


def _changes(directory: Path, manifest: Manifest, problem: Problem) -> Iterator[Finding]:
    """What makes another run."""
    try:
        found = changes(manifest, problem)
    except GegpError as error:
        yield Finding(SETTINGS, str(error), "mend this first")
        return
    for change in found:
        file = "grammar.bnf" if change.kind == "grammar" else SETTINGS
        command = command_line("resume", directory, "--accept", change.kind)
        yield Finding(file, change.text, f"undo the change, or: {command}")
