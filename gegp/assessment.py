"""Assessment: chosen programs and a problem's baselines, measured on data that no search saw.

A problem that can be assessed has ``assess(program, *, scenario, seed)``. What it returns
are measures by name for each split, ``{"test": {"accuracy": 0.8}, ..}``, or plain
measures, which are then those of the split ``test``; an entry ``failed`` says why they stand
for a failure. Its ``scenarios`` are options by the scenario's name, its ``baselines``
programs by name, or whatever else its ``assess`` takes; the first one is what all others are
compared with. ``published`` are figures to stand beside ours.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from gegp.checking import unknown_key
from gegp.errors import GegpError, InputError, InvalidProgram, ProblemError
from gegp.grammar.membership import explain_failure, find_derivation
from gegp.problem import Problem
from gegp.rng import seed_for
from gegp.settings import Settings, reassign

Measures = Mapping[str, float | None]


@dataclass(frozen=True)
class Trial:
    """One program, assessed once. ``repeat`` counts from 1.

    ``splits`` are measures by split, none if the problem raised, and a measure is None
    if it is not finite. ``failed`` says why there are none, or why they stand for a failure.
    ``key`` is a digest of all that the measures depend on; the program's name is not among it.
    """

    key: str
    policy: str
    scenario: str
    repeat: int
    splits: Mapping[str, Measures]
    failed: str
    seconds: float


Known = Mapping[str, Trial]
"""Trials by their keys."""

_NOTHING: Known = MappingProxyType({})


class _Task(NamedTuple):
    """A trial to be done."""

    key: str
    problem: Problem
    program: Any
    policy: str
    scenario: str
    repeat: int
    seed: int


@dataclass(frozen=True)
class Assessment:
    """What is to be assessed. Making one checks all of it; :meth:`trials` does the work.

    ``sources`` are settings by the name of what they come from: runs, or a problem.
    They must agree, so that what is compared differs in nothing but the program.
    ``policies`` are programs by name; without scenarios or baselines named, all of the
    problem's are taken. ``assignments`` such as ``"options.epochs=5"`` come after what
    the scenario says. Repeat r has a seed made from ``seed`` and r, the same for every
    program, and none that a search has used: programs were chosen by that one.
    """

    sources: Mapping[str, Settings]
    policies: Mapping[str, str]
    scenarios: Sequence[str] = ()
    baselines: Sequence[str] = ()
    assignments: Sequence[str] = ()
    repeats: int = 5
    seed: int = 0
    _names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        known = self._options()
        for name in self.scenarios:
            if name not in known:
                raise unknown_key(name, known, "scenario", "--scenario")
        object.__setattr__(self, "_names", tuple(self.scenarios or known))
        for scenario in self._names:
            self._baselines(self.problem(scenario))

    def __len__(self) -> int:
        """The number of trials."""
        programs = len(self.policies) + len(self._baselines(self.problem(self._names[0])))
        return len(self._names) * self.repeats * programs

    @property
    def reference(self) -> str | None:
        """The name of the baseline that all others are compared with."""
        return next(iter(self._baselines(self.problem(self._names[0]))), None)

    def trials(self, known: Known = _NOTHING) -> Iterator[Trial]:
        """Assess every program, as often as is asked for; yields each result as it is there.

        A trial that is known already is not done again. All programs have their first
        repeat before any has its second: what is there after an interruption can be
        compared.
        """
        for task in self._tasks():
            if task.key in known:
                yield _recalled(known, task)
                continue
            start = time.perf_counter()
            splits, failed = _attempt(task.problem, task.program, task.scenario, task.seed)
            seconds = time.perf_counter() - start
            yield Trial(task.key, task.policy, task.scenario, task.repeat, splits, failed, seconds)

    def recalled(self, known: Known) -> list[Trial]:
        """Those of the trials that are known, in order; nothing is assessed."""
        return [_recalled(known, task) for task in self._tasks() if task.key in known]

    def problem(self, scenario: str) -> Problem:
        """The problem with a scenario's options."""
        return self._problem(self._options()[scenario])

    def _tasks(self) -> Iterator[_Task]:
        for scenario in self._names:
            problem = self.problem(scenario)
            programs = {**self._baselines(problem), **self.policies}
            for repeat in range(1, self.repeats + 1):
                seed = seed_for(self.seed, f"assessment {repeat}")
                for policy, program in programs.items():
                    # The same text is another program as a policy than as a baseline.
                    identity = (
                        program if policy in self.policies else (policy, repr(program)),
                        (scenario, repeat, seed),
                    )
                    key = _digest(problem, identity)
                    yield _Task(key, problem, program, policy, scenario, repeat, seed)

    def _options(self) -> Mapping[str, Mapping[str, Any]]:
        """Options by scenario; a problem that names none has one, as its options are."""
        # Runs may differ in what every scenario sets, so one of them is asked.
        settings = reassign(next(iter(self.sources.values())), self.assignments)
        return getattr(Problem(settings).entry, "scenarios", None) or {"default": {}}

    def _problem(self, options: Mapping[str, Any]) -> Problem:
        """The problem of all sources with these options, then with the assignments."""
        resolved = {
            name: reassign(
                msgspec.structs.replace(settings, options={**settings.options, **options}),
                self.assignments,
            )
            for name, settings in self.sources.items()
        }
        _require_agreement(resolved)
        problem = Problem(next(iter(resolved.values())))
        if problem.hook("assess") is None:
            raise InputError(
                f"problem {problem.name} has no data held out for an assessment: "
                "it does not define assess(program, *, scenario, seed)"
            )
        return problem

    def _baselines(self, problem: Problem) -> dict[str, Any]:
        found = getattr(problem.entry, "baselines", {})
        found = found() if callable(found) else found
        for name in self.baselines:
            if name not in found:
                raise unknown_key(name, found, "baseline", "--baseline")
        taken = set(found) & set(self.policies)
        if taken:
            raise InputError(f"{taken.pop()!r} is the name of a baseline and of a policy")
        return {name: found[name] for name in self.baselines or found}


def require_member(problem: Problem, phenotype: str) -> None:
    """Raise InputError, which says where, if a text is no program of the problem's grammar."""
    membership = find_derivation(problem.grammar, phenotype)
    if not membership.member:
        raise InputError(f"--phenotype: {explain_failure(phenotype, membership)}")


def _recalled(known: Known, task: _Task) -> Trial:
    """A known trial, under the name that its program has here."""
    return dataclasses.replace(known[task.key], policy=task.policy)


def _digest(problem: Problem, identity: Any) -> str:
    """Identifies a trial: a program's identity, and the problem with all of its options."""
    entry = problem.entry
    fields = dataclasses.fields(entry) if dataclasses.is_dataclass(entry) else ()
    options = {field.name: getattr(entry, field.name) for field in fields}
    text = json.dumps([problem.name, problem.context, options, identity], default=repr)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _require_agreement(sources: Mapping[str, Settings]) -> None:
    """Raise InputError if the sources are not one problem with one set of options."""
    (first, settings), *others = sources.items()
    for name, other in others:
        if (settings.problem, settings.entry) != (other.problem, other.entry):
            raise InputError(f"{first} and {name} are runs of different problems")
        for key in sorted({*settings.options, *other.options}):
            one, two = (each.options.get(key, "the default") for each in (settings, other))
            if one != two:
                raise InputError(
                    f"{first} has options.{key} = {one}, {name} has {two}: give both one value "
                    f"with --set options.{key}=VALUE, or assess them apart"
                )


def _attempt(
    problem: Problem, program: Any, scenario: str, seed: int
) -> tuple[Mapping[str, Measures], str]:
    """Measures by split, and what failed. What is wrong with the set-up is raised."""
    assess = problem.hook("assess")
    assert assess
    try:
        result = dict(assess(program, scenario=scenario, seed=seed))
    except InvalidProgram as error:
        return {}, str(error)
    except GegpError:
        raise
    except Exception as error:
        return {}, f"{type(error).__name__}: {error}"
    failed = str(result.pop("failed", "") or "")
    nested = result if any(isinstance(x, Mapping) for x in result.values()) else {"test": result}
    try:
        return {
            split: {name: _number(value) for name, value in measures.items()}
            for split, measures in nested.items()
        }, failed
    except (AttributeError, TypeError, ValueError) as error:
        raise ProblemError(
            f"{problem.directory}: assess: expected numbers by name, or by split and name: {error}"
        ) from None


def _number(value: Any) -> float | None:
    """A number as JSON has it, so None if it is not finite."""
    if isinstance(value, int):
        return value
    return float(value) if math.isfinite(float(value)) else None
