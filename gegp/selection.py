"""Selection of parents: gegp's tournament and lexicase, and whatever selector DEAP has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from deap import tools

from gegp.errors import SettingsError
from gegp.grammar.messages import nearest
from gegp.individual import Fitness, Individual
from gegp.lexicase import select_epsilon_lexicase, select_lexicase
from gegp.representations.base import Derivation
from gegp.rng import Stream, borrowed, stream
from gegp.variation import BY_FITNESS, successes

Select = Callable[..., list[Individual]]
"""``select(individuals, k, *, rng)``: k parents."""

OWN: Mapping[str, Callable[[list[Any], int], list[Any]]] = {
    "lexicase": select_lexicase,
    "epsilon_lexicase": select_epsilon_lexicase,
}
LEXICASE = (*OWN, "selLexicase", "selEpsilonLexicase", "selAutomaticEpsilonLexicase")
"""The selectors by errors of single cases."""


def find_selection(
    name: str,
    *,
    tournament_size: int,
    options: Mapping[str, Any],
    weights: Sequence[float] = (1.0,),
) -> Select:
    """The selection of a name: ``tournament``, a lexicase one, or any selector of DEAP.

    ``weights`` are those of the objectives. Raises SettingsError if there is no such
    selection, or the selector cannot work with the options.
    """
    if name == "tournament":
        _check_options(name, options, [])
        return Tournament(tournament_size)
    if name in OWN:
        _check_options(name, options, [])
    selector = OWN.get(name) or _deap(name, options)
    kind = Pool
    if name in LEXICASE:
        kind = Lexicase
    elif name == "selTournamentDCD":
        kind = CrowdedTournament
    found = kind(name, selector)
    # Whatever is wrong with the options shows here, before anything is evaluated.
    found(_trial_population(weights), 4, rng=stream(0))
    return found


def _trial_population(weights: Sequence[float]) -> list[Individual]:
    """Individuals to try a selector on."""
    population = []
    for number in range(8):
        values = [1.0 + (number + i) % 8 for i in range(len(weights))]
        fitness = Fitness(weights, values)
        fitness.cases = tuple(values)
        population.append(Individual((number,), Derivation("", 1, (1,)), fitness))
    return population


class Tournament:
    """Tournaments whose contestants are drawn with replacement.

    Each draws from the generator that it is given, so that a slot of a generation depends
    on nothing but its own one.
    """

    pooled = False

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(
        self, individuals: Sequence[Individual], k: int, *, rng: Stream
    ) -> list[Individual]:
        """The winners of k tournaments; failures take part only if there is nothing else."""
        return self.among(successes(individuals) or individuals, k, rng=rng)

    def among(self, contestants: Sequence[Individual], k: int, *, rng: Stream) -> list[Individual]:
        """The winners of k tournaments in which each of these may take part."""
        return [
            max((rng.choice(contestants) for _ in range(self.size)), key=BY_FITNESS)
            for _ in range(k)
        ]


class Pool:
    """A selector of DEAP, which selects all the parents of a generation at once.

    Selectors that return fewer than asked for, because they take no individual twice, are
    asked again.
    """

    pooled = True

    def __init__(self, name: str, selector: Callable[[list[Any], int], list[Any]]) -> None:
        self.name = name
        self.selector = selector

    def __call__(
        self, individuals: Sequence[Individual], k: int, *, rng: Stream
    ) -> list[Individual]:
        """k parents; if every individual is a failure, any of them.

        Raises SettingsError if the selector fails on these values.
        """
        good = successes(individuals)
        if not good:
            return [rng.choice(individuals) for _ in range(k)]
        candidates = self._candidates(good)
        chosen: list[Any] = []
        with borrowed(rng):
            while len(chosen) < k:
                chosen += self._some(candidates, k - len(chosen))
        return self._individuals(chosen[:k])

    def _some(self, candidates: list[Any], k: int) -> list[Any]:
        """At least one parent, and at most k, as far as the selector keeps to that."""
        try:
            some = self._select(candidates, k)
        except Exception as error:
            raise SettingsError(
                f"search.selection = {self.name!r} fails with these objectives and "
                f"search.selection_options: {type(error).__name__}: {error}"
            ) from error
        if not some:
            raise SettingsError(
                f"search.selection = {self.name!r} selects nobody from these objectives; "
                "roulettes need positive values"
            )
        return some

    def _select(self, candidates: list[Any], k: int) -> list[Any]:
        return self.selector(candidates, k)

    def _candidates(self, individuals: Sequence[Individual]) -> list[Any]:
        return list(individuals)

    def _individuals(self, chosen: list[Any]) -> list[Individual]:
        return chosen


class CrowdedTournament(Pool):
    """DEAP's ``selTournamentDCD``: by dominance, then by the crowding of the front."""

    def _select(self, candidates: list[Any], k: int) -> list[Any]:
        # It takes individuals in fours, each at most twice, and no more than there are.
        return self.selector(candidates, len(candidates) - len(candidates) % 4)

    def _candidates(self, individuals: Sequence[Individual]) -> list[Any]:
        candidates = list(individuals)
        if len(candidates) < 4:
            candidates *= 4
        for front in tools.sortNondominated(candidates, len(candidates)):
            tools.emo.assignCrowdingDist(front)
        return candidates


class _Errors(NamedTuple):
    """A fitness as DEAP's lexicase selectors read it: a value to minimise for each case."""

    values: tuple[float, ...]
    weights: tuple[float, ...]


class _Contestant(NamedTuple):
    individual: Individual
    fitness: _Errors


class Lexicase(Pool):
    """A lexicase selector of DEAP over the errors of single cases."""

    def _candidates(self, individuals: Sequence[Individual]) -> list[Any]:
        count = len(individuals[0].fitness.cases)
        if not all(count and len(one.fitness.cases) == count for one in individuals):
            raise SettingsError(
                f"search.selection = {self.name!r} needs the errors of the same cases for every "
                "individual, and these have none: the problem's evaluate() has to return them as "
                "'cases'. Only gegp's own loop keeps them"
            )
        weights = (-1.0,) * count
        return [_Contestant(one, _Errors(one.fitness.cases, weights)) for one in individuals]

    def _individuals(self, chosen: list[Any]) -> list[Individual]:
        return [contestant.individual for contestant in chosen]


def _deap(name: str, options: Mapping[str, Any]) -> Callable[[list[Any], int], list[Any]]:
    """A selector of DEAP with its options set."""
    functions = inspect.getmembers(tools, inspect.isfunction)
    known = {found: function for found, function in functions if found.startswith("sel")}
    del known["selNSGA3"]  # It takes arrays, and survivors: search.replacement has it.
    if name not in known:
        names = ["tournament", "lexicase", "epsilon_lexicase", *known]
        near = nearest(name, names)
        hint = f"did you mean {near!r}?" if near else f"expected one of: {', '.join(names)}"
        raise SettingsError(f"there is no search.selection {name!r}; {hint}")
    selector: Any = known[name]
    parameters = [*inspect.signature(selector).parameters.values()][2:]
    _check_options(name, options, [parameter.name for parameter in parameters])
    for parameter in parameters:
        if parameter.default is parameter.empty and parameter.name not in options:
            raise SettingsError(
                f"search.selection = {name!r} needs search.selection_options.{parameter.name}"
            )
    return lambda individuals, k: selector(individuals, k, **options)


def _check_options(name: str, options: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in options:
        if key not in known:
            raise SettingsError(
                f"search.selection_options has {key!r}, which {name} does not take; it takes: "
                f"{', '.join(known) or 'nothing'}"
            )
