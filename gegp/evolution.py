"""A run between the directory that it is saved in and the engine that evaluates its candidates."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence

import msgspec
from deap import base

from gegp.batch.choice import in_batches, in_programs
from gegp.budgets import refuse_common_failure, stop_reason, taken_until
from gegp.cache import Cache
from gegp.engines.choice import make_engine, worker_count
from gegp.engines.isolation import isolated
from gegp.evaluation import Evaluator, Job
from gegp.history import read_rows
from gegp.observer import Observer
from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.racing import Race
from gegp.search import State, evolve, start
from gegp.seeding import founders
from gegp.signals import held
from gegp.statistics import describe_state
from gegp.store import Store
from gegp.vetting import fits


def go_on(
    store: Store,
    problem: Problem,
    toolbox: base.Toolbox,
    state: State | None,
    observer: Observer,
    cache: Cache | None,
) -> str:
    """Evolve from a state until a budget is spent; returns which."""
    objectives = len(problem.weights)
    known = [done for done in store.known if fits(done.outcome, objectives)]
    if len(known) < len(store.known):
        text = "evaluations with values that the problem cannot have returned are left out"
        observer.warned(f"{store.directory}: {text}")
        store.log("warning", text=text)
    taken = taken_until(known, store.begun, state)
    seconds = sum(row.seconds for row in read_rows(store.directory))
    reason = stop_reason(problem, state, len(taken), seconds)
    if reason:
        return reason
    workers = worker_count(problem)
    store.log("begun", workers=workers, generation=state.generation if state else None)
    observer.begun(store, problem, workers)
    scratch = store.directory / "scratch"
    settings = msgspec.structs.replace(problem.settings, scratch=str(scratch.resolve()))
    evaluated, log = Problem(settings), store.directory / "workers.log"
    engine = make_engine(evaluated, workers, log)
    engine = isolated(engine, evaluated, store.unfinished, log, workers=workers)
    batches = in_batches(problem, toolbox.representation)
    if batches or in_programs(problem):
        from gegp.batch.engine import with_programs

        engine = with_programs(engine, evaluated, toolbox.representation.grammar)
    try:
        evaluator = Evaluator(
            problem,
            engine,
            _Recorder(store, observer),
            seed=_evaluation_seed(store, problem),
            known={(done.key, done.repeat): done.outcome for done in known},
            taken=taken,
            cache=cache,
        )
        reason = _search(store, evaluator, toolbox, state, observer, seconds, batches=batches)
    finally:
        engine.close()
    shutil.rmtree(scratch, ignore_errors=True)
    return reason


def _search(
    store: Store,
    evaluator: Evaluator,
    toolbox: base.Toolbox,
    state: State | None,
    observer: Observer,
    seconds: float,
    *,
    batches: bool,
) -> str:
    """Evolve and save until a budget is spent; returns which. ``seconds`` were taken before."""
    problem = evaluator.problem
    clock = time.perf_counter()
    counted = (0, 0)
    states = _states_of_batches if batches else _states
    for new in states(toolbox, evaluator, store.manifest.seed, state):
        asked, evaluated = evaluator.asked - counted[0], evaluator.evaluated - counted[1]
        counted = (evaluator.asked, evaluator.evaluated)
        now = time.perf_counter()
        row = describe_state(
            new, evaluated=evaluated, from_cache=asked - evaluated, seconds=now - clock
        )
        seconds, clock = seconds + now - clock, now
        if new.best is None and new.generation == 0:
            refuse_common_failure([evaluator.result(key) for key in evaluator.taken])
        store.save(new, row)
        improved = new.best is not None and new.found == new.generation
        observer.generation(new, row, improved)
        reason = stop_reason(problem, new, len(evaluator.taken), seconds)
        if reason:
            return reason
    raise AssertionError("evolve() does not end by itself")


def _states(
    toolbox: base.Toolbox, evaluator: Evaluator, seed: int, state: State | None
) -> Iterator[State]:
    """The states of the search that follow a state, or all of them."""
    problem = evaluator.problem
    settings = problem.settings.search
    cap, level = settings.race_cap, settings.race_level
    race = None if cap is None else Race(evaluator, cap=cap, level=level)
    first = founders(problem, toolbox) if state is None else ()
    expect = getattr(evaluator.engine, "expect_individuals", None)
    return evolve(
        toolbox,
        settings,
        evaluator,
        seed=seed,
        state=state,
        founders=first,
        race=race,
        expect=expect,
    )


def _states_of_batches(
    toolbox: base.Toolbox, evaluator: Evaluator, seed: int, state: State | None
) -> Iterator[State]:
    """The same states, made by compiled code but for a first one that is not made at random."""
    from gegp.batch.search import Batches
    from gegp.batch.warming import warm_up

    # An interruption in the midst of numba's own code would be lost.
    with held():
        warm_up()
    problem, settings = evaluator.problem, evaluator.problem.settings.search
    batches = Batches(toolbox.representation, settings, evaluator, evaluator.engine, seed)
    if state is None:
        first = founders(problem, toolbox)
        at_random = settings.initialisation == "random" and not settings.distinct_start
        if at_random and not first:
            state = batches.start(problem.weights[0])
        else:
            state = start(toolbox, settings, evaluator, seed=seed, founders=first)
        yield state
    while True:
        state = batches.step(state)
        yield state


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


def _evaluation_seed(store: Store, problem: Problem) -> int:
    own = problem.settings.search.evaluation_seed
    return store.manifest.seed if own is None else own
