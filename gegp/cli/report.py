"""``gegp report``."""

from __future__ import annotations

from pathlib import Path

import click

from gegp.cli.options import named_directories, write_output


@click.command()
@click.argument("directories", metavar="[NAME=]DIR...", nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    "--output",
    "output",
    metavar="FILE",
    default="report.html",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page.",
)
@click.option(
    "--assessment",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What 'gegp assess --json' printed: its table is shown too.",
)
def report(directories: tuple[str, ...], output: Path, assessment: Path | None) -> None:
    """Write a page about runs: how they went, what they found, how they compare.

    Each DIR is a run or a directory of runs, which then are one group; its name is that of the
    directory, or NAME. The page is one file: it needs no network and can be sent to anybody.

    \b
    Examples:
      gegp report runs/autolr/2026-11-23T14-05-11-seed7
      gegp report DSGE=runs/a SGE=runs/b -o comparison.html
    """
    from gegp.reports.page import report as make_report

    write_output(output, make_report(named_directories(directories), assessment=assessment))
