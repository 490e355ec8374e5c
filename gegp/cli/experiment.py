"""``gegp experiment``, and several runs of a problem: side by side, gone on with as a whole."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gegp.cli.options import json_option, place_options, placement, write_output

if TYPE_CHECKING:
    from gegp.experiment import PlannedRun
    from gegp.search_settings import EngineName
    from gegp.side_by_side import Ended


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The experiment's directory; by default, runs/ and the file's name.",
)
@place_options
@click.option("--dry-run", is_flag=True, help="Print the command of each run, and do nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@json_option
def experiment(
    file: Path,
    out: Path | None,
    engine: EngineName | None,
    workers: int | None,
    scheduler: str | None,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make all runs of a plan, then a report of them and a comparison.

    The file names a problem, the number of runs, and in [grid] lists of values: each
    combination is a group. Where candidates are evaluated in the run's own process,
    --workers runs are made side by side. The same command, or gegp resume on the
    directory, goes on with what was interrupted.

    \b
    Examples:
      gegp experiment representations.toml --workers 4
      gegp experiment representations.toml --dry-run
    """
    import shlex

    from gegp.experiment import begin_experiment, check_runs, planned_runs, read_experiment

    plan = read_experiment(file)
    directory = out or Path("runs") / file.stem
    planned = planned_runs(plan, directory)
    check_runs(planned)
    placed = placement(engine, workers, scheduler)
    if dry_run:
        for one in planned:
            click.echo(shlex.join(["gegp", *one.arguments, *_options(placed)]))
        return
    begin_experiment(directory, plan)
    make_runs(directory, planned, placed, quiet=quiet, as_json=as_json)


def resume_experiment(
    directory: Path, placed: dict[str, object], *, quiet: bool, verbose: bool, as_json: bool
) -> None:
    """Go on with all runs of the plan in a directory."""
    from gegp.experiment import PLAN, check_runs, planned_runs, read_experiment

    planned = planned_runs(read_experiment(directory / PLAN), directory)
    check_runs(planned)
    make_runs(directory, planned, placed, quiet=quiet, verbose=verbose, as_json=as_json)


def make_runs(
    directory: Path,
    planned: Sequence[PlannedRun],
    placed: dict[str, object],
    *,
    quiet: bool,
    verbose: bool = False,
    as_json: bool,
) -> None:
    """Make what is missing of the planned runs, and say what came of all of them.

    Exits with status 1 if runs failed, and as an interrupted run does when interrupted.
    """
    from gegp.cli.interruption import Interrupted, interruptible
    from gegp.commands import command_line
    from gegp.runs import Run
    from gegp.side_by_side import is_finished, run_all

    own, at_once = _shared_out(planned, placed)
    own += ["-v"] if verbose else []
    missing = [one for one in planned if not is_finished(one)]
    counter = _Counter(len(planned), len(missing), quiet=quiet)
    failed = []
    alone = at_once == 1 and not quiet and not as_json
    try:
        with interruptible():
            for ended in run_all(missing, at_once=at_once, placed=own, quiet=not alone):
                counter.ended(ended)
                failed += [ended] if ended.status else []
    except Interrupted as interruption:
        command = command_line("resume", directory)
        click.echo(f"\nInterrupted. Continue with: {command}", err=True)
        raise SystemExit(interruption.status) from None
    there = [one for one in planned if is_finished(one)]
    if as_json:
        summaries = [Run.load(one.directory).summary for one in there]
        click.echo(json.dumps({"runs": summaries}))
    if there:
        _conclude(directory, there, quiet=quiet or as_json)
    if failed:
        command = command_line("resume", directory)
        click.echo(f"{len(failed)} of {len(planned)} runs failed; again with: {command}", err=True)
        raise SystemExit(failed[0].status if len(failed) == len(planned) else 1)


def _shared_out(planned: Sequence[PlannedRun], placed: dict[str, object]) -> tuple[list[str], int]:
    """The options of each run, and how many are made at once.

    Runs that evaluate in their own process are made side by side. Runs with workers of
    their own, on a cluster or on GPUs, already keep all of these busy.
    """
    from gegp.engines.choice import cores, worker_count
    from gegp.experiment import load_planned

    workers = placed.get("workers")
    problem = load_planned(planned[0], _assignments({**placed, "workers": None}))
    if worker_count(problem):
        return _options(placed), 1
    at_once = workers if isinstance(workers, int) else cores()
    return _options({**placed, "workers": None}), at_once


def _options(placed: dict[str, object]) -> list[str]:
    return [text for name, value in placed.items() if value for text in (f"--{name}", str(value))]


def _assignments(placed: dict[str, object]) -> list[str]:
    return [f"search.{name}={json.dumps(value)}" for name, value in placed.items() if value]


class _Counter:
    """Says what has ended, and how long the rest may take."""

    def __init__(self, planned: int, missing: int, *, quiet: bool) -> None:
        self._quiet = quiet
        self._planned, self._missing = planned, missing
        self._done, self._begun = 0, time.perf_counter()
        if not quiet and missing < planned:
            click.echo(f"{planned - missing} of {planned} runs are finished already", err=True)

    def ended(self, ended: Ended) -> None:
        """A line for a run that ended; of one that failed, in any case."""
        from gegp.reports.texts import duration

        self._done += 1
        one = ended.planned
        name = f"{one.group or one.directory.parent.name} seed {one.seed}"
        if ended.status:
            click.echo(f"{name}: failed with status {ended.status}: {ended.message}", err=True)
        elif not self._quiet:
            passed = time.perf_counter() - self._begun
            left = duration(passed / self._done * (self._missing - self._done))
            rest = f", about {left} left" if self._done < self._missing else ""
            number = self._planned - self._missing + self._done
            click.echo(f"{name}: {_result(ended)} ({number} of {self._planned}{rest})", err=True)


def _result(ended: Ended) -> str:
    from gegp.reports.texts import objectives_text
    from gegp.runs import Run

    run = Run.load(ended.planned.directory)
    if run.best is None:
        return "no candidate could be evaluated"
    return objectives_text(run, run.best.fitness.values)


def _conclude(directory: Path, planned: Sequence[PlannedRun], *, quiet: bool) -> None:
    """A report of what is there, the comparison of groups, and the commands for more."""
    from gegp.commands import command_line
    from gegp.errors import InputError
    from gegp.group_comparison import compare
    from gegp.reports.page import report
    from gegp.side_by_side import directories

    groups = directories(planned, directory)
    problems = {one.problem for one in planned}
    if len(problems) == 1:
        write_output(directory / "report.html", report(groups))
    if quiet:
        return
    if len(groups) > 1:
        try:
            click.echo(compare(groups).conclusion)
        except InputError as error:
            click.echo(f"not compared: {error}", err=True)
        click.echo(f"more of it: {command_line('compare', *map(str, groups.values()))}")
    else:
        click.echo(f"compare it with another: {command_line('compare', directory)} OTHER")
