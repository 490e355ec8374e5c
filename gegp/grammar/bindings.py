"""What names of a grammar stand for that its file leaves open: numbers, or alternatives."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

Bindings = Mapping[str, int | tuple[str, ...]]
"""A number is what ``GE_RANGE:name`` counts to; texts are the alternatives of ``<name>``."""


def checked_bindings(table: Mapping[str, int | Sequence[str]]) -> Bindings:
    """The bindings of a table. Raises an exception for what is no number and no list of texts."""
    return {str(name): _checked(value) for name, value in table.items()}


def bound_count(word: str, bindings: Bindings) -> int | None:
    """The number that ``GE_RANGE:word`` counts to; None if no number is bound to the word."""
    if word.isascii() and word.isdigit() and len(word) < 10:
        return int(word)
    value = bindings.get(word)
    return value if isinstance(value, int) else None


def bound_texts(name: str, bindings: Bindings) -> tuple[str, ...]:
    """The alternatives that ``<name>`` stands for; none if no texts are bound to the name."""
    value = bindings.get(name)
    return value if isinstance(value, tuple) else ()


def _checked(value: int | Sequence[str]) -> int | tuple[str, ...]:
    if isinstance(value, list | tuple) and value and all(isinstance(text, str) for text in value):
        return tuple(value)
    return operator.index(value)  # type: ignore[arg-type]
