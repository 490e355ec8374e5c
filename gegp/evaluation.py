"""Evaluation of populations: what is known already is not evaluated again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from gegp.engines.base import Engine, Task
from gegp.outcome import Outcome
from gegp.problem import Problem


class Recorder(Protocol):
    """Where evaluations are written down as they begin and end."""

    def started(self, generation: int, keys: Sequence[str]) -> None:
        """These candidates are about to be evaluated."""

    def done(self, generation: int, key: str, phenotype: str, outcome: Outcome) -> None:
        """This candidate was evaluated."""

    def flush(self) -> None:
        """The batch has ended."""


class Evaluator:
    """Evaluates programs, each key once.

    ``known`` are outcomes by key from earlier. ``seen`` are the keys that were asked
    for so far, which is what the budget of evaluations counts: unlike the number of
    evaluations done, it does not depend on what an interrupted run left behind.
    """

    def __init__(
        self,
        problem: Problem,
        engine: Engine,
        recorder: Recorder,
        *,
        seed: int,
        known: Mapping[str, Outcome] | None = None,
        seen: Iterable[str] = (),
    ) -> None:
        self.problem = problem
        self.engine = engine
        self.recorder = recorder
        self.seed = seed
        self.outcomes = dict(known or {})
        self.seen = set(seen)
        self.asked = 0
        self.evaluated = 0
        self._keys: dict[str, str] = {}

    def __call__(self, generation: int, phenotypes: Sequence[str]) -> list[Outcome]:
        """The outcome of each program, in order."""
        keys = [self._key(phenotype) for phenotype in phenotypes]
        new: dict[str, str] = {}
        for key, phenotype in zip(keys, phenotypes, strict=True):
            if key not in self.outcomes:
                new.setdefault(key, phenotype)
        self._evaluate(generation, new)
        self.asked += len(keys)
        self.evaluated += len(new)
        self.seen.update(keys)
        return [self.outcomes[key] for key in keys]

    def _evaluate(self, generation: int, programs: Mapping[str, str]) -> None:
        keys = self._in_order(programs)
        if not keys:
            return
        tasks = [Task(programs[key], self.problem.evaluation_seed(self.seed, key)) for key in keys]
        self.recorder.started(generation, keys)
        for i, outcome in self.engine.evaluate(tasks):
            self.outcomes[keys[i]] = outcome
            self.recorder.done(generation, keys[i], programs[keys[i]], outcome)
        self.recorder.flush()

    def _in_order(self, programs: Mapping[str, str]) -> list[str]:
        """The keys in the order of what the problem makes them of, if that has one.

        Neighbours are alike: what a problem keeps of one evaluation may serve the next.
        """
        try:
            return sorted(programs, key=lambda key: self.problem.own_key(programs[key]))
        except TypeError:
            return list(programs)

    def _key(self, phenotype: str) -> str:
        if phenotype not in self._keys:
            self._keys[phenotype] = self.problem.key(phenotype)
        return self._keys[phenotype]
