"""When a run ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gegp.errors import InputError, RunFailed
from gegp.journal import Done
from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.search import State
from gegp.search_settings import SearchSettings


def stop_reason(problem: Problem, state: State | None, evaluations: int, seconds: float) -> str:
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


def refuse_common_failure(outcomes: Sequence[Outcome]) -> None:
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


def taken_until(
    known: Iterable[Done], begun: Mapping[str, int], state: State | None
) -> dict[str, int]:
    """How many evaluations of each candidate were asked for up to a state.

    What was ``begun`` in a generation that was saved has ended: if nothing says so, its record is
    damaged.
    """
    last = state.generation if state else -1
    taken: dict[str, int] = {}
    for done in known:
        if done.generation <= last:
            taken[done.key] = max(taken.get(done.key, 0), done.repeat)
    for key, generation in begun.items():
        if generation <= last:
            taken[key] = taken.get(key, 0) + 1
    return taken
