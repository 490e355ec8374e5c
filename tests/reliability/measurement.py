"""What a part of the harness reports: a promise, what was found, and whether it holds."""

from __future__ import annotations

from typing import NamedTuple


class Measurement(NamedTuple):
    """A row of the table of reliability."""

    promise: str
    found: str
    holds: bool
