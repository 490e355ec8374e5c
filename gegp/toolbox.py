"""The one place where a problem, a representation and the operators meet: a DEAP toolbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from deap import base, tools

from gegp import variation
from gegp.errors import SettingsError
from gegp.grammar.growth import Growth
from gegp.grammar.initialisation import initialiser
from gegp.grammar.model import Grammar
from gegp.individual import Individual, worst_values
from gegp.outcome import attempt
from gegp.problem import Problem, problem_from_json
from gegp.representations.adaptive import Adaptive
from gegp.representations.base import Representation, rate_of_individuals
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.search_settings import SearchSettings, change_search
from gegp.selection import find_selection


def build_representation(grammar: Grammar, settings: SearchSettings) -> Representation:
    """The representation that the settings name."""
    chosen = msgspec.structs.asdict(settings)
    for operator in ("crossover", "mutation"):
        # Operators over derivations are not the representation's: it keeps its own.
        if chosen[operator] == "subtree" and settings.representation != "cfggp":
            chosen[operator] = None
    representation = make_representation(settings.representation, grammar, chosen)
    if settings.adaptive_mutation:
        representation = Adaptive(
            representation,
            rate_mutation_rate=settings.rate_mutation_rate,
            rate_deviation=settings.rate_deviation,
        )
    _check_encoding(representation, settings)
    return representation


def build_toolbox(
    problem: Problem,
    *,
    seed: int,
    grammar: Grammar | None = None,
    search: Mapping[str, Any] | None = None,
) -> base.Toolbox:
    """A toolbox whose operators have DEAP's signatures.

    It has ``individual``, ``population``, ``mate``, ``mutate``, ``select``, ``evaluate``,
    and ``express`` and ``encode``, which make the individual of a genotype and of a
    program; and ``representation``, which they use. Grammar and settings are the
    problem's own unless given; ``search`` changes single settings.

    What draws draws from a generator started at ``seed``, or from another one that
    is passed as ``rng=``. DEAP's stock algorithms draw from the global ``random``
    besides: seed that too to repeat them.
    """
    settings = _settings(problem, search or {})
    grammar = grammar or problem.grammar
    representation = build_representation(grammar, settings)
    rng = stream(seed)
    toolbox = base.Toolbox()
    toolbox.representation = representation
    made = {"representation": representation, "weights": problem.weights}
    toolbox.register(
        "individual",
        variation.create,
        rng=rng,
        initialise=_initialise(representation, settings),
        **made,
    )
    toolbox.register("express", variation.express, **made)
    toolbox.register("encode", variation.encode, grammar=grammar, **made)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    _register_variation(toolbox, settings, representation, rng=rng)
    selection = find_selection(
        settings.selection,
        tournament_size=settings.tournament_size,
        options=settings.selection_options,
        weights=problem.weights,
    )
    toolbox.register("select", selection, rng=rng)
    toolbox.register("evaluate", Evaluation(msgspec.json.encode(problem.settings), seed))
    return toolbox


def _settings(problem: Problem, changes: Mapping[str, Any]) -> SearchSettings:
    """The problem's settings with some changed. Raises SettingsError if they do not fit it."""
    settings = change_search(problem.settings.search, changes)
    if settings.replacement == "nsga3" and len(problem.weights) < 2:
        raise SettingsError(
            "search.replacement = 'nsga3' needs two objectives or more; this problem has one"
        )
    return settings


def _register_variation(
    toolbox: base.Toolbox, settings: SearchSettings, representation: Representation, **drawn: Any
) -> None:
    """``mate`` and ``mutate``: the representation's own, or those over derivations."""
    drawn["representation"] = representation
    subtrees = settings.crossover == "subtree"
    toolbox.register("mate", variation.mate_subtrees if subtrees else variation.mate, **drawn)
    if settings.mutation != "subtree" or settings.representation == "cfggp":
        toolbox.register("mutate", variation.mutate, **drawn)
        return
    toolbox.register(
        "mutate",
        variation.mutate_subtree,
        growth=Growth(representation.grammar),
        rate=rate_of_individuals(settings.mutation_rate),
        depth=settings.init_depth,
        **drawn,
    )


def _initialise(
    representation: Representation, settings: SearchSettings
) -> variation.Initialise | None:
    """The method of initialisation, if it is not the representation's own."""
    if settings.initialisation == "random":
        return None
    return initialiser(
        settings.initialisation,
        representation.grammar,
        depth=settings.init_depth,
        size=settings.init_size,
    )


def _check_encoding(representation: Representation, settings: SearchSettings) -> None:
    """Raise SettingsError for operators over derivations where these may have no genotype."""
    if representation.encodes_all:
        return
    for key, value in (
        ("initialisation", settings.initialisation if settings.initialisation != "random" else ""),
        ("crossover", settings.crossover if settings.crossover == "subtree" else ""),
        ("mutation", settings.mutation if settings.mutation == "subtree" else ""),
    ):
        if value:
            raise SettingsError(
                f"search.{key} = {value!r} makes derivations that search.representation = "
                f"{settings.representation!r} may have no genotype for; leave it out"
            )


class Evaluation:
    """Evaluates one individual, for DEAP's algorithms; pickles as the problem's settings."""

    def __init__(self, settings: bytes, seed: int) -> None:
        self.settings = settings
        self.seed = seed

    def __call__(self, individual: Individual) -> tuple[float, ...]:
        """The objective values; the worst ones if the candidate fails, or is incomplete."""
        problem = problem_from_json(self.settings)
        if not individual.derivation.complete:
            return worst_values(problem.weights)
        seed = problem.evaluation_seed(self.seed, problem.key(individual.phenotype))
        outcome = attempt(problem, individual.phenotype, seed)
        return outcome.values if outcome.ok else worst_values(problem.weights)
