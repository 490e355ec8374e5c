"""What is wrong with a table of settings, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gegp.errors import SettingsError
from gegp.grammar.messages import nearest


def value_message(name: str, table: Mapping[str, Any], error: msgspec.ValidationError) -> str:
    """What msgspec found wrong in a table, with the full name of the key and its value."""
    text = str(error)
    found = re.fullmatch(r"(.*) - at `\$\.([\w-]+).*`", text)
    if not found:
        return f"{name}: {text}"
    expectation, key = found.groups()
    expectation = expectation.replace("`", "")
    return f"{name}.{key} = {table.get(key)!r}: {expectation[:1].lower()}{expectation[1:]}"


def unknown_key(key: str, known: Iterable[str], kind: str, place: str) -> SettingsError:
    """The error for a key that does not exist, with the nearest one that does."""
    names = sorted(known)
    near = nearest(key, names)
    hint = f"did you mean {near!r}?" if near else f"expected one of: {', '.join(names) or 'none'}"
    return SettingsError(f"{place}: unknown {kind} {key!r}; {hint}")
