"""Fault points: every line of the code that saves and loads a run is a place to die at.

A point is named by its module and line, ``durable.py:44``. Run as a program, this is the command
``gegp`` in which the environment variable GEGP_FAULT has one of two meanings:

``durable.py:44:3``   the process is killed when it is about to execute that line the third time;
``record:FILE``       the points that are reached are counted, and written to the file at the end.

The points are found by tracing. So the code that is tested is the code that users run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import gegp
from gegp.cli import main as gegp_main

SAVE_PATH = (
    *("csv_files", "durable", "history", "journal", "lineage", "lock", "manifest"),
    *("sealing", "snapshots", "store"),
)
"""The modules of gegp in which every line is a fault point."""

_FILES = {f"{Path(gegp.__file__).parent / name}.py" for name in SAVE_PATH}

Reached = Callable[[str], None]


def main() -> None:
    fault = os.environ.get("GEGP_FAULT", "")
    what, _, rest = fault.rpartition(":")
    if what == "record":
        counts: Counter[str] = Counter()
        trace(lambda point: counts.update([point]))
        try:
            gegp_main()
        finally:
            sys.settrace(None)
            Path(rest).write_text(json.dumps(counts))
        return
    if fault:
        trace(killer(what, int(rest)))
    gegp_main()


def trace(reached: Reached) -> None:
    """Have a function told of every fault point that this thread is about to execute."""

    def at_line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        return at_line

    def at_call(frame: FrameType, _event: str, _: Any) -> Any:
        return at_line if _saves(frame.f_code) else None

    sys.settrace(at_call)


def killer(point: str, times: int) -> Reached:
    """Kills this process when a point is reached so many times."""
    left = times

    def reached(here: str) -> None:
        nonlocal left
        left -= here == point
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _saves(code: CodeType) -> bool:
    return code.co_filename in _FILES and code.co_name != "<module>"


if __name__ == "__main__":
    main()
