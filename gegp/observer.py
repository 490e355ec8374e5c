"""Who is told what happens in a run."""

from __future__ import annotations

import sys
from collections.abc import Callable

from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.runs import Run
from gegp.search import State
from gegp.statistics import Row
from gegp.store import Store


class Observer:
    """Is told what happens in a run. Override what you want to see: this one only warns."""

    def begun(self, store: Store, problem: Problem, workers: int) -> None:
        """The run directory is there, and evaluation is about to begin."""

    def warned(self, text: str) -> None:
        """Something is not as it should be, but the run goes on; here it is written on stderr."""
        print(f"Warning: {text}", file=sys.stderr)

    def evaluating(self, generation: int, count: int) -> None:
        """So many candidates of a generation are about to be evaluated."""

    def evaluated(self, phenotype: str, outcome: Outcome) -> None:
        """A candidate was evaluated."""

    def generation(self, state: State, row: Row, improved: bool) -> None:
        """A generation is finished and saved; ``improved`` if it found a new best."""

    def ended(self, run: Run, reason: str) -> None:
        """The run is finished, and why."""


class Callbacks(Observer):
    """Calls a function with each new state, and another one where that has found a new best."""

    def __init__(
        self,
        on_generation: Callable[[State], object] | None = None,
        on_improvement: Callable[[State], object] | None = None,
    ) -> None:
        self._on_generation = on_generation
        self._on_improvement = on_improvement

    def generation(self, state: State, row: Row, improved: bool) -> None:
        """Call what is to be called; what it raises ends the run, which can be resumed."""
        if improved and self._on_improvement:
            self._on_improvement(state)
        if self._on_generation:
            self._on_generation(state)
