"""String match: how many edits a text is away from the one that is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from gegp.edit_distance import edit_distance
from gegp.errors import SettingsError


@dataclass(frozen=True)
class StringMatch:
    """``target`` is the text that is wanted."""

    target: str = "Hello world"

    def check(self) -> None:
        """Raise SettingsError if no text is wanted."""
        if not self.target:
            raise SettingsError("options.target: expected a text, found an empty one")

    def evaluate(self, phenotype: str) -> float:
        """The least number of characters to insert, delete or replace: 0 for the text itself."""
        return float(edit_distance(phenotype, self.target))
