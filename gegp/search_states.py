"""A search in the hands of a Python program, state by state."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from gegp.batch.choice import in_programs
from gegp.budgets import refuse_common_failure, stop_reason
from gegp.engines.base import Engine
from gegp.engines.choice import make_engine, require_engine, worker_count
from gegp.evaluation import Evaluator, Job
from gegp.outcome import Outcome
from gegp.problem import Problem, load_problem
from gegp.search import State, start, step
from gegp.seeding import founders
from gegp.toolbox import build_toolbox


def states(problem: Problem | str | Path, *, seed: int) -> Iterator[State]:
    """The states of a search, from the first generation to the one that spends a budget.

    They are those of :func:`gegp.run` with this seed, but nothing is written down. Stop whenever
    you like: the engine is closed with the generator. Races (``search.race_cap``) are for runs.
    """
    if not isinstance(problem, Problem):
        problem = load_problem(problem)
    require_engine(problem)
    toolbox = build_toolbox(problem, seed=seed)
    engine = make_engine(problem, worker_count(problem), Path(os.devnull))
    expect = None
    if in_programs(problem):
        from gegp.batch.engine import with_programs

        engine = with_programs(engine, problem, toolbox.representation.grammar)
        expect = getattr(engine, "expect_individuals", None)
    begun = time.perf_counter()
    try:
        evaluator = unwritten(problem, engine, seed)
        settings = problem.settings.search
        state = start(
            toolbox,
            settings,
            evaluator,
            seed=seed,
            founders=founders(problem, toolbox),
            expect=expect,
        )
        if state.best is None:
            refuse_common_failure([evaluator.result(key) for key in evaluator.taken])
        yield state
        while not stop_reason(problem, state, len(evaluator.taken), time.perf_counter() - begun):
            state = step(state, toolbox, settings, evaluator, seed=seed, expect=expect)
            yield state
    finally:
        engine.close()


class _Unwritten:
    """Writes down nothing."""

    def started(self, generation: int, keys: Sequence[str]) -> None: ...

    def done(self, generation: int, job: Job, outcome: Outcome, *, cached: bool) -> None: ...

    def flush(self) -> None: ...


def unwritten(problem: Problem, engine: Engine, seed: int) -> Evaluator:
    """The evaluator of a search that leaves nothing on disk."""
    own = problem.settings.search.evaluation_seed
    return Evaluator(problem, engine, _Unwritten(), seed=seed if own is None else own)
