"""``gegp show``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gegp.cli.options import json_option


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def show(directory: Path, as_json: bool) -> None:
    """Show what a run has found, finished or not.

    \b
    Example: gegp show runs/autolr/2026-11-24T10-00-00-seed1
    """
    from gegp.cli.summary import failures, result_lines
    from gegp.runs import Run

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
