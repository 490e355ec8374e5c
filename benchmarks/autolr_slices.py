"""Commands worked off in slices of time: what runs when a slice is over is interrupted.

For the AutoLR benchmarks. The commands are those of gegp, which go on where they were.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHORTEST = 3.0  # seconds: with less left, no command is begun
PATIENCE = 40.0  # seconds that a command has for ending when it is interrupted


class CommandFailed(Exception):
    """A command ended with an error; the message says where its output is."""


@dataclass(frozen=True)
class Job:
    """A gegp command with a name, and the file that its output is added to."""

    name: str
    arguments: Sequence[str]
    log: Path


def work_off(
    jobs: Sequence[Job],
    deadline: float,
    *,
    parallel: int,
    directory: Path,
    environment: Mapping[str, str],
) -> bool:
    """Do the jobs, some at a time, until the deadline (monotonic time); whether all are done.

    They run in the directory. Raises CommandFailed as soon as one fails; whatever ends
    this, no command runs on.
    """
    waiting, running = list(jobs), dict[subprocess.Popen[bytes], Job]()
    try:
        while waiting or running:
            left = deadline - time.monotonic()
            while waiting and len(running) < parallel and left > SHORTEST:
                job = waiting.pop(0)
                running[_start(job, directory, environment)] = job
            if left <= 0 or not running:
                return False
            time.sleep(0.05)
            for process in [one for one in running if one.poll() is not None]:
                job = running.pop(process)
                if process.returncode:
                    raise CommandFailed(f"{job.name} failed:\n{_end(job.log)}\n(all: {job.log})")
                print(f"done: {job.name}", flush=True)
        return True
    finally:
        _interrupt(list(running))


def _start(job: Job, directory: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a command. In a session of its own: Ctrl-C here reaches it once, by us."""
    job.log.parent.mkdir(parents=True, exist_ok=True)
    with job.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", "from gegp.cli import main; main()", *job.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
        )


def _interrupt(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End processes in good order; one that does not end in time is killed."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    end = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
