"""``gegp run`` and ``gegp resume``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gegp.cli import completion
from gegp.cli.experiment import make_runs, resume_experiment
from gegp.cli.options import json_option, place_options, placement, problem_options

if TYPE_CHECKING:
    from gegp.cli.progress import Progress
    from gegp.deciding import Kind
    from gegp.runs import Run
    from gegp.search_settings import EngineName


cache_option = click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="A directory of evaluations that runs share: none of them is made again.",
)


@click.command()
@click.argument("problem", shell_complete=completion.problems)
@problem_options
@click.option(
    "--seed-phenotypes",
    "seeds_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Programs for the first generation: one a line, or a JSON list in a .json file.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Same seed, same result. Drawn if not given."
)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=1,
    help="How many runs to make, with seeds from --seed on; where each evaluates in its own "
    "process, --workers of them side by side.",
)
@place_options
@click.option(
    "--out",
    type=click.Path(file_okay=False),
    callback=lambda context, parameter, value: _directory(value),
    help="The run's directory; with --runs, a directory for all of them.",
)
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
@click.option("-v", "--verbose", is_flag=True, help="Print every evaluation.")
@json_option
def run(
    problem: str,
    profile: str,
    grammar: Path | None,
    dialect: str,
    assignments: tuple[str, ...],
    seeds_file: Path | None,
    seed: int | None,
    runs: int,
    engine: EngineName | None,
    workers: int | None,
    scheduler: str | None,
    out: Path | None,
    cache: Path | None,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Evolve the best program for a problem: a directory, or a name from `gegp problems`.

    \b
    Examples:
      gegp run autolr
      gegp run problems/symbolic_regression --seed 1 --set search.population=500
      gegp run problems/autolr --profile paper-20-epochs --runs 10 --out runs/paper
    """
    from gegp.experiment import Experiment, begin_experiment, given_settings, planned_runs
    from gegp.problem import load_problem
    from gegp.runner import new_directory
    from gegp.runner import run as run_problem
    from gegp.seeding import read_phenotypes, with_seeds

    placed = placement(engine, workers, scheduler)
    loaded = load_problem(
        problem,
        profile=profile,
        grammar=grammar,
        dialect=dialect,
        assignments=[*assignments, *(f"search.{k}={json.dumps(v)}" for k, v in placed.items())],
    )
    if seeds_file:
        loaded = with_seeds(loaded, read_phenotypes(seeds_file))
    if not quiet:
        for warning in loaded.reading.format_warnings():
            click.echo(f"Warning: {warning}", err=True)
    if runs > 1:
        plan = Experiment(
            problem=_absolute(problem) if Path(problem).is_dir() else problem,
            runs=runs,
            seed=int.from_bytes(os.urandom(3), "big") if seed is None else seed,
            profile=profile,
            grammar=_absolute(grammar),
            dialect=dialect,
            seed_phenotypes=_absolute(seeds_file),
            cache=_absolute(cache),
            settings=given_settings(assignments),
        )
        directory = out or new_directory(loaded.name, f"{runs}runs")
        begin_experiment(directory, plan)
        planned = planned_runs(plan, directory)
        make_runs(directory, planned, placed, quiet=quiet, verbose=verbose, as_json=as_json)
        return
    progress = _progress(quiet=quiet, verbose=verbose, as_json=as_json)
    work = partial(run_problem, loaded, seed=seed, out=out, observer=progress, cache=cache)
    finished = _watched(progress, work)
    if as_json:
        click.echo(json.dumps(finished.summary))


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--accept",
    type=click.Choice(["grammar", "problem", "options", "settings"]),
    multiple=True,
    help="Go on although this has changed since the run was made. Repeatable.",
)
@place_options
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
@click.option("-v", "--verbose", is_flag=True, help="Print every evaluation.")
@json_option
def resume(
    directory: Path,
    accept: tuple[Kind, ...],
    engine: EngineName | None,
    workers: int | None,
    scheduler: str | None,
    cache: Path | None,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Go on with an interrupted run, or with all runs of an experiment, as if nothing had happened.

    \b
    Example: gegp resume runs/autolr/2026-11-24T10-00-00-seed1
    """
    from gegp.placement import place
    from gegp.runner import resume as resume_run

    placed = placement(engine, workers, scheduler)
    if (directory / "experiment.toml").is_file():
        resume_experiment(directory, placed, quiet=quiet, verbose=verbose, as_json=as_json)
        return
    if placed:
        place(directory, **placed)
    progress = _progress(quiet=quiet, verbose=verbose, as_json=as_json)
    work = partial(resume_run, directory, observer=progress, cache=cache, accept=accept)
    finished = _watched(progress, work)
    if as_json:
        click.echo(json.dumps(finished.summary))


def _absolute(path: str | Path | None) -> str:
    """A path that holds from any directory; empty for none."""
    return str(Path(path).absolute()) if path else ""


def _directory(name: str | None) -> Path | None:
    """The directory that an option names; an empty name would be the current one."""
    if name == "":
        raise click.BadParameter("expected the name of a directory, found an empty text")
    return None if name is None else Path(name)


def _progress(*, quiet: bool, verbose: bool, as_json: bool) -> Progress:
    from gegp.cli.progress import Progress

    return Progress(quiet=quiet or (as_json and not verbose), verbose=verbose, error=as_json)


def _watched(progress: Progress, work: Callable[[], Run]) -> Run:
    """Do the work; an interruption ends it with the command that goes on with it."""
    from gegp.cli.interruption import Interrupted, interruptible

    # What a problem prints must not get between the lines of a program that reads the output.
    prints = redirect_stdout(sys.stderr) if progress.console.stderr else nullcontext()
    with progress:
        try:
            with interruptible(), prints:
                return work()
        except Interrupted as interruption:
            status = interruption.status
    click.echo(f"\nInterrupted. {progress.resume_hint}", err=True)
    raise SystemExit(status)
