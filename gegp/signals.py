"""Signals that wait until something is done."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held() -> Iterator[None]:
    """The first signal to end is heard when the block has ended; a second ends the process at once.

    For code that may swallow an exception which a handler raises in its midst.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals interrupt the main thread only.
        return
    heard: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if heard:
            os._exit(128 + number)
        heard.append(number)

    # Those that are ignored stay ignored; None stands for handlers that Python cannot set back.
    before = {one: signal.getsignal(one) for one in _NUMBERS}
    kept = {one: now for one, now in before.items() if now not in (signal.SIG_IGN, None)}
    for one in kept:
        signal.signal(one, note)
    try:
        yield
    finally:
        for one, handler in kept.items():
            signal.signal(one, handler)
        for number in heard:
            signal.raise_signal(number)
