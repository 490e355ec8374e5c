"""What the shell offers where a person presses the tabulator key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem


def problems(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
    """Names of problems, and directories."""
    from gegp.problem import problems as known

    names = [CompletionItem(name) for name in sorted(known()) if name.startswith(begun)]
    return [*names, CompletionItem(begun, type="dir")]


def profiles(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
    """The profiles of the problem in the command, with their descriptions."""
    return [
        CompletionItem(name, help=profile.get("description", ""))
        for name, profile in sorted(_problem_file(context).get("profiles", {}).items())
        if name.startswith(begun)
    ]


def settings(context: click.Context, parameter: click.Parameter, begun: str) -> list[Any]:
    """``search.NAME=`` and ``options.NAME=``; of the options, those that the problem sets."""
    from gegp.search_settings import SearchSettings

    names = [f"search.{name}=" for name in SearchSettings.__struct_fields__]
    names += [f"options.{name}=" for name in _problem_file(context).get("options", {})]
    return [CompletionItem(name) for name in names if name.startswith(begun)]


def _problem_file(context: click.Context) -> dict[str, Any]:
    """``problem.toml`` as it stands; empty where it cannot be read: completion never fails."""
    from gegp.errors import GegpError
    from gegp.problem import find_problem

    # Where an option still lacks its value, click leaves the arguments as they are.
    given = context.params.get("problem") or next(iter(context.args), "")
    try:
        path = find_problem(given) / "problem.toml"
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (GegpError, OSError, ValueError):
        return {}
