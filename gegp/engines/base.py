"""What an engine is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from gegp.outcome import Outcome


class Task(NamedTuple):
    """One evaluation: a program and the seed of whatever its evaluation draws."""

    phenotype: str
    seed: int


class Engine(Protocol):
    """Evaluates batches of tasks. Whatever a candidate does becomes its outcome."""

    def evaluate(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """The position and the outcome of each task, in the order in which they finish."""

    def close(self) -> None:
        """End what the engine started; evaluations under way are given up."""
