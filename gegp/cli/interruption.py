"""Ctrl-C and termination: the first one ends the work in good order, the second at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to end; ``status`` is the exit status that says so."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block the first signal raises Interrupted; a second one ends the process."""

    def at_once(number: int, frame: FrameType | None) -> None:
        os._exit(128 + number)

    def in_order(number: int, frame: FrameType | None) -> None:
        for one in _SIGNALS:
            signal.signal(one, at_once)
        raise Interrupted(number)

    before = {one: signal.signal(one, in_order) for one in _SIGNALS}
    try:
        yield
    finally:
        # Once interrupted the program is about to end: a second signal still ends it at once.
        if signal.getsignal(signal.SIGINT) is in_order:
            for one, handler in before.items():
                signal.signal(one, handler)
