"""Runs side by side, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gegp.experiment import PlannedRun
from gegp.manifest import SETTINGS
from gegp.runs import Run

_PATIENCE = 0.05
"""Seconds between two looks at what has ended."""


@dataclass(frozen=True)
class Ended:
    """A run that was made: the exit status of its process, and what that said if it failed."""

    planned: PlannedRun
    status: int
    message: str


def run_all(
    planned: Sequence[PlannedRun],
    *,
    at_once: int,
    placed: Sequence[str] = (),
    quiet: bool = True,
) -> Iterator[Ended]:
    """Make the runs, or go on with them, so many at once; yields each as it ends.

    ``placed`` are options of ``gegp run`` and ``gegp resume`` that say where candidates are
    evaluated. If not ``quiet``, what a run prints is seen. If the caller stops early, by
    an exception too, the runs that are under way save what they have, and are waited for.
    """
    waiting = list(planned)
    under_way: list[tuple[PlannedRun, subprocess.Popen[str]]] = []
    try:
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                one = waiting.pop(0)
                under_way.append((one, _start(one, placed, quiet=quiet)))
            time.sleep(_PATIENCE)
            for pair in [pair for pair in under_way if pair[1].poll() is not None]:
                under_way.remove(pair)
                yield _ended(*pair)
    finally:
        for _, process in under_way:
            process.send_signal(signal.SIGTERM)
        for _, process in under_way:
            process.communicate()


def is_finished(planned: PlannedRun) -> bool:
    """Whether a run has ended already, by its budget."""
    return (planned.directory / SETTINGS).is_file() and Run.load(planned.directory).ended


def _start(planned: PlannedRun, placed: Sequence[str], *, quiet: bool) -> subprocess.Popen[str]:
    begun = (planned.directory / SETTINGS).is_file()
    arguments = ["resume", str(planned.directory)] if begun else planned.arguments
    # A process that is to end with this one, however this one ends.
    tied = [sys.executable, "-m", "gegp.tied", str(os.getpid())]
    return subprocess.Popen(
        [*tied, *arguments, *placed, *(["-q"] if quiet else [])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        errors="replace",
    )


def _ended(planned: PlannedRun, process: subprocess.Popen[str]) -> Ended:
    _, message = process.communicate()
    return Ended(planned, process.returncode, (message or "").strip())


def directories(planned: Sequence[PlannedRun], directory: Path) -> dict[str, Path]:
    """The directories of the groups by their names."""
    return {one.group or directory.name: one.directory.parent for one in planned}
