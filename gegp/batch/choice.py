"""Whether a run is made by compiled operators, a population at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from gegp.errors import MissingPackage, SettingsError
from gegp.problem import Problem
from gegp.representations.base import Representation
from gegp.representations.dsge import DSGE
from gegp.search_settings import SearchSettings

_NEEDED = {
    *("breeding.breed", "kernels.start_streams", "kernels.create", "kernels.derive"),
    *(
        "walks.write",
        "notation.notate",
        "translation.translate",
        "machine.square_sums",
        "machine.predictions",
    ),
}
"""The compiled functions that a run calls."""

ENOUGH = 100_000
"""So many individuals are worth the seconds that compilation takes."""


def in_batches(problem: Problem, representation: Representation) -> bool:
    """Whether the run is made a population at a time, as its settings say; the result is the same.

    Without a word in the settings it is if it can be, and is worth the compilation. Raises
    SettingsError, or MissingPackage, if it is asked for and cannot be.
    """
    search = problem.settings.search
    if search.compiled is False:
        return False
    reason = next(obstacles(problem, representation), "")
    if search.compiled:
        if reason:
            raise SettingsError(f"search.compiled = true is not for {reason}; leave it out")
        require_numba()
        return True
    return not reason and _is_worth_it(search)


def in_programs(problem: Problem) -> bool:
    """Whether the candidates of a run that is not made in batches are evaluated as programs."""
    search = problem.settings.search
    if search.compiled is False or search.by_case or not problem.hook("evaluate_programs"):
        return False
    return _is_worth_it(search)


def _is_worth_it(search: SearchSettings) -> bool:
    """Whether there is a compiler, and its work is done already or small beside the run."""
    return bool(find_spec("numba")) and (planned(search) >= ENOUGH or is_compiled())


def require_numba() -> None:
    """Raise MissingPackage if there is nothing to compile with."""
    if not find_spec("numba"):
        raise MissingPackage('numba is not installed: pip install "gegp[fast]"')


def obstacles(problem: Problem, representation: Representation) -> Iterator[str]:
    """What there is no compiled code for."""
    search = problem.settings.search
    if type(representation) is not DSGE:
        yield "another representation than dsge"
        return
    plain = SearchSettings()
    for name in ("algorithm", "replacement", "islands", "selection", "selection_options"):
        value = getattr(search, name)
        if value != getattr(plain, name):
            yield f"search.{name} = {value!r}"
    if representation.mutation_kind != "per_codon" or search.mutation == "subtree":
        yield f"search.mutation = {search.mutation!r}"
    if search.crossover == "subtree":
        yield "search.crossover = 'subtree'"
    for name in ("distinct_elites", "lineage", "race_cap"):
        if getattr(search, name):
            yield f"search.{name}"
    if len(problem.weights) > 1:
        yield "several objectives"
    if representation.grammar.blocks:
        yield "a grammar of Python's blocks"


def planned(search: SearchSettings) -> int:
    """How many individuals a run makes at most."""
    return search.population * search.generations


def is_compiled() -> bool:
    """Whether compiled code lies ready, as far as one can tell without importing numba."""
    own = Path(__file__).parent
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(elsewhere)] if elsewhere else [own, Path.home() / ".cache" / "numba"]
    found = {file.name.partition("-")[0] for place in places for file in place.rglob("*.nbi")}
    return found >= _NEEDED
