"""What exported modules have in common: the table's rows, and the policy as evolved."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence


def rows(table: Sequence[float]) -> str:
    """The rates of a table as indented lines of Python."""
    text = " ".join(f"{rate!r}," for rate in table)
    return textwrap.fill(text, 88, initial_indent="    ", subsequent_indent="    ")


def wrapped(phenotype: str) -> str:
    """A policy as indented lines of a docstring."""
    return textwrap.fill(
        phenotype,
        88,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
