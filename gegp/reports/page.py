"""The page: contents into one HTML file that needs nothing else."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from gegp.errors import InputError
from gegp.reports.assessment import Assessment, read_assessment
from gegp.reports.contents import Contents, contents
from gegp.reports.plot import plot
from gegp.reports.rendering import render
from gegp.runs import Run, find_runs


def report(directories: dict[str, Path], *, assessment: Path | None = None) -> str:
    """A page of HTML about groups of runs, each below a directory.

    The page holds its styles and its script; no browser asks for anything else when it shows
    it. Same runs, same page. ``assessment`` is what ``gegp assess --json`` printed. Raises
    InputError where a directory holds no run, or the runs are of different problems.
    """
    groups: dict[str, list[Run]] = {}
    for name, directory in directories.items():
        paths = find_runs(directory)
        if not paths:
            raise InputError(f"{directory} holds no run: expected a file settings.toml in or below")
        groups[name] = [Run.load(path) for path in paths]
    found = read_assessment(assessment) if assessment else None
    return page(contents(groups, directories), found)


def page(shown: Contents, assessment: Assessment | None = None) -> str:
    """The contents as HTML."""
    place = files("gegp.reports") / "templates"
    return render(
        "page.html",
        shown=shown,
        assessment=assessment,
        plots=[plot(chart) for chart in shown.charts],
        figures=[plot(chart) for chart in shown.best.figures] if shown.best else [],
        style=(place / "page.css").read_text(encoding="utf-8"),
        script=(place / "page.js").read_text(encoding="utf-8"),
    )
