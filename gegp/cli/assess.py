"""``gegp assess``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gegp.cli.options import ENDINGS, json_option, problem_options, write_output

if TYPE_CHECKING:
    from gegp.assessment import Assessment, Trial
    from gegp.assessment_results import Results
    from gegp.settings import Settings


@click.command()
@click.argument("sources", metavar="DIR...|PROBLEM", nargs=-1, required=True)
@problem_options
@click.option(
    "--phenotype",
    metavar="TEXT",
    help="A program, in place of the run's best; the results call it 'given'.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    help="One of the problem's; all without it. Repeatable.",
)
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    help="One of the problem's; all without it. The first is what is compared with. Repeatable.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How often each program is assessed in each scenario.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Same seed, same result; all programs see the same.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "markdown", "csv", "latex"]),
    default="text",
    show_default=True,
    help="How the table is written.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file to write to; .md, .csv, .tex, .txt or .json say its format. Repeatable.",
)
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where each trial is written down when it is finished; what is there is not done again.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
@json_option
def assess(
    sources: tuple[str, ...],
    profile: str,
    grammar: Path | None,
    dialect: str,
    assignments: tuple[str, ...],
    phenotype: str | None,
    scenarios: tuple[str, ...],
    baselines: tuple[str, ...],
    repeats: int,
    seed: int,
    format: str,
    outputs: tuple[Path, ...],
    journal: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Measure the best programs of runs, and the problem's baselines, on data held out.

    Each DIR is a run, or a directory of runs. With a PROBLEM in their place the program is given by
    --phenotype; without one the baselines alone are assessed. A scenario says how; what --set says
    comes after it.

    \b
    Examples:
      gegp assess runs/autolr/2026-11-24T10-00-00-seed1 --scenario 2 -o table.md -o all.json
      gegp assess autolr --phenotype 0.03031818181818182 --scenario 2 --repeats 3
      gegp assess runs/autolr --journal trials.jsonl -o table.md
    """
    from gegp.assessment import Assessment, require_member
    from gegp.assessment_results import results
    from gegp.errors import InputError
    from gegp.problem import Problem, load_problem

    runs = list(_runs(sources))
    if runs:
        if profile or grammar or dialect:
            raise InputError(
                "runs have their own settings; --profile, --grammar and --dialect are for a problem"
            )
        if phenotype is not None and len(runs) > 1:
            raise InputError("--phenotype takes the place of one run's best program; name one run")
        settings, policies = _from_runs(runs, given=phenotype)
    else:
        problem = load_problem(sources[0], profile=profile, grammar=grammar, dialect=dialect)
        settings = {sources[0]: problem.settings}
        policies = {} if phenotype is None else {"given": phenotype}
    if phenotype is not None:
        require_member(Problem(next(iter(settings.values()))), phenotype)
    for file in (*outputs, *([journal] if journal else [])):
        if not file.absolute().parent.is_dir():
            raise InputError(f"{file}: there is no directory {file.parent}")
    plan = Assessment(settings, policies, scenarios, baselines, assignments, repeats, seed)
    done, status = _work(plan, journal, quiet=quiet)
    if done:
        found = results(plan.problem(done[0].scenario), done, plan.reference)
        _write(found, format, outputs, as_json=as_json)
    if status:
        raise SystemExit(status)


def _runs(sources: Sequence[str]) -> Iterator[Path]:
    """The run directories that are meant; none if it is a problem."""
    from gegp.errors import InputError

    for source in sources:
        path = Path(source)
        inside = sorted(file.parent for file in path.glob("*/settings.toml"))
        if (path / "settings.toml").is_file():
            yield path
        elif inside and not (path / "problem.toml").exists():
            yield from inside
        elif len(sources) > 1:
            raise InputError(f"{source} holds no run; several DIR must all be runs")


def _from_runs(
    runs: Sequence[Path], given: str | None
) -> tuple[dict[str, Settings], dict[str, str]]:
    """Settings and programs by the name of a run."""
    from gegp.errors import InputError
    from gegp.runs import Run

    settings, policies = {}, {}
    for directory in runs:
        run = Run.load(directory)
        settings[str(directory)] = run.problem.settings
        if given is not None:
            policies["given"] = given
        elif run.best is None:
            raise InputError(f"{directory}: no program of this run could be evaluated yet")
        else:
            policies[str(directory)] = run.best.phenotype
    return settings, policies


def _work(plan: Assessment, journal: Path | None, *, quiet: bool) -> tuple[list[Trial], int]:
    """The trials that were done, and the exit status: an interruption ends the work, no more."""
    from gegp.assessment_journal import read_trials
    from gegp.cli.interruption import Interrupted, interruptible

    known = read_trials(journal) if journal else {}
    try:
        # What a problem prints must not get into the table.
        with interruptible(), redirect_stdout(sys.stderr):
            return list(_assessed(plan, known, journal, quiet=quiet)), 0
    except Interrupted as interruption:
        # Known trials may stand behind the one that was interrupted.
        done = plan.recalled(known)
        click.echo(f"\nInterrupted. {len(done)} of {len(plan)} trials are done.", err=True)
        return done, interruption.status


def _assessed(
    plan: Assessment, known: dict[str, Trial], journal: Path | None, *, quiet: bool
) -> Iterator[Trial]:
    """All trials; those that are new get into ``known`` and the journal, and are told of."""
    from gegp.assessment_journal import append_trial

    recalled = plan.recalled(known)
    before = {trial.key for trial in recalled}
    total, count = len(plan), len(recalled)
    if journal and not quiet:
        click.echo(f"{count} of {total} trials are in {journal} already.", err=True)
    seconds: list[float] = []
    for trial in plan.trials(known):
        if trial.key not in before:
            # One that gave nothing is tried again next time.
            if journal and trial.splits and trial.key not in known:
                append_trial(journal, trial)
            known[trial.key] = trial
            count += 1
            seconds.append(trial.seconds)
            if not quiet:
                left = sum(seconds) / len(seconds) * (total - count)
                click.echo(f"{count}/{total}  {_line(trial, left)}", err=True)
        yield trial


def _line(trial: Trial, left: float) -> str:
    """A trial's result in a line, with the seconds that the others may take."""
    from gegp.reports.texts import duration

    results = [
        f"{split}: {', '.join(f'{name} {value}' for name, value in _rounded(measures))}"
        for split, measures in trial.splits.items()
    ]
    if trial.failed:
        results.append(f"failed: {trial.failed}")
    times = [duration(trial.seconds), *([f"about {duration(left)} left"] if left else [])]
    return (
        f"scenario {trial.scenario}, repeat {trial.repeat}, {trial.policy}; "
        f"{'; '.join(results)}  ({', '.join(times)})"
    )


def _rounded(measures: Mapping[str, float | None]) -> Iterator[tuple[str, str]]:
    for name, value in measures.items():
        yield name, "-" if value is None else f"{value:.6g}"


def _write(found: Results, format: str, outputs: Sequence[Path], *, as_json: bool) -> None:
    """The results into files, each in the format of its ending, and onto standard output."""
    from gegp.cli.assessment_table import formatted

    text = json.dumps(found.json())
    for file in outputs:
        chosen = ENDINGS.get(file.suffix, format)
        content = f"{text}\n" if chosen == "json" else formatted(found, chosen)
        write_output(file, content)
    if as_json:
        click.echo(text)
    elif not outputs:
        click.echo(formatted(found, format), nl=False)
