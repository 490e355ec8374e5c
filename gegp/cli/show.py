"""``gegp show``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from gegp.cli.options import json_option


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def show(directory: Path, as_json: bool) -> None:
    """Show what a run has found, finished or not; of a directory of runs, a line each.

    \b
    Examples:
      gegp show runs/autolr/2026-11-24T10-00-00-seed1
      gegp show runs
    """
    from gegp.cli.summary import failures, result_lines
    from gegp.runs import Run, find_runs

    paths = find_runs(directory)
    if paths and paths != [directory]:
        _show_all(paths, as_json=as_json)
        return
    run = Run.load(directory)
    if as_json:
        click.echo(json.dumps(run.summary))
        return
    manifest = run.manifest
    search = manifest.settings.search
    profile = f", profile {manifest.settings.profile}" if manifest.settings.profile else ""
    click.echo(
        f"{run.problem.name}{profile}, seed {manifest.seed}, gegp {manifest.versions['gegp']}"
    )
    click.echo(
        f"population {search.population}, {search.generations} generations, {search.representation}"
    )
    for line in result_lines(run):
        click.echo(line)
    for line in failures(run):
        click.echo(line)


def _show_all(paths: Sequence[Path], *, as_json: bool) -> None:
    from gegp.cli.runs_table import runs_table
    from gegp.runs import Run

    if as_json:
        click.echo(json.dumps({"runs": [Run.load(path).summary for path in paths]}))
    else:
        click.echo(runs_table(paths).text(), nl=False)
