"""What an engine and its worker processes tell each other: plain values, in frames of MessagePack.

A frame is the length of its body, in eight bytes, and the body. Frames are put together
from whatever has arrived: a peer that dies in the middle of one keeps nobody waiting.
"""

from __future__ import annotations

import struct

import msgspec

from gegp.outcome import Outcome

_LENGTH = struct.Struct(">Q")


class Start(msgspec.Struct, frozen=True, tag=True):
    """To a new worker: the problem's settings as JSON, and its limit of memory in MiB."""

    settings: bytes
    memory_limit: int | None


class Work(msgspec.Struct, frozen=True, tag=True):
    """To a worker that is ready: programs to evaluate one after another, with their seeds."""

    tasks: list[tuple[str, int]]


class Ready(msgspec.Struct, frozen=True, tag=True):
    """From a worker that has loaded the problem."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """From a worker that cannot load the problem: the name of gegp's error, and its message."""

    error: str
    message: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """From a worker, for each program in turn."""

    outcome: Outcome


Message = Start | Work | Ready | Refused | Done


def pack(message: Message) -> bytes:
    """The frame of a message."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


class Inbox:
    """Puts messages together from the bytes that arrive."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._decoder = msgspec.msgpack.Decoder(Message)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes complete."""
        self._bytes += data
        found = []
        while len(self._bytes) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._bytes)[0]
            if len(self._bytes) < end:
                break
            found.append(self._decoder.decode(bytes(self._bytes[_LENGTH.size : end])))
            del self._bytes[:end]
        return found
