"""Runs: a problem, a seed and a directory in; a finished run directory out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from gegp.cache import Cache
from gegp.commands import command_line
from gegp.deciding import Kind, new_manifest, require_same, with_changes
from gegp.durable import WriteFailed
from gegp.engines.choice import require_engine
from gegp.errors import InputError, StoreError
from gegp.evolution import go_on
from gegp.manifest import current_versions
from gegp.observer import Callbacks
from gegp.observer import Observer as Observer
from gegp.problem import Problem, load_problem
from gegp.racing import require_racing
from gegp.runs import Run, settings_here
from gegp.search import State
from gegp.seeding import founders
from gegp.store import Store, read_log
from gegp.toolbox import build_toolbox


def run(
    problem: Problem | str | Path,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    observer: Observer | None = None,
    on_generation: Callable[[State], object] | None = None,
    on_improvement: Callable[[State], object] | None = None,
    cache: str | Path | None = None,
) -> Run:
    """Evolve a problem's best program, and return the finished run.

    Without a seed one is drawn; the run directory records it. ``out`` is the run
    directory, by default a new one under ``runs/PROBLEM/``. ``cache`` is a directory of
    outcomes that runs share: what one has evaluated no other evaluates again.

    ``on_generation`` is called with each state, ``on_improvement`` with those that have found a
    new best; an ``observer`` in their place is told of everything.
    """
    observer = observer or Callbacks(on_generation, on_improvement)
    if not isinstance(problem, Problem):
        problem = load_problem(problem)
    if seed is None:
        seed = int.from_bytes(os.urandom(3), "big")
    if out is not None and not str(out):
        raise InputError("out: expected the name of a directory, found an empty text")
    _check(problem)
    shared = _open_cache(cache, problem)
    directory = new_directory(problem.name, f"seed{seed}") if out is None else Path(out)
    # Whatever is wrong with the settings shall show before a directory is made.
    founders(problem, build_toolbox(problem, seed=seed))
    settings = msgspec.structs.replace(
        problem.settings, grammar=str(directory.absolute() / "grammar.bnf"), dialect="gegp"
    )
    try:
        store = Store.create(directory, new_manifest(problem, settings, seed), problem.grammar)
    except WriteFailed as error:
        raise StoreError(f"{error}; nothing was begun: mend that and start again") from error
    return _go_on(store, problem, observer, shared)


def resume(
    directory: str | Path,
    *,
    observer: Observer | None = None,
    on_generation: Callable[[State], object] | None = None,
    on_improvement: Callable[[State], object] | None = None,
    cache: str | Path | None = None,
    accept: Collection[Kind] = (),
) -> Run:
    """Go on with an interrupted run; the result is the one of an uninterrupted run, to the bit.

    ``cache`` is a directory of outcomes that runs share, as for :func:`run`. StoreError
    lists what has changed since the run was made and would make another one of it, unless
    its kind is among ``accept``: ``"grammar"``, ``"problem"``, ``"options"``, ``"settings"``.
    """
    observer = observer or Callbacks(on_generation, on_improvement)
    store = Store.open(Path(directory))
    try:
        settings = settings_here(store.manifest.settings, store.directory)
        if settings.problem != store.manifest.settings.problem:
            store.log("moved", problem=store.manifest.settings.problem, found=settings.problem)
        problem = Problem(settings)
        _check(problem)
        _take_over(store, problem, accept)
        _compare_versions(store)
        shared = _open_cache(cache, problem)
    except BaseException:
        store.close()
        raise
    return _go_on(store, problem, observer, shared)


def _check(problem: Problem) -> None:
    """Raise what keeps a run of the problem from being made."""
    check = problem.hook("check")
    if check:
        check()
    if problem.settings.search.race_cap is not None:
        require_racing(problem)
    require_engine(problem)


def _open_cache(directory: str | Path | None, problem: Problem) -> Cache | None:
    return None if directory is None else Cache(Path(directory), problem.context)


def new_directory(name: str, label: str) -> Path:
    """``runs/NAME/TIME-LABEL``; a second start in the same second gets a suffix."""
    stem = Path("runs") / name / f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{label}"
    path, number = stem, 2
    while path.exists():
        path, number = stem.with_name(f"{stem.name}-{number}"), number + 1
    return path


def _take_over(store: Store, problem: Problem, accept: Collection[Kind]) -> None:
    """Refuse what makes another run, or write down what was accepted."""
    taken = require_same(store.manifest, problem, accept, store.directory)
    if taken:
        for change in taken:
            store.log("accepted", kind=change.kind, text=change.text)
        store.take_over(with_changes(store.manifest, problem))


def _compare_versions(store: Store) -> None:
    """Note other versions of packages than those that the run was made with, once."""
    now = current_versions()
    told = [event.get("versions") for event in read_log(store.directory)]
    if now in (store.manifest.versions, *told):
        return
    made = store.manifest.versions
    other = [name for name in sorted({*now, *made}) if made.get(name) != now.get(name)]
    store.log("versions", versions=now)
    listed = ", ".join(f"{name} {made.get(name, '-')}, now {now.get(name, '-')}" for name in other)
    store.notes.append(
        f"the run was made with other versions ({listed}): what follows may differ "
        "from what would have followed there"
    )


def _go_on(store: Store, problem: Problem, observer: Observer, cache: Cache | None) -> Run:
    """Take the run from its last saved state to its end, and say how to go on if it cannot."""
    result = Run(store.directory)
    try:
        try:
            toolbox = build_toolbox(problem, seed=store.manifest.seed)
            state = store.load(toolbox)
            for note in store.notes:
                store.log("warning", text=note)
                observer.warned(note)
            reason = go_on(store, problem, toolbox, state, observer, cache)
            store.log("ended", reason=reason)
        finally:
            store.close()
    except WriteFailed as error:
        command = command_line("resume", store.directory)
        raise StoreError(f"{error}; mend that, then go on with: {command}") from error
    observer.ended(result, reason)
    return result
