"""``gegp problems``."""

from __future__ import annotations

import json

import click

from gegp.cli.options import json_option


@click.command()
@json_option
def problems(as_json: bool) -> None:
    """List the problems that are known by name.

    Any directory with a problem.toml can be run by its path as well.

    \b
    Example: gegp problems
    """
    from gegp.problem import problems as known_problems
    from gegp.settings import read_problem_file

    rows = []
    for name, directory in sorted(known_problems().items()):
        file = read_problem_file(directory)
        rows.append(
            {
                "name": name,
                "description": file.description,
                "profiles": sorted(file.profiles),
                "path": str(directory),
            }
        )
    if as_json:
        click.echo(json.dumps({"problems": rows}))
        return
    for row in rows:
        click.echo(f"{row['name']}\n    {row['description']}")
        if row["profiles"]:
            click.echo(f"    profiles: {', '.join(row['profiles'])}")
        click.echo(f"    {row['path']}")
