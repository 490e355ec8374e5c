"""Racing: noisy candidates are evaluated again as long as they may be the best.

After Birattari, Stützle, Paquete and Varrentrapp, "A racing algorithm for configuring
metaheuristics" (GECCO 2002), whose F-race drops candidates by a test on ranks as soon as
there is evidence against them. Theirs is Friedman's, for instances that all see in common;
here every evaluation has a seed of its own, so the test is that of Kruskal and Wallis for
independent samples, followed by Mann and Whitney's against the best.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from gegp.comparison import mann_whitney
from gegp.errors import SettingsError
from gegp.evaluation import Evaluator
from gegp.omnibus import kruskal_wallis, scipy_stats
from gegp.outcome import Outcome
from gegp.problem import Problem


class Race:
    """Races a population, until one candidate is left or all that are have ``search.race_cap``.

    Equal candidates are one contender. A call returns the outcome of each program, in
    order, made of all the evaluations that its candidate has had so far.
    """

    def __init__(self, evaluator: Evaluator, *, cap: int, level: float) -> None:
        self.evaluator = evaluator
        self.cap = cap
        self.level = level

    def __call__(self, generation: int, phenotypes: Sequence[str]) -> list[Outcome]:
        """Race these programs, the elites of the generation before among them."""
        evaluator = self.evaluator
        programs = evaluator.by_key(phenotypes)
        evaluator.complete(generation, programs)
        inside = evaluator.sound(programs)
        while len(inside) > 1 and self._short(inside):
            kept = contenders({key: self._sample(key) for key in inside}, self.level)
            inside = {key: text for key, text in inside.items() if key in kept}
            if len(inside) > 1:
                evaluator.again(generation, self._short(inside))
                inside = evaluator.sound(inside)
        return [evaluator.result(evaluator.key(phenotype)) for phenotype in phenotypes]

    def _short(self, programs: Mapping[str, str]) -> dict[str, str]:
        """Those that may still be evaluated."""
        taken = self.evaluator.taken
        return {key: text for key, text in programs.items() if taken[key] < self.cap}

    def _sample(self, key: str) -> list[float]:
        """A candidate's values of the first objective, turned so that more is better."""
        weight = self.evaluator.problem.weights[0]
        return [weight * outcome.values[0] for outcome in self.evaluator.samples(key)]


def contenders(samples: Mapping[str, Sequence[float]], level: float) -> set[str]:
    """Which candidates may be the best, by their samples; more is better.

    All of them, unless the samples differ with significance ``level`` by the test of
    Kruskal and Wallis. Then those drop out whose mean is below the best one, if their
    sample differs from the best one's by the two-sided test of Mann and Whitney.
    """
    if len(samples) < 2 or not kruskal_wallis(list(samples.values())).p < level:
        return set(samples)
    means = {key: statistics.fmean(sample) for key, sample in samples.items()}
    best = max(samples, key=lambda key: means[key])
    return {
        key
        for key, sample in samples.items()
        if means[key] >= means[best] or mann_whitney(sample, samples[best]) >= level
    }


def require_racing(problem: Problem) -> None:
    """Raise what keeps a problem from being raced: SettingsError or MissingPackage."""
    if len(problem.weights) > 1:
        raise SettingsError(
            f"search.race_cap = {problem.settings.search.race_cap}: a race needs one objective, "
            f"this problem has {len(problem.weights)}: {', '.join(problem.objective_names)}"
        )
    scipy_stats("search.race_cap", extra="racing")
