"""What a process takes of the machine, as ``/proc`` tells."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """Of a process: resident memory and what it has written, in bytes; descriptors; time in s.

    The time is the processor's. ``parent`` is the process that has started it.
    """

    memory: int
    written: int
    descriptors: int
    seconds: float
    parent: int


def usage(pid: int) -> Usage | None:
    """What a process takes at this moment; None if it has ended."""
    place = Path(f"/proc/{pid}")
    with suppress(OSError):
        # The name, in brackets, may hold anything.
        status = (place / "stat").read_text().rpartition(")")[2].split()
        counted = dict(line.split(": ") for line in (place / "io").read_text().splitlines())
        memory = int((place / "statm").read_text().split()[1]) * _PAGE
        if memory:  # what has ended and was not waited for has none
            return Usage(
                memory,
                int(counted["wchar"]),
                len(os.listdir(place / "fd")),
                (int(status[11]) + int(status[12])) / _TICKS,
                int(status[1]),
            )
    return None


def evaluates(pid: int) -> bool:
    """Whether this is a worker process, which evaluates candidates."""
    with suppress(OSError):
        return b"gegp.engines.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
