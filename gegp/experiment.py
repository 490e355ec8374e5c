"""Experiments: several runs, with several seeds and over a grid of settings, as one plan.

A plan is a file, ``experiment.toml``, and stands beside the runs that are made of it, so
that they can be gone on with as a whole.
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from gegp.checking import unknown_key, value_message
from gegp.durable import write_durably
from gegp.errors import InputError, SettingsError
from gegp.manifest import SETTINGS
from gegp.problem import Problem, load_problem
from gegp.search_settings import Count, Natural
from gegp.settings import parse_assignments

PLAN = "experiment.toml"

_LOADED = ("problem", "profile", "grammar", "dialect")
"""Keys of a plan that a grid may vary beside settings."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan: ``runs`` runs, with seeds from ``seed`` on, of each combination of the grid.

    ``settings`` and ``grid`` hold tables ``search`` and ``options``; in the grid, each value is
    a list of values, and ``problem``, ``profile``, ``grammar`` and ``dialect`` may stand beside
    them. Paths are absolute once a plan was read.
    """

    problem: str = ""
    runs: Count = 10
    seed: Natural = 1
    profile: str = ""
    grammar: str = ""
    dialect: str = ""
    seed_phenotypes: str = ""
    cache: str = ""
    settings: dict[str, Any] = {}
    grid: dict[str, Any] = {}


@dataclass(frozen=True)
class PlannedRun:
    """A run of a plan: its group, empty where there is only one, and what ``gegp run`` is told."""

    group: str
    seed: int
    directory: Path
    problem: str
    profile: str
    grammar: str
    dialect: str
    assignments: Sequence[str]
    further: Sequence[str] = ()

    @property
    def arguments(self) -> list[str]:
        """The arguments of the command that makes this run."""
        named = {"--profile": self.profile, "--grammar": self.grammar, "--dialect": self.dialect}
        options = [text for pair in named.items() if pair[1] for text in pair]
        settings = [text for one in self.assignments for text in ("--set", one)]
        place = ["--seed", str(self.seed), "--out", str(self.directory)]
        return ["run", self.problem, *options, *settings, *self.further, *place]


def read_experiment(path: Path) -> Experiment:
    """The plan in a file. Raises SettingsError where it is none, and says in which key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    for key in table:
        if key not in Experiment.__struct_fields__:
            raise unknown_key(key, Experiment.__struct_fields__, "key", str(path))
    try:
        experiment = msgspec.convert(table, Experiment)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {value_message('experiment', table, error)}") from None
    _check_grid(experiment, path)
    return _with_paths(experiment, path.parent)


def write_experiment(directory: Path, experiment: Experiment) -> None:
    """Write a plan beside its runs; an empty value is left out."""
    table = {name: value for name, value in msgspec.structs.asdict(experiment).items() if value}
    table["seed"] = experiment.seed  # 0 is no empty value
    directory.mkdir(parents=True, exist_ok=True)
    write_durably(directory / PLAN, tomli_w.dumps(table).encode())


def begin_experiment(directory: Path, experiment: Experiment) -> None:
    """Make the directory of an experiment, or take up the one that is there for the same plan.

    More or fewer runs of the same are the same plan. Raises InputError for another one, and
    for a directory with runs that no plan has made.
    """
    path = directory / PLAN
    if path.exists():
        there = read_experiment(path)
        names = [one for one in Experiment.__struct_fields__ if one != "runs"]
        other = [name for name in names if getattr(there, name) != getattr(experiment, name)]
        if other:
            raise InputError(
                f"{directory} holds an experiment of another plan ({', '.join(other)} differ); "
                "name another directory with --out"
            )
    elif directory.exists() and any(directory.rglob(SETTINGS)):
        raise InputError(f"{directory} holds runs already; name another directory with --out")
    write_experiment(directory, experiment)


def planned_runs(experiment: Experiment, directory: Path) -> list[PlannedRun]:
    """All runs of a plan, seed by seed, so that what is unfinished can be compared already."""
    named = [("--seed-phenotypes", experiment.seed_phenotypes), ("--cache", experiment.cache)]
    further = [text for pair in named if pair[1] for text in pair]
    runs = []
    for seed in range(experiment.seed, experiment.seed + experiment.runs):
        for group, chosen, assignments in _combinations(experiment):
            place = directory / group if group else directory
            loaded = {name: chosen.get(name, getattr(experiment, name)) for name in _LOADED}
            runs.append(
                PlannedRun(
                    group=group,
                    seed=seed,
                    directory=place / f"seed{seed}",
                    assignments=assignments,
                    further=further,
                    **loaded,
                )
            )
    return runs


def given_settings(assignments: Sequence[str]) -> dict[str, Any]:
    """Texts ``KEY=VALUE`` as the settings of a plan. Raises SettingsError for an unknown key."""
    search, options = parse_assignments(assignments)
    return {"search": search, "options": options}


def check_runs(runs: Sequence[PlannedRun]) -> None:
    """Load the problem of each group once, so that what is wrong shows before any run begins."""
    for run in {run.group: run for run in runs}.values():
        load_planned(run).reading  # noqa: B018 (it is read, and its errors are raised)


def load_planned(run: PlannedRun, assignments: Sequence[str] = ()) -> Problem:
    """The problem of a planned run, with further settings."""
    return load_problem(
        run.problem,
        profile=run.profile,
        grammar=run.grammar or None,
        dialect=run.dialect,
        assignments=[*run.assignments, *assignments],
    )


def _combinations(experiment: Experiment) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """For each combination of the grid its name, what is loaded, and the settings."""
    axes = list(_flat(experiment.grid))
    fixed = [_assignment(name, value) for name, value in _flat(experiment.settings)]
    for values in itertools.product(*(values for _, values in axes)):
        chosen = dict(zip((name for name, _ in axes), values, strict=True))
        loaded = {name: value for name, value in chosen.items() if name in _LOADED}
        varied = [_assignment(name, value) for name, value in chosen.items() if name not in _LOADED]
        yield ",".join(_label(*item) for item in chosen.items()), loaded, [*fixed, *varied]


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings of nested tables by their full names."""
    for name, value in table.items():
        if name in ("search", "options") and isinstance(value, dict):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            yield name, value


def _assignment(name: str, value: Any) -> str:
    return f"{name}={_inline(value)}"


def _inline(value: Any) -> str:
    """A value as TOML in one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(name)} = {_inline(one)}" for name, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _label(name: str, value: Any) -> str:
    """A value of the grid as part of a directory's name."""
    text = Path(value).stem if name in ("grammar", "problem") else _inline(value)
    clean = re.sub(r"[^-+.\w]+", "_", text).strip("_")
    return f"{name.rpartition('.')[2]}={clean}"


def _check_grid(experiment: Experiment, path: Path) -> None:
    for table in ("settings", "grid"):
        for name, value in _flat(getattr(experiment, table)):
            known = _LOADED if table == "grid" else ()
            if "." not in name and name not in known:
                expected = ("search", "options", *known)
                raise unknown_key(name, expected, "table", f"{path}: {table}")
            if table == "grid" and not (isinstance(value, list) and value):
                raise SettingsError(
                    f"{path}: grid.{name} = {value!r}: expected a list of the values to try"
                )
    names = [name for name, _, _ in _combinations(experiment)]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise SettingsError(f"{path}: two combinations of the grid would be called {double!r}")
    if not experiment.problem and "problem" not in experiment.grid:
        raise SettingsError(f"{path}: expected problem = the directory or the name of a problem")


def _with_paths(experiment: Experiment, base: Path) -> Experiment:
    """The plan with absolute paths; a problem may be a name too."""

    def path(text: str) -> str:
        return str((base / text).resolve()) if text else ""

    def problem(text: str) -> str:
        return path(text) if (base / text / "problem.toml").is_file() else text

    grid = dict(experiment.grid)
    for name, change in (("problem", problem), ("grammar", path)):
        if name in grid:
            grid[name] = [change(text) for text in grid[name]]
    return msgspec.structs.replace(
        experiment,
        problem=problem(experiment.problem) if experiment.problem else "",
        grammar=path(experiment.grammar),
        seed_phenotypes=path(experiment.seed_phenotypes),
        cache=path(experiment.cache),
        grid=grid,
    )
