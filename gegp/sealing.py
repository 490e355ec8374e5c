"""Records as a line of JSON that shows whether it is whole.

The last field of the object, ``check``, holds the beginning of the SHA-256 of the line
without it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


def seal(record: Any) -> bytes:
    """The record, a struct or dataclass, as JSON with its check, without a line break."""
    body = msgspec.json.encode(record)
    return b'%b,"check":"%b"}' % (body[:-1], _check(body))


def unseal(line: bytes) -> bytes | None:
    """The JSON of the record that was sealed; None if the line is not whole."""
    body, separator, check = line.rpartition(b',"check":"')
    body += b"}"
    return body if separator and check == _check(body) + b'"}' else None


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()
