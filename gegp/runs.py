"""A run as it lies on disk, to look at: settings, history, best program, summary."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from deap import tools

from gegp.errors import ProblemError
from gegp.history import read_rows
from gegp.individual import Individual
from gegp.journal import Done
from gegp.lineage import Ancestry, read_lineage
from gegp.manifest import SETTINGS, Manifest, read_manifest
from gegp.problem import Problem, problems
from gegp.search import State
from gegp.settings import Settings
from gegp.snapshots import load_snapshot
from gegp.statistics import Row
from gegp.store import LINEAGE, read_evaluations, read_log
from gegp.toolbox import build_toolbox
from gegp.variation import successes


@dataclass(frozen=True)
class Run:
    """A run directory, read when asked for. Nothing here changes it."""

    directory: Path

    @classmethod
    def load(cls, directory: str | Path) -> Run:
        """The run in a directory. Raises StoreError if there is none."""
        run = cls(Path(directory))
        read_manifest(run.directory)
        return run

    @cached_property
    def manifest(self) -> Manifest:
        """What the run was started with."""
        return read_manifest(self.directory)

    @cached_property
    def problem(self) -> Problem:
        """The problem with the run's settings, options and grammar, wherever it is now."""
        return Problem(settings_here(self.manifest.settings, self.directory))

    @cached_property
    def state(self) -> State | None:
        """The last generation that was saved; None before the first one."""
        toolbox = build_toolbox(self.problem, seed=self.manifest.seed)
        return load_snapshot(self.directory / "snapshots", toolbox)

    @property
    def best(self) -> Individual | None:
        """The best individual so far; None if no candidate could be evaluated."""
        return self.state.best if self.state else None

    @property
    def front(self) -> list[Individual]:
        """The individuals of the last generation that no other dominates, one for each program.

        With one objective these are the best ones.
        """
        good = successes(self.state.population) if self.state else []
        front = tools.sortNondominated(good, len(good), first_front_only=True)[0] if good else []
        return list({individual.phenotype: individual for individual in front}.values())

    @property
    def ended(self) -> bool:
        """Whether a budget of the run was spent; an interrupted run has not ended."""
        events = [event["event"] for event in read_log(self.directory)]
        turns = [event for event in events if event in ("begun", "ended")]
        return turns[-1:] == ["ended"]

    @property
    def lineage(self) -> list[Ancestry]:
        """Who descends from whom, if the run was made with ``search.lineage = true``."""
        last = self.state.generation if self.state else -1
        rows = read_lineage(self.directory / LINEAGE)
        return [row for row in rows if row.generation <= last]

    @cached_property
    def evaluations(self) -> list[Done]:
        """Every evaluation of a candidate, in the order in which they finished."""
        return read_evaluations(self.directory)

    @cached_property
    def _own(self) -> list[Done]:
        """The evaluations that this run has made, and not found in the cache."""
        return [done for done in self.evaluations if not done.cached]

    @property
    def history(self) -> list[dict[str, Any]]:
        """A dict for each generation, with the columns of ``generations.csv``."""
        return [msgspec.structs.asdict(row) for row in self._rows]

    @cached_property
    def _rows(self) -> list[Row]:
        last = self.state.generation if self.state else -1
        return [row for row in read_rows(self.directory) if row.generation <= last]

    def _repr_html_(self) -> str:
        """What a notebook shows: the best program, and how the population got there."""
        from gegp.reports.card import card

        summary, best = self.summary, self.best
        names = self.problem.objective_names
        values = best.fitness.values if best else ()
        found = ", ".join(f"{name} {value:.6g}" for name, value in zip(names, values, strict=False))
        return card(
            title=f"{self.problem.name}, seed {summary['seed']}: {found or 'nothing found'}",
            program=best.phenotype if best else "",
            history=self.history,
            objective=names[0],
            note=f"{summary['generations']} generations in {self.directory}",
        )

    @property
    def summary(self) -> dict[str, Any]:
        """The run in a few numbers: what ``gegp run --json`` prints."""
        state, best = self.state, self.best
        candidates = sum(row.evaluated + row.from_cache for row in self._rows)
        evaluated = sum(done.repeat == 1 for done in self._own)
        further = {
            "repeats": len(self._own) - evaluated,
            "from_other_runs": len(self.evaluations) - len(self._own),
        }
        return {
            "run_dir": str(self.directory),
            "seed": self.manifest.seed,
            "generations": state.generation + 1 if state else 0,
            "best": None
            if best is None
            else {
                "phenotype": best.phenotype,
                "fitness": list(best.fitness.values),
                "generation": state.found if state else 0,
            },
            **self._front_summary(),
            "evaluations": {
                "candidates": candidates,
                "evaluated": evaluated,
                "from_cache": max(candidates - evaluated, 0),
                "failed": len({done.key for done in self.evaluations if done.status != "ok"}),
                **{name: count for name, count in further.items() if count},
            },
            "seconds": round(sum(row.seconds for row in self._rows), 3),
            "problem": self._counters(),
        }

    def _front_summary(self) -> dict[str, Any]:
        """With several objectives the programs that no other dominates, by their values."""
        if len(self.problem.weights) == 1:
            return {}
        ranked = sorted(self.front, key=lambda one: one.fitness, reverse=True)
        return {
            "front": [
                {"phenotype": one.phenotype, "fitness": list(one.fitness.values)} for one in ranked
            ]
        }

    def _counters(self) -> dict[str, int]:
        """The problem's own whole-number counters, summed over what this run evaluated.

        They count work, so what another run did adds nothing.
        """
        totals: dict[str, int] = {}
        for done in self.evaluations:
            for name, value in done.extra.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    totals[name] = totals.get(name, 0) + (0 if done.cached else value)
        return totals


def find_runs(directory: Path) -> list[Path]:
    """The run directories at or below a directory, in the order of their paths."""
    found = []
    for path, inside, files in os.walk(directory):
        if SETTINGS in files:
            found.append(Path(path))
            inside.clear()
    return sorted(found)


def settings_here(settings: Settings, directory: Path) -> Settings:
    """The settings of a run whose directory, or whose problem, may have moved since.

    The grammar is the copy in the run's directory. Where the problem's directory is gone,
    as on another machine, the one that is known by its name takes its place. Raises
    ProblemError if there is neither.
    """
    problem = Path(settings.problem)
    if not (problem / "problem.toml").is_file():
        found = problems()
        known = {path.name: path for path in found.values()} | found
        if problem.name not in known:
            raise ProblemError(
                f"{directory} is a run of the problem in {problem}, which is not there, and no "
                f"problem is known by the name {problem.name!r}; put one of them in place"
            )
        problem = known[problem.name].resolve()
    grammar = (directory / "grammar.bnf").resolve()
    return msgspec.structs.replace(
        settings, problem=str(problem), grammar=str(grammar), dialect="gegp", scratch=""
    )
