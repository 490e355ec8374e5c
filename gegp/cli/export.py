"""``gegp export``."""

from __future__ import annotations

from pathlib import Path

import click

from gegp.cli.options import problem_options, write_output


@click.command()
@click.argument("source", metavar="DIR|PROBLEM")
@problem_options
@click.option("--phenotype", metavar="TEXT", help="A program, in place of the run's best.")
@click.option("--format", "format", default="python", show_default=True, help="What to write.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file to write to."
)
def export(
    source: str,
    profile: str,
    grammar: Path | None,
    dialect: str,
    assignments: tuple[str, ...],
    phenotype: str | None,
    format: str,
    output: Path | None,
) -> None:
    """Write a run's best program, or a given one, for use elsewhere.

    The formats are the problem's: json for all; for autolr python, keras, pytorch, optax
    and simplified too.

    \b
    Examples:
      gegp export runs/autolr/2026-11-24T10-00-00-seed1 --format keras -o schedule.py
      gegp export autolr --phenotype "if_func(epoch < 5, 0.1, 0.01)" --format python
    """
    from gegp.errors import InputError
    from gegp.export import export_program
    from gegp.problem import Problem, load_problem
    from gegp.runs import Run

    problem: Problem
    if (Path(source) / "settings.toml").is_file():
        if profile or grammar or dialect or assignments:
            raise InputError(
                "a run has its own settings; "
                "--profile, --grammar, --dialect and --set are for a problem"
            )
        run = Run.load(source)
        problem = run.problem
        if phenotype is None:
            if run.best is None:
                raise InputError(f"{source}: no program of this run could be evaluated yet")
            phenotype = run.best.phenotype
    else:
        problem = load_problem(
            source, profile=profile, grammar=grammar, dialect=dialect, assignments=assignments
        )
        if phenotype is None:
            raise InputError(
                f"{source} is a problem, not a run: give a program with --phenotype TEXT"
            )
    text = export_program(problem, phenotype, format)
    if output:
        write_output(output, text)
    else:
        click.echo(text, nl=False)
