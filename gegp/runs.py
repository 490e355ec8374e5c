"""A run as it lies on disk, to look at: settings, history, best program, summary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from gegp.individual import Individual
from gegp.journal import Done
from gegp.problem import Problem
from gegp.search import State
from gegp.snapshots import load_snapshot
from gegp.statistics import Row
from gegp.store import Manifest, read_evaluations, read_manifest, read_rows
from gegp.toolbox import build_toolbox


@dataclass(frozen=True)
class Run:
    """A run directory, read when asked for. Nothing here changes it."""

    directory: Path

    @classmethod
    def load(cls, directory: str | Path) -> Run:
        """The run in a directory. Raises StoreError if there is none."""
        run = cls(Path(directory))
        read_manifest(run.directory)
        return run

    @cached_property
    def manifest(self) -> Manifest:
        """What the run was started with."""
        return read_manifest(self.directory)

    @cached_property
    def problem(self) -> Problem:
        """The problem with the run's settings, options and grammar."""
        return Problem(self.manifest.settings)

    @cached_property
    def state(self) -> State | None:
        """The last generation that was saved; None before the first one."""
        toolbox = build_toolbox(self.problem, seed=self.manifest.seed)
        return load_snapshot(self.directory / "snapshots", toolbox.express)

    @property
    def best(self) -> Individual | None:
        """The best individual so far; None if no candidate could be evaluated."""
        return self.state.best if self.state else None

    @cached_property
    def evaluations(self) -> list[Done]:
        """Every candidate that was evaluated, in the order in which they finished."""
        return read_evaluations(self.directory)

    @property
    def history(self) -> list[dict[str, Any]]:
        """A dict for each generation, with the columns of ``generations.csv``."""
        return [msgspec.structs.asdict(row) for row in self._rows]

    @cached_property
    def _rows(self) -> list[Row]:
        last = self.state.generation if self.state else -1
        return [row for row in read_rows(self.directory) if row.generation <= last]

    @property
    def summary(self) -> dict[str, Any]:
        """The run in a few numbers: what ``gegp run --json`` prints."""
        state, best = self.state, self.best
        candidates = sum(row.evaluated + row.from_cache for row in self._rows)
        evaluated = len(self.evaluations)
        return {
            "run_dir": str(self.directory),
            "seed": self.manifest.seed,
            "generations": state.generation + 1 if state else 0,
            "best": best
            and {
                "phenotype": best.phenotype,
                "fitness": list(best.fitness.values),
                "generation": state.found if state else 0,
            },
            "evaluations": {
                "candidates": candidates,
                "evaluated": evaluated,
                "from_cache": max(candidates - evaluated, 0),
                "failed": sum(done.status != "ok" for done in self.evaluations),
            },
            "seconds": round(sum(row.seconds for row in self._rows), 3),
            "problem": self._counters(),
        }

    def _counters(self) -> dict[str, int]:
        """The problem's own whole-number counters, summed over all evaluations."""
        totals: dict[str, int] = {}
        for done in self.evaluations:
            for name, value in done.extra.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    totals[name] = totals.get(name, 0) + value
        return totals
