"""The part of ``gegp grammar show`` that measures how representations search a grammar."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gegp.grammar.model import Grammar


def locality_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--locality, and what it measures; all that is not given is None or empty."""
    for decorator in (
        click.option(
            "--set",
            "assignments",
            metavar="KEY=VALUE",
            multiple=True,
            help="A setting, such as search.init_depth=5. Repeatable.",
        ),
        click.option(
            "--max-depth", type=click.IntRange(min=1), help="Their greatest depth; 17 if not given."
        ),
        click.option("--seed", type=click.IntRange(min=0), help="Same seed, same measures; or 1."),
        click.option(
            "--samples", type=click.IntRange(min=2), help="How many genotypes of each; or 1000."
        ),
        click.option(
            "--representation",
            "representations",
            metavar="NAME",
            multiple=True,
            help="One to measure, dsge if not given. Repeat it to compare.",
        ),
        click.option(
            "--locality",
            is_flag=True,
            help="Measure how representations search the grammar: redundancy, locality, sizes.",
        ),
    ):
        command = decorator(command)
    return command


def wants_locality(*, written: bool, measured: dict[str, Any]) -> bool:
    """Take --locality out of the options. Raises InputError if others do not go with it."""
    from gegp.errors import InputError

    locality: bool = measured.pop("locality")
    if locality and written:
        raise InputError("--locality prints measures; take it without --to and -o")
    if not locality and any(value not in (None, ()) for value in measured.values()):
        names = "--representation, --samples, --seed, --max-depth and --set"
        raise InputError(f"{names} say what --locality measures; add --locality")
    return locality


def show_locality(grammar: Grammar, measured: dict[str, Any], *, as_json: bool) -> None:
    """Measure and print."""
    from gegp.cli.locality_text import locality_lines, locality_summary

    summary = locality_summary(grammar, **measured)
    if as_json:
        click.echo(json.dumps(summary))
        return
    for line in locality_lines(summary):
        click.echo(line)
