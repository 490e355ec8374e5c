"""Known programs for the first generation: a problem's own, or those that were given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from deap import base

from gegp.errors import InputError, ProblemError, SettingsError
from gegp.individual import Individual
from gegp.problem import Problem


def founders(problem: Problem, toolbox: base.Toolbox) -> list[Individual]:
    """The individuals of the programs that the first generation begins with.

    Programs that were given must fit: InputError says which one does not, and why. Of a
    problem's own ``seeds()`` those are taken that the grammar and the depth limit
    allow, as far as there is room: another grammar may hold none of them.
    """
    given = problem.settings.search.seed_phenotypes
    size = problem.settings.search.population
    if given is None:
        return [one for text in _own(problem) if (one := _fitting(text, toolbox))][:size]
    if len(given) > size:
        raise SettingsError(
            f"search.seed_phenotypes has {len(given)} programs; "
            f"expected at most search.population = {size}"
        )
    individuals = []
    for number, phenotype in enumerate(given, 1):
        try:
            individuals.append(toolbox.encode(phenotype))
        except InputError as error:
            raise InputError(f"seed phenotype {number}: {error}") from None
    return individuals


def read_phenotypes(path: Path) -> list[str]:
    """The programs of a file: one a line, or those of a JSON list, which may hold line breaks."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return msgspec.json.decode(text, type=list[str])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise InputError(f"{path}: expected programs, one a line: {error}") from None
    return [line for line in text.splitlines() if line.strip()]


def with_seeds(problem: Problem, phenotypes: Sequence[str]) -> Problem:
    """The problem with programs that its first generation begins with."""
    settings = problem.settings
    search = msgspec.structs.replace(settings.search, seed_phenotypes=list(phenotypes))
    return Problem(msgspec.structs.replace(settings, search=search))


def _own(problem: Problem) -> list[str]:
    seeds = problem.hook("seeds")
    texts = list(seeds()) if seeds else []
    if not all(isinstance(text, str) for text in texts):
        raise ProblemError(f"{problem.directory}: seeds(): expected texts")
    return texts


def _fitting(phenotype: str, toolbox: base.Toolbox) -> Individual | None:
    try:
        individual: Individual = toolbox.encode(phenotype)
    except InputError:
        return None
    return individual
