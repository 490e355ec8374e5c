"""Runs: a problem, a seed and a directory in; a finished run directory out."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from gegp.cache import Cache
from gegp.engines.base import Engine
from gegp.engines.choice import make_engine, worker_count
from gegp.errors import InputError, RunFailed
from gegp.evaluation import Evaluator, Job
from gegp.outcome import Outcome
from gegp.problem import Problem, load_problem
from gegp.racing import Race, require_racing
from gegp.runs import Run, settings_here
from gegp.search import State, evolve
from gegp.search_settings import SearchSettings
from gegp.seeding import founders
from gegp.statistics import Row, describe_state
from gegp.store import Store, read_rows
from gegp.toolbox import build_toolbox


class Observer:
    """Is told what happens in a run. This one does nothing: override what you want to see."""

    def begun(self, store: Store, problem: Problem, workers: int) -> None:
        """The run directory is there, and evaluation is about to begin."""

    def evaluating(self, generation: int, count: int) -> None:
        """So many candidates of a generation are about to be evaluated."""

    def evaluated(self, phenotype: str, outcome: Outcome) -> None:
        """A candidate was evaluated."""

    def generation(self, state: State, row: Row, improved: bool) -> None:
        """A generation is finished and saved; ``improved`` if it found a new best."""

    def ended(self, run: Run, reason: str) -> None:
        """The run is finished, and why."""


def run(
    problem: Problem | str | Path,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    observer: Observer | None = None,
    cache: str | Path | None = None,
) -> Run:
    """Evolve a problem's best program, and return the finished run.

    Without a seed one is drawn; the run directory records it. ``out`` is the run
    directory, by default a new one under ``runs/PROBLEM/``. ``cache`` is a directory of
    outcomes that runs share: what one has evaluated no other evaluates again.
    """
    if not isinstance(problem, Problem):
        problem = load_problem(problem)
    if seed is None:
        seed = int.from_bytes(os.urandom(3), "big")
    _check(problem)
    shared = _open_cache(cache, problem)
    directory = Path(out) if out else _new_directory(problem.name, seed)
    # Whatever is wrong with the settings shall show before a directory is made.
    founders(problem, build_toolbox(problem, seed=seed))
    settings = msgspec.structs.replace(
        problem.settings, grammar=str((directory / "grammar.bnf").resolve()), dialect="gegp"
    )
    store = Store.create(directory, settings, problem.grammar, seed)
    return _go_on(store, problem, observer or Observer(), shared)


def resume(
    directory: str | Path,
    *,
    observer: Observer | None = None,
    cache: str | Path | None = None,
) -> Run:
    """Go on with an interrupted run; the result is the one of an uninterrupted run, to the bit.

    ``cache`` is a directory of outcomes that runs share, as for :func:`run`.
    """
    store = Store.open(Path(directory))
    try:
        settings = settings_here(store.manifest.settings, store.directory)
        if settings.problem != store.manifest.settings.problem:
            store.log("moved", problem=store.manifest.settings.problem, found=settings.problem)
        problem = Problem(settings)
        _check(problem)
        shared = _open_cache(cache, problem)
    except BaseException:
        store.close()
        raise
    return _go_on(store, problem, observer or Observer(), shared)


def _check(problem: Problem) -> None:
    """Raise what keeps a run of the problem from being made."""
    check = problem.hook("check")
    if check:
        check()
    if problem.settings.search.race_cap is not None:
        require_racing(problem)


def _open_cache(directory: str | Path | None, problem: Problem) -> Cache | None:
    return None if directory is None else Cache(Path(directory), problem.context)


def _new_directory(name: str, seed: int) -> Path:
    """``runs/NAME/TIME-seedN``; a second start in the same second gets a suffix."""
    stem = Path("runs") / name / f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-seed{seed}"
    path, number = stem, 2
    while path.exists():
        path, number = stem.with_name(f"{stem.name}-{number}"), number + 1
    return path


def _go_on(store: Store, problem: Problem, observer: Observer, cache: Cache | None) -> Run:
    """Take the run from its last saved state to its end."""
    result = Run(store.directory)
    try:
        toolbox = build_toolbox(problem, seed=store.manifest.seed)
        state = store.load(toolbox)
        reason = _stop_reason(problem, state, len(_taken_until(store, state)), _seconds(store))
        if not reason:
            workers = worker_count(problem)
            store.log("begun", workers=workers, generation=state.generation if state else None)
            observer.begun(store, problem, workers)
            scratch = store.directory / "scratch"
            log = store.directory / "workers.log"
            engine = make_engine(_with_scratch(problem, scratch), workers, log)
            try:
                reason = _search(store, problem, toolbox, engine, state, observer, cache)
            finally:
                engine.close()
            shutil.rmtree(scratch, ignore_errors=True)
        store.log("ended", reason=reason)
    finally:
        store.close()
    observer.ended(result, reason)
    return result


def _search(
    store: Store,
    problem: Problem,
    toolbox: Any,
    engine: Engine,
    state: State | None,
    observer: Observer,
    cache: Cache | None,
) -> str:
    """Evolve and save until a budget is spent; returns which."""
    seed, settings = store.manifest.seed, problem.settings.search
    evaluator = Evaluator(
        problem,
        engine,
        _Recorder(store, observer),
        seed=seed if settings.evaluation_seed is None else settings.evaluation_seed,
        known={(done.key, done.repeat): done.outcome for done in store.known},
        taken=_taken_until(store, state),
        cache=cache,
    )
    cap, level = settings.race_cap, settings.race_level
    race = None if cap is None else Race(evaluator, cap=cap, level=level)
    seconds = _seconds(store)
    clock = time.perf_counter()
    counted = (0, 0)
    first = founders(problem, toolbox) if state is None else ()
    for new in evolve(
        toolbox, settings, evaluator, seed=seed, state=state, founders=first, race=race
    ):
        asked, evaluated = evaluator.asked - counted[0], evaluator.evaluated - counted[1]
        counted = (evaluator.asked, evaluator.evaluated)
        now = time.perf_counter()
        row = describe_state(
            new, evaluated=evaluated, from_cache=asked - evaluated, seconds=now - clock
        )
        seconds, clock = seconds + now - clock, now
        if new.best is None and new.generation == 0:
            _refuse_common_failure([evaluator.result(key) for key in evaluator.taken])
        store.save(new, row)
        improved = new.best is not None and new.found == new.generation
        observer.generation(new, row, improved)
        reason = _stop_reason(problem, new, len(evaluator.taken), seconds)
        if reason:
            return reason
    raise AssertionError("evolve() does not end by itself")


class _Recorder:
    """Writes evaluations into the journal and tells the observer."""

    def __init__(self, store: Store, observer: Observer) -> None:
        self.store = store
        self.observer = observer

    def started(self, generation: int, keys: Sequence[str]) -> None:
        self.store.journal.started(generation, keys)
        self.observer.evaluating(generation, len(keys))

    def done(self, generation: int, job: Job, outcome: Outcome, *, cached: bool) -> None:
        self.store.journal.done(
            generation, job.key, job.phenotype, outcome, repeat=job.repeat, cached=cached
        )
        if not cached:
            self.observer.evaluated(job.phenotype, outcome)

    def flush(self) -> None:
        self.store.journal.flush()


def _stop_reason(problem: Problem, state: State | None, evaluations: int, seconds: float) -> str:
    """Which budget is spent; empty if the run goes on."""
    settings: SearchSettings = problem.settings.search
    if state is None:
        return ""
    if state.generation + 1 >= settings.generations:
        return f"all {settings.generations} generations done"
    if state.best is not None and settings.target is not None:
        weight = problem.weights[0]
        if state.best.fitness.values[0] * weight >= settings.target * weight:
            return f"target {settings.target:g} reached"
    if settings.max_evaluations is not None and evaluations >= settings.max_evaluations:
        return f"budget of {settings.max_evaluations} evaluations spent"
    if settings.max_seconds is not None and seconds >= settings.max_seconds:
        return f"budget of {settings.max_seconds:g} seconds spent"
    return ""


def _refuse_common_failure(outcomes: Sequence[Outcome]) -> None:
    """End the run if one and the same failure, or what the user gave, is all that there is."""
    if not outcomes:
        raise RunFailed(
            "no genotype of the first generation maps to a whole program; make "
            "search.genome_length or search.max_depth larger, or search.invalid = 'complete'"
        )
    if all(outcome.setup for outcome in outcomes):
        raise InputError(f"no candidate can be evaluated: {outcomes[0].detail}")
    if len({(outcome.status, outcome.detail) for outcome in outcomes}) == 1:
        raise RunFailed(
            f"every candidate of the first generation failed for the same reason: "
            f"{outcomes[0].status}: {outcomes[0].detail}"
        )


def _taken_until(store: Store, state: State | None) -> dict[str, int]:
    """How many evaluations of each candidate were asked for up to a state, without a gap."""
    last = state.generation if state else -1
    taken: dict[str, int] = {}
    for done in store.known:
        if done.generation <= last and done.repeat == taken.get(done.key, 0) + 1:
            taken[done.key] = done.repeat
    return taken


def _seconds(store: Store) -> float:
    return sum(row.seconds for row in read_rows(store.directory))


def _with_scratch(problem: Problem, scratch: Path) -> Problem:
    """The problem with a directory for what its evaluations keep until the run ends."""
    settings = msgspec.structs.replace(problem.settings, scratch=str(scratch.resolve()))
    return Problem(settings)
