"""Settings: a problem's ``problem.toml``, a profile, and what was set on the command line, checked.

The layers are applied in this order; every unknown key and every impossible value
is reported with the place where it stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from gegp.errors import ProblemError, SettingsError
from gegp.grammar.messages import nearest

Rate = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Positive = Annotated[float, msgspec.Meta(gt=0.0)]


class SearchSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The ``[search]`` table.

    Depths count non-terminals on the longest path, the start symbol included.
    ``generations`` counts evaluated populations, the first included. The budgets
    ``target``, ``max_seconds`` and ``max_evaluations`` are looked at after every
    generation. ``timeout`` is in seconds a candidate. ``seed_phenotypes`` are programs
    that the first generation begins with; None stands for the problem's own.

    A candidate is evaluated ``repeats`` times, with different seeds; its fitness is the
    mean of each objective, made worse by ``spread_penalty`` sample standard deviations.
    With ``race_cap`` the population races in each generation: those that may be the best,
    by tests at the significance ``race_level``, are evaluated up to so many times.
    """

    representation: str = "dsge"
    population: Count = 100
    generations: Count = 50
    elitism: Annotated[int, msgspec.Meta(ge=0)] = 1
    selection: Literal["tournament"] = "tournament"
    tournament_size: Count = 3
    crossover: str | None = None
    crossover_rate: Rate = 0.9
    mutation: str | None = None
    mutation_rate: Rate | Literal["1/used"] | dict[str, Rate] = 0.05
    init_depth: Count = 6
    max_depth: Count = 17
    spare_codons: Annotated[int, msgspec.Meta(ge=0)] = 10
    engine: Literal["serial", "processes"] | None = None
    workers: Count | None = None
    timeout: Positive | None = None
    target: float | None = None
    max_seconds: Positive | None = None
    max_evaluations: Count | None = None
    evaluation_seed: int | None = None
    repeats: Count = 1
    spread_penalty: Annotated[float, msgspec.Meta(ge=0.0, le=1e6)] = 0.0
    race_cap: Count | None = None
    race_level: Rate = 0.05
    seed_phenotypes: list[str] | None = None

    def __post_init__(self) -> None:
        if self.elitism >= self.population:
            raise SettingsError(
                f"search.elitism = {self.elitism} leaves nothing to vary in a population of "
                f"{self.population}; make it smaller than search.population"
            )
        if self.spread_penalty and self.repeats < 2:
            raise SettingsError(
                f"search.spread_penalty = {self.spread_penalty:g} needs search.repeats of 2 or "
                "more: one evaluation has no spread"
            )
        least = max(2, self.repeats)
        if self.race_cap is not None and self.race_cap < least:
            raise SettingsError(
                f"search.race_cap = {self.race_cap}: expected at least {least}, so that there is "
                f"something to race for with search.repeats = {self.repeats}"
            )


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named overlay: ``[profiles.NAME.options]``, ``[profiles.NAME.search]``, another grammar."""

    description: str = ""
    grammar: str = ""
    dialect: str = ""
    options: dict[str, Any] = {}
    search: dict[str, Any] = {}


class ProblemFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``problem.toml`` as it stands."""

    grammar: str
    objectives: Annotated[list[str], msgspec.Meta(min_length=1)]
    dialect: str = ""
    description: str = ""
    entry: str = ""
    seeding: Literal["candidate", "common"] = "candidate"
    isolate: bool = False
    options: dict[str, Any] = {}
    search: dict[str, Any] = {}
    profiles: dict[str, Profile] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that determines a run, but its seed. Paths are absolute.

    An empty ``dialect`` leaves it to the grammar file to show its own. ``scratch`` is a
    directory that evaluations may fill while a run goes on; empty for none.
    """

    problem: str
    profile: str
    grammar: str
    entry: str
    seeding: Literal["candidate", "common"]
    isolate: bool
    objectives: list[str]
    options: dict[str, Any]
    search: SearchSettings
    dialect: str = ""
    scratch: str = ""


def read_problem_file(directory: Path) -> ProblemFile:
    """The checked contents of a directory's ``problem.toml``."""
    path = directory / "problem.toml"
    table = _read_toml(path)
    _refuse_unknown(table, msgspec.structs.fields(ProblemFile), path, "", "key")
    try:
        return msgspec.convert(table, ProblemFile)
    except msgspec.ValidationError as error:
        raise ProblemError(f"{path}: {error}") from None


def resolve_settings(
    directory: Path,
    *,
    profile: str = "",
    grammar: str | Path | None = None,
    dialect: str = "",
    assignments: Sequence[str] = (),
) -> Settings:
    """The settings of a problem with a profile and ``KEY=VALUE`` assignments applied.

    Raises SettingsError for an unknown profile, key or value. Options are only
    collected here: the problem's entry knows which there are.
    """
    file = read_problem_file(directory)
    path = directory / "problem.toml"
    chosen = _profile(file, profile, path) if profile else Profile()
    for name, overlay in ("search", file.search), (f"profiles.{profile}.search", chosen.search):
        _refuse_unknown(overlay, msgspec.structs.fields(SearchSettings), path, name, "setting")
    search = file.search | chosen.search
    options = file.options | chosen.options
    for assignment in assignments:
        table, key, value = _parse_assignment(assignment)
        (search if table == "search" else options)[key] = value
    own_dialect = chosen.dialect if chosen.grammar else chosen.dialect or file.dialect
    return Settings(
        problem=str(directory.resolve()),
        profile=profile,
        grammar=str(grammar or (directory / (chosen.grammar or file.grammar)).resolve()),
        entry=file.entry,
        seeding=file.seeding,
        isolate=file.isolate,
        objectives=file.objectives,
        options=options,
        search=convert_search(search),
        dialect=dialect or ("" if grammar else own_dialect),
    )


def reassign(settings: Settings, assignments: Sequence[str]) -> Settings:
    """Settings with ``KEY=VALUE`` assignments applied; raises SettingsError as above."""
    search, options = msgspec.structs.asdict(settings.search), dict(settings.options)
    for assignment in assignments:
        table, key, value = _parse_assignment(assignment)
        (search if table == "search" else options)[key] = value
    return msgspec.structs.replace(settings, search=convert_search(search), options=options)


def convert_search(table: Mapping[str, Any]) -> SearchSettings:
    """The checked ``[search]`` table; SettingsError names key, expected type and value found."""
    try:
        return msgspec.convert(table, SearchSettings)
    except msgspec.ValidationError as error:
        raise SettingsError(value_message("search", table, error)) from None


def value_message(name: str, table: Mapping[str, Any], error: msgspec.ValidationError) -> str:
    """What msgspec found wrong in a table, with the full name of the key and its value."""
    text = str(error)
    found = re.fullmatch(r"(.*) - at `\$\.([\w-]+).*`", text)
    if not found:
        return f"{name}: {text}"
    expectation, key = found.groups()
    expectation = expectation.replace("`", "")
    return f"{name}.{key} = {table.get(key)!r}: {expectation[:1].lower()}{expectation[1:]}"


def unknown_key(key: str, known: Iterable[str], kind: str, place: str) -> SettingsError:
    """The error for a key that does not exist, with the nearest one that does."""
    names = sorted(known)
    near = nearest(key, names)
    hint = f"did you mean {near!r}?" if near else f"expected one of: {', '.join(names) or 'none'}"
    return SettingsError(f"{place}: unknown {kind} {key!r}; {hint}")


def _profile(file: ProblemFile, name: str, path: Path) -> Profile:
    if name not in file.profiles:
        raise unknown_key(name, file.profiles, "profile", str(path))
    return file.profiles[name]


def _parse_assignment(text: str) -> tuple[str, str, Any]:
    name, equals, value = text.partition("=")
    table, dot, key = name.strip().partition(".")
    place = f"--set {text}"
    if not equals or not dot or table not in ("search", "options"):
        raise SettingsError(f"{place}: expected search.NAME=VALUE or options.NAME=VALUE")
    if table == "search":
        known = SearchSettings.__struct_fields__
        if key not in known:
            raise unknown_key(key, known, "setting", place)
    try:
        return table, key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return table, key, value.strip()


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProblemError(f"{path}: there is no such file; a problem needs one") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProblemError(f"{path}: {error}") from None


def _refuse_unknown(
    table: Mapping[str, Any],
    fields: Sequence[msgspec.structs.FieldInfo],
    path: Path,
    name: str,
    kind: str,
) -> None:
    known = [field.name for field in fields]
    for key in table:
        if key not in known:
            raise unknown_key(key, known, kind, f"{path}{_line_of(path, name, key)}")


def _line_of(path: Path, table: str, key: str) -> str:
    """``:LINE`` where a key of a table stands in a TOML file; empty if it is written unusually."""
    current = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            current = header[1].replace('"', "").replace(" ", "")
        if current == table and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return f":{number}"
        if header and current == (f"{table}.{key}" if table else key):
            return f":{number}"
    return ""
