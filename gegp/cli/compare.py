"""``gegp compare``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gegp.cli.options import ENDINGS, json_option, named_directories, write_output

if TYPE_CHECKING:
    from gegp.group_results import GroupComparison


@click.command()
@click.argument("groups", metavar="[NAME=]DIR [NAME=]DIR...", nargs=-1, required=True)
@click.option(
    "--measure",
    metavar="NAME",
    default="best",
    show_default=True,
    help="What is compared: the best fitness of a run; 'evaluations', different candidates "
    "until the target was reached; or a column of generations.csv, of the last generation "
    "(evaluated, from_cache and seconds: of all).",
)
@click.option(
    "--target",
    type=float,
    help="The fitness at which a run has succeeded; without it, the runs' own search.target.",
)
@click.option(
    "--paired",
    is_flag=True,
    help="Runs with equal seeds belong together, because something else but the method was "
    "the same in them, such as data drawn with the seed. Never assumed without this option.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="The level of significance.",
)
@click.option(
    "--accept",
    type=click.Choice(["options"]),
    multiple=True,
    help="Compare runs although options of the problem differ: the fitness means the same.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "markdown", "latex", "csv", "json"]),
    default="text",
    show_default=True,
    help="How the tables are written; LaTeX uses booktabs.",
)
@click.option(
    "-o",
    "--out",
    "--output",
    "outputs",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file to write to; .md, .tex, .csv, .txt or .json say its format. Repeatable.",
)
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw a critical-difference diagram: .png, .pdf or .svg.",
)
@json_option
def compare(
    groups: tuple[str, ...],
    measure: str,
    target: float | None,
    paired: bool,
    level: float,
    accept: tuple[str, ...],
    format: str,
    outputs: tuple[Path, ...],
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare methods by groups of runs: medians, tests, effect sizes, and what they show.

    Each DIR is a group, one method: all runs in it, at any depth. Its name is that of the
    directory, or NAME. Groups may hold runs of several problems, if all hold the same ones.

    Two groups are compared by the Mann–Whitney test, with --paired by Wilcoxon's signed-rank test;
    more by the test of Kruskal and Wallis, with --paired or over several problems by Friedman's,
    and then two by two with Holm's correction. Same runs, same output.

    \b
    Examples:
      gegp compare runs/dsge runs/sge
      gegp compare DSGE=runs/a SGE=runs/b GE=runs/c --paired --plot ranks.pdf -o table.tex
      gegp compare runs/dsge runs/sge --measure evaluations --target 0.01
    """
    from gegp.group_comparison import compare as compare_groups
    from gegp.rank_diagram import draw_ranks, require_diagram

    found = compare_groups(
        named_directories(groups),
        measure=measure,
        target=target,
        paired=paired,
        level=level,
        accept=accept,
    )
    if plot:
        require_diagram(found, plot)
    _write(found, "json" if as_json else format, outputs, printed=as_json or not outputs)
    if plot:
        draw_ranks(found, plot)
        click.echo(f"wrote {plot}", err=True)


def _write(found: GroupComparison, format: str, outputs: Sequence[Path], *, printed: bool) -> None:
    """The comparison into files, each in the format of its ending, or onto standard output."""
    from gegp.cli.comparison_table import formatted, print_on_terminal

    for file in outputs:
        write_output(file, formatted(found, ENDINGS.get(file.suffix, format)))
    if printed and format == "text" and sys.stdout.isatty():
        print_on_terminal(found)
    elif printed:
        click.echo(formatted(found, format), nl=False)
