"""The command line in a process that is ended, in good order, when the one that made it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """``python -m gegp.tied PARENT ARGUMENT…``."""
    parent = int(sys.argv.pop(1))
    if sys.platform == "linux":
        # A run that is told to terminate saves what it has.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before the line above
            return
    from gegp.cli import main as command_line

    command_line(prog_name="gegp")


if __name__ == "__main__":
    main()
