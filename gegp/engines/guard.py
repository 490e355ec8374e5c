"""A process that ends what worker processes have started, should their parent be killed.

The kernel kills a worker with its parent, but not what the worker has started. The guard
waits for the end of a pipe, which comes when the parent is gone, however that happened,
and kills the process group of every worker. It imports nothing of gegp: it starts at once
and takes little memory.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

_PATIENCE = 5.0  # seconds


class Guard:
    """The guard, seen from the process that started it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """Kill this process group when the parent is gone."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """The process group has ended."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guard, and every process group that it still watches."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # somebody has killed the guard
            self._process.stdin.write(line.encode())


def kill_group(group: int) -> None:
    """Kill all processes of a group, if there are any."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _guard(parent: int) -> None:
    """Read process groups from standard input until it ends or the parent is another one."""
    groups: dict[int, None] = {}
    text = b""
    while os.getppid() == parent:
        if not select.select([0], [], [], 0.25)[0]:
            continue
        data = os.read(0, 65536)
        if not data:
            break
        *lines, text = (text + data).split(b"\n")
        for line in lines:
            if line.startswith(b"+"):
                groups[int(line[1:])] = None
            else:
                groups.pop(int(line[1:]), None)
    for group in groups:
        kill_group(group)


if __name__ == "__main__":
    _guard(int(sys.argv[1]))
