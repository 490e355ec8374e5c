"""Several evaluations of one candidate: their seeds, and the one outcome that they make."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from gegp.individual import WORST
from gegp.outcome import Outcome, failure
from gegp.rng import seed_for


def repeat_seed(seed: int, repeat: int) -> int:
    """The seed of a repeat, from that of the candidate's first evaluation, which is repeat 1."""
    return seed if repeat == 1 else seed_for(seed, f"repeat {repeat}")


def combine(outcomes: Sequence[Outcome], weights: Sequence[float], penalty: float) -> Outcome:
    """The outcome of a candidate that was evaluated several times.

    Each objective is the mean, made worse by ``penalty`` sample standard deviations: a
    candidate whose results vary may be worth less than its mean. ``weights`` hold 1.0 for
    an objective to maximise and -1.0 for one to minimise. The error of each case is the
    mean. If an evaluation has failed, the candidate has, for the same reason. A single
    outcome stands as it is.
    """
    failed = [outcome for outcome in outcomes if not outcome.ok]
    if failed or len(outcomes) == 1:
        return (failed or outcomes)[0]
    samples = zip(*(outcome.values for outcome in outcomes), strict=True)
    values = tuple(
        statistics.fmean(sample) - weight * _spread(sample, penalty)
        for sample, weight in zip(samples, weights, strict=True)
    )
    if max(map(abs, values)) >= WORST:
        return failure("invalid", f"with the spread the fitness is {values}: too large a number")
    by_case = zip(*(outcome.cases for outcome in outcomes), strict=False)
    cases = tuple(map(statistics.fmean, by_case))
    return Outcome("ok", values, cases, seconds=sum(outcome.seconds for outcome in outcomes))


def _spread(sample: Sequence[float], penalty: float) -> float:
    return penalty * statistics.stdev(sample) if penalty else 0.0
