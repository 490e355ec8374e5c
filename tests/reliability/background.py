"""gegp commands in the background, and all the processes that they have started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from samples import COMMAND

_MARK = "RELIABILITY_MARK"
_PATIENCE = 60.0  # seconds


class Background:
    """A command with environment variables beside those of this process.

    It leads a process group, as one of a terminal does. What it starts inherits a mark in its
    environment, and is found by that wherever it has gone. All of it ends with the block.
    """

    def __init__(self, *arguments: str, **variables: str) -> None:
        self._mark = f"{_MARK}={os.urandom(8).hex()}"
        name, _, value = self._mark.partition("=")
        # Not a pipe: whatever is left over would keep it open.
        self._errors = os.memfd_create("errors")
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=os.environ | variables | {name: value},
            start_new_session=True,
        )

    def __enter__(self) -> Background:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.close(self._errors)

    def processes(self) -> list[int]:
        """It and what it has started, as far as it has not ended."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit():
                    variables = (entry / "environ").read_bytes().split(b"\0")
                    if self._mark.encode() in variables:
                        found.append(int(entry.name))
        return found

    def errors(self) -> str:
        """What has come on standard error so far."""
        return os.pread(self._errors, os.fstat(self._errors).st_size, 0).decode(errors="replace")

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what the command does. Raises RuntimeError if it does not come to that."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"status {self.process.returncode}: {self.errors()}")
            time.sleep(0.01)


def lines_of(file: Path) -> list[str]:
    """The lines of a file that processes append to; none if it is not there yet."""
    return file.read_text().splitlines() if file.exists() else []
