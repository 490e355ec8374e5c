"""Settings: a problem's ``problem.toml``, a profile, and what was set on the command line, checked.

The layers are applied in this order; every unknown key and every impossible value
is reported with the place where it stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from gegp.checking import unknown_key
from gegp.errors import ProblemError, SettingsError
from gegp.search_settings import SearchSettings, convert_search, with_preset


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
    assigned, assigned_options = parse_assignments(assignments)
    # A preset stands for settings of the layer that names it: later layers override them.
    search = with_preset(file.search) | with_preset(chosen.search) | with_preset(assigned)
    options = file.options | chosen.options | assigned_options
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
    assigned, options = parse_assignments(assignments)
    search = msgspec.structs.asdict(settings.search) | with_preset(assigned)
    return msgspec.structs.replace(
        settings, search=convert_search(search), options=settings.options | options
    )


def _profile(file: ProblemFile, name: str, path: Path) -> Profile:
    if name not in file.profiles:
        raise unknown_key(name, file.profiles, "profile", str(path))
    return file.profiles[name]


def parse_assignments(texts: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ``search`` and the ``options`` that assignments set; the last one of a key holds."""
    tables: dict[str, dict[str, Any]] = {"search": {}, "options": {}}
    for text in texts:
        table, key, value = _parse_assignment(text)
        tables[table][key] = value
    return tables["search"], tables["options"]


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
