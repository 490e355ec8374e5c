"""The paper's two experiments and their assessment, in slices of time.

The command is in autolr_gpu.py. What is done lies in the directory: ``plan.json`` (what was
asked for), ``runs/PROFILE/seedN``, ``assessment.jsonl`` (trainings of the assessment), ``logs``
and ``slices.jsonl`` (the time that was taken); in the end ``table3.md``, ``assessment.json``,
``results.json`` and the schedules of the best policies as pictures.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autolr_machine import machine
from autolr_slices import Job, work_off

from gegp import load_problem
from gegp.assessment_journal import read_trials
from gegp.errors import InputError, StoreError
from gegp.runs import Run

# What --small changes: the digits, few of them, and few generations.
SMALL = (
    "options.dataset=digits",
    "options.network=small",
    "options.train_size=200",
    "options.validation_size=100",
    "options.test_size=100",
    "options.batch_size=20",
    "options.augment=false",
    "options.epochs=5",
    "search.generations=3",
)
SMALL_ASSESSMENT = ("options.epochs=3", "options.assessment_size=400")


@dataclass(frozen=True)
class Plan:
    """What is asked for. ``assignments`` are for the runs, and so for what is assessed;
    ``assessment`` come after what the scenarios say."""

    profiles: tuple[str, ...]
    runs: int
    repeats: int
    scenarios: tuple[str, ...]
    assignments: tuple[str, ...]
    assessment: tuple[str, ...]
    backend: str

    def write(self, directory: Path) -> None:
        """Keep the plan; raises InputError if the directory was begun with another one."""
        file = directory / "plan.json"
        text = json.dumps(asdict(self), indent=1)
        if file.exists() and json.loads(file.read_text()) != json.loads(text):
            raise InputError(
                f"{directory} was begun with other options: {file.read_text()}\nnow: {text}\n"
                "Give the same ones, or another directory."
            )
        file.write_text(text)


@dataclass(frozen=True)
class Search:
    """One run of an experiment."""

    profile: str
    seed: int
    directory: Path
    wanted: int  # generations

    @cached_property
    def run(self) -> Run | None:
        """The run as far as it is there."""
        try:
            return Run.load(self.directory)
        except StoreError:
            return None

    @property
    def generations(self) -> int:
        """How many are done."""
        return self.run.summary["generations"] if self.run else 0

    @property
    def done(self) -> bool:
        """Whether the run has come to its end."""
        return bool(self.run) and self.generations >= self.wanted


@dataclass(frozen=True)
class Experiments:
    """The experiments of a plan in a directory."""

    plan: Plan
    directory: Path

    def go_on(self, deadline: float, parallel: int) -> bool:
        """Do what is left until the deadline (monotonic time); whether all is done."""
        begun, start = time.strftime("%Y-%m-%dT%H:%M:%S%z"), time.monotonic()
        before = self._finished()
        try:
            done = self._work(self._search_jobs(), deadline, parallel)
            if done:
                done = self._assess(deadline, parallel)
        finally:
            seconds = round(time.monotonic() - start, 1)
            line = {"begun": begun, "seconds": seconds, **machine()}
            with (self.directory / "slices.jsonl").open("a") as file:
                file.write(json.dumps(line) + "\n")
        if not done and self._finished() == before:
            print("Nothing was finished in this slice: give --minutes more.", flush=True)
        if done:
            self._clear()
        return done

    @property
    def searches(self) -> list[Search]:
        """Every run, read anew."""
        return [
            Search(profile, seed, self.directory / "runs" / profile / f"seed{seed}", generations)
            for seed in range(1, self.plan.runs + 1)
            for profile, generations in self._generations.items()
        ]

    @cached_property
    def _generations(self) -> dict[str, int]:
        """How many generations a run of each profile has."""
        return {
            profile: load_problem(
                "autolr", profile=profile, assignments=self.plan.assignments
            ).settings.search.generations
            for profile in self.plan.profiles
        }

    def best(self) -> dict[str, Run]:
        """The run with the best policy of each experiment; the paper calls them A and B."""
        found = {}
        for letter, profile in zip("ABCDEFGH", self.plan.profiles, strict=False):
            runs = [one.run for one in self.searches if one.profile == profile and one.run]
            found[letter] = max(
                (run for run in runs if run.best), key=lambda run: run.best.fitness.wvalues
            )
        return found

    def status(self) -> Iterator[str]:
        """What is done and what is left."""
        searches = self.searches
        done = sum(one.done for one in searches)
        generations, wanted = (
            sum(getattr(one, name) for one in searches) for name in ("generations", "wanted")
        )
        yield (f"runs: {done} of {len(searches)} done, {generations:,} of {wanted:,} generations")
        yield f"assessment: {len(self.trials)} of {self._wanted_trials()} trainings done"

    @property
    def trials(self) -> dict[str, Any]:
        """The trainings of the assessment that are done."""
        return read_trials(self.directory / "assessment.jsonl")

    def _wanted_trials(self) -> int:
        """Of all programs that differ: two experiments may have found the same policy."""
        policies: set[Any] = set(self.plan.profiles)
        if all(search.done for search in self.searches):
            policies = {run.best.phenotype for run in self.best().values() if run.best}
        programs = len(load_problem("autolr").entry.baselines()) + len(policies)
        return programs * len(self.plan.scenarios) * self.plan.repeats

    def _finished(self) -> int:
        """How many trainings are written down, of runs and of the assessment."""
        runs = (one.run for one in self.searches)
        return len(self.trials) + sum(len(run.evaluations) for run in runs if run)

    def _search_jobs(self) -> list[Job]:
        return [
            Job(
                f"{one.profile}, seed {one.seed}",
                self._search_command(one),
                self.directory / "logs" / f"{one.profile}-seed{one.seed}.txt",
            )
            for one in self.searches
            if not one.done
        ]

    def _search_command(self, search: Search) -> list[str]:
        if search.run:
            return ["resume", str(search.directory), "-q"]
        command = ["run", "autolr", "--profile", search.profile, "--seed", str(search.seed)]
        return [*command, "--out", str(search.directory), "-q", *_set(self.plan.assignments)]

    def _assess(self, deadline: float, parallel: int) -> bool:
        """Assess the best policies: all scenarios one after another, or side by side."""
        names = []
        for letter, run in self.best().items():
            # A short name for the table.
            link = self.directory / f"evolved {letter}"
            link.unlink(missing_ok=True)
            link.symlink_to(run.directory.relative_to(self.directory))
            names.append(link.name)
        common = ["assess", *names, "--journal", "assessment.jsonl"]
        common += ["--repeats", str(self.plan.repeats), *_set(self.plan.assessment)]
        apart = [
            self._assessment_job(f"scenario {one}", [*common, "--scenario", one, "--json"])
            for one in self.plan.scenarios
        ]
        scenarios = [x for one in self.plan.scenarios for x in ("--scenario", one)]
        outputs = ["-o", "table3.md", "-o", "table3.tex", "-o", "assessment.json"]
        together = self._assessment_job("table", [*common, *scenarios, *outputs])
        if parallel > 1 and not self._work(apart, deadline, parallel):
            return False
        return self._work([together], deadline, 1)

    def _assessment_job(self, name: str, command: list[str]) -> Job:
        return Job(f"assessment, {name}", command, self.directory / "logs" / f"{name}.txt")

    def _work(self, jobs: list[Job], deadline: float, parallel: int) -> bool:
        environment = dict(os.environ)
        if self.plan.backend == "jax" and machine()["gpus"]:
            # A start costs more than many a training: what is compiled once is kept.
            cache = str(self.directory / "compiled")
            environment.setdefault("JAX_COMPILATION_CACHE_DIR", cache)
        return work_off(
            jobs, deadline, parallel=parallel, directory=self.directory, environment=environment
        )

    def _clear(self) -> None:
        """Leave nothing big behind."""
        shutil.rmtree(self.directory / "compiled", ignore_errors=True)
        for one in self.searches:
            shutil.rmtree(one.directory / "scratch", ignore_errors=True)


def _set(assignments: tuple[str, ...]) -> list[str]:
    return [text for one in assignments for text in ("--set", one)]
