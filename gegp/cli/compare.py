"""``gegp compare``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gegp.cli.options import json_option, write_output


@click.command()
@click.argument("places", metavar="DIR DIR...", nargs=-1, required=True)
@click.option("--paired", is_flag=True, help="Runs of equal seeds belong together.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "markdown", "latex", "csv"]),
    default="text",
    show_default=True,
    help="How the table is written; a file's ending says so too: .md, .tex, .csv, .json.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file to write to."
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the diagram of mean ranks and the critical difference; needs --paired.",
)
@json_option
def compare(
    places: tuple[str, ...],
    paired: bool,
    format: str,
    output: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare groups of runs by their best fitness: what is typical, tests, effect sizes.

    A group is a directory with runs below it, or a single run; NAME=DIR gives it a name. Two groups
    are compared by the test of Mann and Whitney, more by that of Kruskal and Wallis and then in
    pairs, with Holm's correction; with --paired by those of Wilcoxon, and of Friedman and Nemenyi.

    \b
    Examples:
      gegp compare runs/low runs/high
      gegp compare "rate 0.05=runs/low" "rate 0.2=runs/high" --format latex
      gegp compare runs/dsge runs/sge runs/ge --paired --plot ranks.svg -o table.md
    """
    from gegp.cli.comparison_table import ENDINGS, as_dict, formatted
    from gegp.comparing import compare as compared
    from gegp.groups import read_groups

    found = compared(read_groups(places), paired=paired)
    text = json.dumps(as_dict(found))
    if plot:
        from gegp.rank_diagram import draw_ranks

        draw_ranks(found, plot)
        click.echo(f"wrote {plot}", err=True)
    if output:
        chosen = ENDINGS.get(output.suffix, format)
        write_output(output, f"{text}\n" if chosen == "json" else formatted(found, chosen))
    if as_json:
        click.echo(text)
    elif not output:
        click.echo(formatted(found, format), nl=False)
