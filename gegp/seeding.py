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
        own = [_fitting(text, toolbox) for text in _own(problem)]
        return [one for one in own if one is not None][:size]
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
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".json":
            return msgspec.json.decode(text, type=list[str])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise InputError(f"{path}: expected programs, one a line: {error}") from None
    programs = [line for line in text.split("\n") if line.strip()]
    if not programs:
        raise InputError(f"{path}: expected programs, one a line; found none")
    return programs


def with_seeds(problem: Problem, phenotypes: Sequence[str]) -> Problem:
    """The problem with programs that its first generation begins with."""
    settings = problem.settings
    search = msgspec.structs.replace(settings.search, seed_phenotypes=list(phenotypes))
    return Problem(msgspec.structs.replace(settings, search=search))


def _own(problem: Problem) -> list[str]:
    seeds = problem.hook("seeds")
    try:
        texts = seeds() if seeds else []
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise TypeError(f"found {texts!r}")
    except Exception as error:
        raise ProblemError(f"{problem.directory}: seeds(): expected texts: {error}") from error
    return list(dict.fromkeys(texts))


def _fitting(phenotype: str, toolbox: base.Toolbox) -> Individual | None:
    try:
        individual: Individual = toolbox.encode(phenotype)
    except InputError:
        return None
    return individual
