"""Several runs, a line each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gegp.errors import GegpError
from gegp.reports.texts import objectives_text
from gegp.runs import Run
from gegp.tables import Table


def runs_table(paths: Sequence[Path]) -> Table:
    """What each run is of, how far it is, and the best that it has found; seed 10 after seed 9."""
    headings = ("run", "problem", "profile", "state", "best", "seed", "generations")
    return Table(headings, [_row(path) for path in sorted(paths, key=_numbers_apart)], texts=5)


def _numbers_apart(path: Path) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", str(path))]


def _row(path: Path) -> Sequence[str]:
    try:
        run = Run.load(path)
        settings = run.manifest.settings
        of = (run.problem.name, settings.profile or "–", "ended" if run.ended else "unfinished")
        best = objectives_text(run, run.best.fitness.values) if run.best else "–"
        generations = run.state.generation + 1 if run.state else 0
    except GegpError:
        return (str(path), "–", "–", "cannot be read: gegp doctor", "–", "–", "–")
    return (str(path), *of, best, str(run.manifest.seed), str(generations))
