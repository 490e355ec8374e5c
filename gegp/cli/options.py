"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gegp.cli import completion

if TYPE_CHECKING:
    from gegp.search_settings import EngineName

Command = Callable[..., Any]

ENDINGS = {".txt": "text", ".md": "markdown", ".csv": "csv", ".tex": "latex", ".json": "json"}
"""The formats of tables by the ending of a file's name."""


def problem_options(command: Command) -> Command:
    """--profile, --grammar, --dialect and --set: what a problem is loaded with."""
    decorators = (
        click.option(
            "--profile",
            default="",
            shell_complete=completion.profiles,
            help="A profile of the problem's problem.toml.",
        ),
        click.option(
            "--grammar",
            type=click.Path(path_type=Path),
            help="A BNF file in place of the problem's own.",
        ),
        dialect_option,
        click.option(
            "--set",
            "assignments",
            metavar="KEY=VALUE",
            multiple=True,
            shell_complete=completion.settings,
            help="A setting, such as search.population=50 or options.epochs=20. Repeatable.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def dialect_option(command: Command) -> Command:
    """--dialect: how a grammar file is to be read."""
    text = "gegp, ponyge, sge, grape, alogos or ebnf; without it the grammar file shows its own."
    return click.option("--dialect", metavar="NAME", default="", help=text)(command)


def write_output(path: Path, text: str) -> None:
    """Write a file that the user named, and say so. Raises InputError if that cannot be."""
    from gegp.errors import InputError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {path}", err=True)


def json_option(command: Command) -> Command:
    """--json: one JSON object on standard output, everything else on standard error."""
    text = "Print one JSON object on standard output, and everything else on standard error."
    return click.option("--json", "as_json", is_flag=True, help=text)(command)


def named_directories(texts: Sequence[str]) -> dict[str, Path]:
    """Directories by the names of their groups, from texts ``DIR`` or ``NAME=DIR``.

    Without a name it is the directory's own, or as much of the path as tells it apart. Raises
    InputError for two groups of one name.
    """
    from gegp.errors import InputError

    given = [_split(text) for text in texts]
    endings = [path.absolute().name for name, path in given if not name]
    found: dict[str, Path] = {}
    for name, path in given:
        own = path.absolute().name
        label = name or (own if endings.count(own) == 1 and own not in found else str(path))
        if label in found:
            raise InputError(f"two groups are called {label}; give them names: NAME={path}")
        found[label] = path
    return found


def _split(text: str) -> tuple[str, Path]:
    """Name and directory; no name where there is a directory called like all of it."""
    name, equals, path = text.partition("=")
    if equals and name and path and "/" not in name and not Path(text).exists():
        return name, Path(path)
    return "", Path(text)


def place_options(command: Command) -> Command:
    """--engine, --workers and --scheduler: where candidates are evaluated."""
    decorators = (
        click.option(
            "--engine",
            type=click.Choice(["serial", "processes", "dask"]),
            help="Where candidates are evaluated; the problem has a default.",
        ),
        click.option(
            "--workers", type=click.IntRange(min=1), help="Worker processes of the engine."
        ),
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="The dask cluster to evaluate on, such as tcp://192.168.0.1:8786.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def placement(
    engine: EngineName | None, workers: int | None, scheduler: str | None
) -> dict[str, Any]:
    """The settings that say where candidates are evaluated; a scheduler is one of dask."""
    if scheduler and engine not in (None, "dask"):
        raise click.UsageError(f"--scheduler is for --engine dask, not --engine {engine}")
    chosen = {
        "engine": "dask" if scheduler else engine,
        "workers": workers,
        "scheduler": scheduler,
    }
    return {name: value for name, value in chosen.items() if value is not None}
