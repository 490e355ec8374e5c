"""What decides the future of a run, and what of it has changed since the run was made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from gegp.commands import command_line
from gegp.errors import GegpError, ProblemError, StoreError
from gegp.manifest import FORMAT, Manifest, current_versions
from gegp.problem import Problem
from gegp.search_settings import SearchSettings
from gegp.settings import Settings

Kind = Literal["grammar", "problem", "options", "settings"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FREE = (
    *("generations", "target", "max_seconds", "max_evaluations"),
    *("compiled", "engine", "workers", "scheduler", "timeout", "memory_limit", "worker_tasks"),
)
"""The settings that may be changed by hand: when a run ends, and where it is evaluated."""


def new_manifest(problem: Problem, settings: Settings, seed: int) -> Manifest:
    """What stands in ``settings.toml`` of a new run of a problem with these settings."""
    return Manifest(
        format=FORMAT,
        seed=seed,
        grammar_digest=problem.grammar.digest,
        problem_digest=_context_of(problem),
        made_with=deciding(settings, seed),
        versions=current_versions(),
        settings=settings,
    )


class Change(NamedTuple):
    """Something that makes another run, of the kind that ``gegp resume --accept`` takes."""

    kind: Kind
    text: str


def deciding(settings: Settings, seed: int) -> str:
    """The settings that decide the future of a run, as JSON."""
    search = msgspec.to_builtins(settings.search)
    table = {
        "seed": seed,
        "entry": settings.entry,
        "seeding": settings.seeding,
        "objectives": settings.objectives,
        "options": settings.options,
        "search": {
            name: value for name, value in search.items() if name not in FREE and value is not None
        },
    }
    return msgspec.json.encode(table).decode()


def changes(manifest: Manifest, problem: Problem) -> list[Change]:
    """What makes another run of the one that the manifest was written for; for old runs less."""
    found = []
    if problem.grammar.digest != manifest.grammar_digest:
        text = f"{problem.settings.grammar} is not the grammar that the run was made with"
        found.append(Change("grammar", text))
    made = _made_with(manifest)
    if made:
        found += _changed_settings(made, _table(deciding(manifest.settings, manifest.seed)))
    if manifest.problem_digest and _context(problem, made) != manifest.problem_digest:
        text = f"Python files, data or versions of the problem in {problem.directory} have changed"
        found.append(Change("problem", text))
    return found


def require_same(
    manifest: Manifest, problem: Problem, accept: Collection[str], directory: Path
) -> list[Change]:
    """The changes, if all are accepted; else StoreError lists what differs, and what to do."""
    for kind in accept:
        if kind not in KINDS:
            raise StoreError(f"accept: {kind!r} is unknown; expected one of {', '.join(KINDS)}")
    found = changes(manifest, problem)
    refused = [change for change in found if change.kind not in accept]
    if refused:
        kinds = [kind for kind in KINDS if kind in {change.kind for change in refused}]
        listed = "".join(f"\n  {change.kind}: {change.text}" for change in refused)
        flags = [part for kind in [*accept, *kinds] for part in ("--accept", kind)]
        command = command_line("resume", directory, *flags)
        raise StoreError(
            f"going on would make another run, because these differ:{listed}\n"
            f"undo the changes, or take them over with: {command}"
        )
    return found


def with_changes(manifest: Manifest, problem: Problem) -> Manifest:
    """The manifest of the run from now on."""
    return msgspec.structs.replace(
        manifest,
        grammar_digest=problem.grammar.digest,
        problem_digest=_context_of(problem) if manifest.problem_digest else "",
        made_with=deciding(manifest.settings, manifest.seed) if manifest.made_with else "",
    )


def _made_with(manifest: Manifest) -> dict[str, Any]:
    """The settings that the run was made with; empty for runs of older versions."""
    if not manifest.made_with:
        return {}
    try:
        table = _table(manifest.made_with)
        if not all(isinstance(table[name], dict) for name in ("search", "options")):
            raise ValueError("search and options are no tables")
    except (msgspec.MsgspecError, KeyError, ValueError, RecursionError) as error:
        raise StoreError(f"settings.toml is damaged: made_with: {error}") from None
    return table


def _table(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _changed_settings(made: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in ("seed", "entry", "seeding", "objectives"):
        if made.get(name) != now[name]:
            yield Change("settings", f"{name} = {now[name]!r}, made with {made.get(name)!r}")
    defaults = _table(msgspec.json.encode(msgspec.to_builtins(SearchSettings())).decode())
    kinds: tuple[tuple[str, Kind], ...] = (("search", "settings"), ("options", "options"))
    for table, kind in kinds:
        for name in sorted({*made[table], *now[table]}):
            if table == "search" and (name in FREE or name not in defaults):
                continue
            before = made[table].get(name, defaults.get(name) if table == "search" else None)
            after = now[table].get(name)
            if before != after:
                yield Change(kind, f"{table}.{name} = {after!r}, made with {before!r}")


def _context(problem: Problem, made: Mapping[str, Any]) -> str:
    """The problem's context with the options that the run was made with."""
    settings = problem.settings
    same = {name: made.get(name) for name in ("entry", "objectives", "options")}
    if not made or all(getattr(settings, name) == value for name, value in same.items()):
        return _context_of(problem)
    try:
        before = msgspec.convert(msgspec.to_builtins(settings) | same, Settings)
        return _context_of(Problem(before))
    except (GegpError, msgspec.ValidationError):
        return ""


def _context_of(problem: Problem) -> str:
    try:
        return problem.context
    except GegpError:
        raise
    except Exception as error:
        raise ProblemError(f"{problem.directory}: context(): {error}") from error
