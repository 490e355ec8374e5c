"""Evaluation of populations: what is known already is not evaluated again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from gegp.cache import Cache
from gegp.engines.base import Engine, Task
from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.repetition import combine, repeat_seed

_KEYS = 10_000  # programs whose keys are at hand: those of a generation, or of some


class Job(NamedTuple):
    """An evaluation of a candidate; ``repeat`` counts a candidate's evaluations from 1."""

    key: str
    repeat: int
    phenotype: str
    seed: int


class Recorder(Protocol):
    """Where evaluations are written down as they begin and end."""

    def started(self, generation: int, keys: Sequence[str]) -> None:
        """These candidates are about to be evaluated."""

    def done(self, generation: int, job: Job, outcome: Outcome, *, cached: bool) -> None:
        """A candidate was evaluated, or the outcome was found among those of other runs."""

    def flush(self) -> None:
        """The batch has ended."""


class Evaluator:
    """Evaluates programs: each key ``search.repeats`` times, or more often if asked.

    ``known`` are outcomes by key and repeat from earlier. ``taken`` says how many of its
    evaluations each candidate has asked for so far. Its length is what the budget of
    evaluations counts: unlike what is known, it does not depend on what an interrupted
    run left behind.

    What is remembered of a candidate takes about half a kilobyte, and its ``cases`` and
    ``extra``; beyond that the memory of a run does not grow.
    """

    def __init__(
        self,
        problem: Problem,
        engine: Engine,
        recorder: Recorder,
        *,
        seed: int,
        known: Mapping[tuple[str, int], Outcome] | None = None,
        taken: Mapping[str, int] | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.problem = problem
        self.engine = engine
        self.recorder = recorder
        self.seed = seed
        self.outcomes = dict(known or {})
        self.taken = dict(taken or {})
        self.cache = cache
        self.asked = 0
        self.evaluated = 0
        self._key = lru_cache(_KEYS)(problem.key)

    def __call__(self, generation: int, phenotypes: Sequence[str]) -> list[Outcome]:
        """The outcome of each program, in order."""
        self.asked += len(phenotypes)
        self.complete(generation, self.by_key(phenotypes))
        return [self.result(self._key(phenotype)) for phenotype in phenotypes]

    def by_key(self, phenotypes: Iterable[str]) -> dict[str, str]:
        """The programs by key; of equal ones the first."""
        programs: dict[str, str] = {}
        for phenotype in phenotypes:
            programs.setdefault(self._key(phenotype), phenotype)
        return programs

    def key(self, phenotype: str) -> str:
        """The problem's key of a program."""
        return self._key(phenotype)

    def samples(self, key: str) -> list[Outcome]:
        """The outcomes of a candidate so far, in the order in which they were asked for."""
        return [self.outcomes[key, repeat + 1] for repeat in range(self.taken.get(key, 0))]

    def result(self, key: str) -> Outcome:
        """What a candidate's outcomes so far make together."""
        if self.taken.get(key) == 1:
            return self.outcomes[key, 1]
        penalty = self.problem.settings.search.spread_penalty
        return combine(self.samples(key), self.problem.weights, penalty)

    def complete(self, generation: int, programs: Mapping[str, str]) -> None:
        """Evaluate candidates, by key, as often as the settings say.

        All have their first evaluation before any has its second, and one that fails has
        no more: it costs no more than without repeats. What was asked for earlier, and is lost
        because its record was damaged, is made up for.
        """
        self._evaluate(
            generation,
            [
                self._job(key, programs[key], repeat + 1)
                for key in programs
                for repeat in range(self.taken.get(key, 0))
                if (key, repeat + 1) not in self.outcomes
            ],
        )
        for repeat in range(self.problem.settings.search.repeats):
            short = {key: programs[key] for key in programs if self.taken.get(key, 0) == repeat}
            self.again(generation, self.sound(short) if repeat else short)

    def sound(self, programs: Mapping[str, str]) -> dict[str, str]:
        """Those of the candidates that have not failed so far."""
        return {
            key: programs[key]
            for key in programs
            if all(outcome.ok for outcome in self.samples(key))
        }

    def again(self, generation: int, programs: Mapping[str, str]) -> None:
        """The next evaluation of each of these candidates."""
        jobs = [self._job(key, programs[key], self.taken.get(key, 0) + 1) for key in programs]
        self._evaluate(generation, jobs)
        self.taken.update((job.key, job.repeat) for job in jobs)

    def _evaluate(self, generation: int, jobs: Sequence[Job]) -> None:
        """Evaluate what is not known."""
        new = [job for job in jobs if (job.key, job.repeat) not in self.outcomes]
        left = [job for job in self._in_order(new) if not self._recall(generation, job)]
        if left:
            self.recorder.started(generation, [job.key for job in left])
            tasks = [Task(job.phenotype, job.seed) for job in left]
            for i, outcome in self.engine.evaluate(tasks):
                self._record(generation, left[i], outcome, cached=False)
        if new:
            self.recorder.flush()
        self.evaluated += sum(job.repeat == 1 for job in left)

    def _job(self, key: str, phenotype: str, repeat: int) -> Job:
        seed = repeat_seed(self.problem.evaluation_seed(self.seed, key), repeat)
        return Job(key, repeat, phenotype, seed)

    def _recall(self, generation: int, job: Job) -> bool:
        """Whether another run has left the outcome in the cache, which then is recorded here."""
        outcome = self.cache.find(job.key, job.seed) if self.cache else None
        if outcome:
            self._record(generation, job, outcome, cached=True)
        return outcome is not None

    def _record(self, generation: int, job: Job, outcome: Outcome, *, cached: bool) -> None:
        self.outcomes[job.key, job.repeat] = outcome
        self.recorder.done(generation, job, outcome, cached=cached)
        if self.cache and not cached:
            self.cache.keep(job.key, job.seed, outcome)

    def _in_order(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs in the order of what the problem makes their keys of, if that has one.

        Neighbours are alike: what a problem keeps of one evaluation may serve the next.
        """
        try:
            return sorted(jobs, key=lambda job: self.problem.own_key(job.phenotype))
        except TypeError:
            return list(jobs)
