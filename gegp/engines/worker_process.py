"""A worker process, seen from the process that started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gegp.engines.guard import Guard, kill_group
from gegp.engines.messages import Inbox, Message, Start, pack

# What is on the parent's path is on the worker's: it may not be what Python makes it there.
_PROGRAM = "import sys; sys.path[:] = sys.argv[3:]; from gegp.engines.worker import main; main()"
_HANG_UP = 1.0  # seconds


class WorkerProcess:
    """A process of its own session, with a channel of messages. Nothing here ever waits for it.

    Raises OSError if no process can be started.
    """

    def __init__(
        self, start: Start, environment: Mapping[str, str], log: Path | None, guard: Guard
    ) -> None:
        self._guard = guard
        self._inbox = Inbox()
        self._unsent = bytearray(pack(start))
        self.channel, other = socket.socketpair()
        self.channel.setblocking(False)
        path = [entry or os.getcwd() for entry in sys.path if isinstance(entry, str)]
        try:
            with other, open(log or os.devnull, "ab") as output:
                arguments = [str(other.fileno()), str(os.getpid()), *path]
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _PROGRAM, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=environment,
                    pass_fds=[other.fileno()],
                    start_new_session=True,
                )
        except BaseException:
            self.channel.close()
            raise
        guard.watch(self._process.pid)

    @property
    def waiting_to_send(self) -> bool:
        """Whether the channel was full."""
        return bool(self._unsent)

    def send(self, message: Message | None = None) -> None:
        """Send a message, and whatever has not been sent so far, as much as the channel takes."""
        self._unsent += pack(message) if message else b""
        with suppress(BlockingIOError, ConnectionError):  # of a death the exit status tells
            while self._unsent:
                del self._unsent[: self.channel.send(self._unsent)]

    def receive(self) -> tuple[list[Message], bool]:
        """The messages that have arrived, and whether the worker has hung up."""
        messages: list[Message] = []
        try:
            while data := self.channel.recv(65536):
                messages += self._inbox.feed(data)
        except BlockingIOError:
            return messages, False
        except ConnectionError:
            pass
        return messages, True

    def has_ended(self) -> bool:
        """Whether the process has ended. Its id stays its own until :meth:`stop`."""
        try:
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self._process.pid, flags) is not None
        except ChildProcessError:
            return True

    def let_go(self) -> None:
        """Give a worker that has hung up the moment that it needs to end by itself."""
        deadline = time.monotonic() + _HANG_UP
        while not self.has_ended() and time.monotonic() < deadline:
            time.sleep(0.002)

    def kill(self) -> None:
        """Kill the process and all that it has started in its process group."""
        kill_group(self._process.pid)

    def stop(self) -> str:
        """Kill the process and its group and clean up; returns how the process ended."""
        self.kill()
        status = self._process.wait()
        self._guard.forget(self._process.pid)
        self.channel.close()
        return _cause(status)


def _cause(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"
