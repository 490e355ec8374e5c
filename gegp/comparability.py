"""What runs have in common, and in what they differ: whether they can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from gegp.errors import InputError
from gegp.runs import Run


def comparable(runs: Mapping[str, Sequence[Run]], accept: Collection[str]) -> dict[Path, str]:
    """The name of each run's problem, by its directory, with the options that tell it apart.

    Unless ``accept`` holds ``"options"``, other options make another problem. Raises InputError
    for several objectives, and unless all groups hold runs of the same problems.
    """
    everything = [run for group in runs.values() for run in group]
    for run in everything:
        _require_one_objective(run)
    labels = _labels(everything, with_options="options" not in accept)
    _require_same_problems(runs, labels)
    _require_same_objectives(everything, labels)
    return labels


def _require_one_objective(run: Run) -> None:
    names = run.problem.objective_names
    if len(names) > 1:
        raise InputError(
            f"{run.directory}: this problem has {len(names)} objectives, {', '.join(names)}; "
            "a comparison is of one value a run"
        )


def _labels(runs: Sequence[Run], *, with_options: bool) -> dict[Path, str]:
    options: list[Mapping[str, Any]] = [run.manifest.settings.options for run in runs]
    names = sorted({name for one in options for name in one}) if with_options else []
    differing = [
        name for name in names if len({repr(one.get(name, "default")) for one in options}) > 1
    ]
    return {
        run.directory: ", ".join(
            [
                run.problem.name,
                *(f"{name} = {one.get(name, 'default')}" for name in differing),
            ]
        )
        for run, one in zip(runs, options, strict=True)
    }


def _require_same_problems(runs: Mapping[str, Sequence[Run]], labels: Mapping[Path, str]) -> None:
    found = {name: {labels[run.directory] for run in group} for name, group in runs.items()}
    (first, expected), *others = found.items()
    for name, problems in others:
        if problems != expected:
            raise InputError(
                f"these are runs of different problems: {first} has {_listed(expected)}; "
                f"{name} has {_listed(problems)}. Compare runs of the same problems; if options "
                "differ that leave the meaning of the fitness as it is, add --accept options"
            )


def _require_same_objectives(runs: Sequence[Run], labels: Mapping[Path, str]) -> None:
    known: dict[str, str] = {}
    for run in runs:
        found = objective(run)
        before = known.setdefault(labels[run.directory], found)
        if before != found:
            raise InputError(
                f"{run.directory}: the objective is {found}, in other runs it is {before}"
            )


def objective(run: Run) -> str:
    """The first objective as it stands in a problem's ``problem.toml``, such as ``min error``."""
    direction = "max" if run.problem.weights[0] > 0 else "min"
    return f"{direction} {run.problem.objective_names[0]}"


def _listed(problems: Collection[str]) -> str:
    return "; ".join(sorted(problems))


def differences(runs: Mapping[str, Sequence[Run]], labels: Mapping[Path, str]) -> Iterator[str]:
    """In what the runs of a problem differ: what is compared, and what was overlooked."""
    problems = sorted(set(labels.values()))
    for problem in problems:
        tables = {
            name: [_deciding(run) for run in group if labels[run.directory] == problem]
            for name, group in runs.items()
        }
        start = f"{problem}: " if len(problems) > 1 else ""
        for key in dict.fromkeys(key for group in tables.values() for one in group for key in one):
            values = {
                name: {repr(one.get(key, "default")) for one in group}
                for name, group in tables.items()
            }
            mixed = ", ".join(name for name, found in values.items() if len(found) > 1)
            if mixed:
                yield f"{start}{key} differs among the runs of {mixed}"
            elif len(set.union(*values.values())) > 1:
                shown = "; ".join(f"{name}: {', '.join(found)}" for name, found in values.items())
                yield f"{start}{key} differs: {shown}"


def _deciding(run: Run) -> dict[str, Any]:
    """What a result depends on: the grammar, options, and settings, those of the budget too."""
    place = ("compiled", "engine", "workers", "scheduler", "memory_limit", "worker_tasks")
    settings = run.manifest.settings
    search = msgspec.to_builtins(settings.search)
    return {
        "grammar": run.manifest.grammar_digest[:8],
        **{f"options.{name}": value for name, value in settings.options.items()},
        **{f"search.{name}": value for name, value in search.items() if name not in place},
    }


def doubts(runs: Mapping[str, Sequence[Run]], labels: Mapping[Path, str]) -> Iterator[str]:
    """What a reader should know before trusting a comparison of these runs."""
    for name, group in runs.items():
        left_out = sum(run.state is None for run in group)
        if left_out:
            yield (
                f"{name}: runs left out that have not finished their first generation: {left_out}"
            )
        begun = [run for run in group if run.state is not None]
        unfinished = sum(not run.ended for run in begun)
        if unfinished:
            yield f"{name}: runs that have not ended, taken as they are: {unfinished}"
        seeds = Counter((labels[run.directory], run.manifest.seed) for run in begun)
        twice = sorted({seed for (_, seed), count in seeds.items() if count > 1})
        if twice:
            yield (
                f"{name}: several runs with seed {', '.join(map(str, twice))}; "
                "a run that repeats another one is no evidence of its own"
            )
    yield from _changed_problems([run for group in runs.values() for run in group], labels)


def _changed_problems(runs: Sequence[Run], labels: Mapping[Path, str]) -> Iterator[str]:
    digests: dict[tuple[str, str], set[str]] = {}
    for run in runs:
        options = repr(sorted(run.manifest.settings.options.items()))
        known = digests.setdefault((labels[run.directory], options), set())
        known.update({run.manifest.problem_digest} - {""})
    for label in sorted({label for (label, _), known in digests.items() if len(known) > 1}):
        yield f"the files or the data of the problem {label} have changed between these runs"
