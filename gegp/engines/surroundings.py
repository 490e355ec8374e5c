"""What candidates of one process share, put back after each of them."""

from __future__ import annotations

import io
import os
import sys


class Surroundings:
    """The working directory, the environment and the output of this process as they are now.

    A candidate may close its output, change the directory or delete variables; the next
    one shall not be blamed for that. Variables that were added or changed stay: a
    framework may have set them when it was first used.
    """

    def __init__(self) -> None:
        self._directory = os.open(".", os.O_RDONLY)
        self._variables = dict(os.environ)
        self._outputs = [(number, os.dup(number)) for number in (1, 2)]
        self._streams = _stream(1), _stream(2)
        sys.stdout, sys.stderr = self._streams

    def restore(self) -> None:
        """Put back what has changed."""
        os.fchdir(self._directory)
        if not self._variables.keys() <= os.environ.keys():
            for name, value in self._variables.items():
                os.environ.setdefault(name, value)
        for number, copy in self._outputs:
            os.dup2(copy, number)
        if any(stream.closed for stream in self._streams):
            self._streams = _stream(1), _stream(2)
        sys.stdout, sys.stderr = self._streams


def _stream(number: int) -> io.TextIOWrapper:
    """Text to a file descriptor, line by line: what is in a buffer at a kill would be lost."""
    return open(number, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)
