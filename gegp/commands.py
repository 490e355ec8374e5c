"""Command lines of gegp, for hints: a person can paste them into a shell."""

from __future__ import annotations

import shlex
from pathlib import Path


def command_line(command: str, directory: str | Path, *arguments: str) -> str:
    """``gegp COMMAND DIRECTORY ARGUMENT…``, with whatever a shell needs quoted."""
    return shlex.join(["gegp", command, str(directory), *arguments])
