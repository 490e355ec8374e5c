"""``gegp new``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click


@click.command()
@click.argument("directory", metavar="DIRECTORY", type=click.Path(path_type=Path))
@click.option("--template", metavar="NAME", help="function, table, examples or simulator.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False),
    help="For table: a CSV file of numbers with a line of names; the last column is to be found.",
)
@click.option("--task", metavar="NAME", help="For table: regression or classification.")
def new(directory: Path, template: str | None, data: Path | None, task: str | None) -> None:
    """Write a problem that runs at once: a grammar, a scoring function, settings, tests, a README.

    Asks what it is not told on a terminal; elsewhere it takes the function, and regression.

    \b
    Examples:
      gegp new mine
      gegp new house_prices --template table --data prices.csv
      gegp new balance --template simulator
    """
    from gegp.scaffold import TASKS, TEMPLATES, new_problem

    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if template is None and data is None and asks:
        for name, text in TEMPLATES.items():
            click.echo(f"  {name:10} {text}")
        template = click.prompt("What decides how good a program is", default="function")
    template = _known(template or ("table" if data else "function"), TEMPLATES, "--template")
    if template == "table" and task is None and asks:
        task = click.prompt("regression or classification", default="regression")
    task = _known(task or "regression", TASKS, "--task")
    for file in new_problem(directory, template, data=data, task=task):
        click.echo(f"wrote {file}")
    click.echo(f"\nRun it:  gegp run {directory} --seed 1\nThen change {directory / 'problem.py'}")


def _known(name: str, names: Iterable[str], option: str) -> str:
    from gegp.checking import unknown_key

    known = list(names)
    if name not in known:
        raise unknown_key(name, known, "name", option)
    return name
