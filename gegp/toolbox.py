"""The one place where a problem, a representation and the operators meet: a DEAP toolbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from deap import base, tools

from gegp import variation
from gegp.grammar.model import Grammar
from gegp.individual import Individual, worst_values
from gegp.outcome import attempt
from gegp.problem import Problem, problem_from_json
from gegp.representations.base import Representation
from gegp.representations.table import make_representation
from gegp.rng import stream
from gegp.settings import SearchSettings, convert_search


def build_representation(grammar: Grammar, settings: SearchSettings) -> Representation:
    """The representation that the settings name."""
    return make_representation(settings.representation, grammar, msgspec.structs.asdict(settings))


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
    program. Grammar and settings are the problem's own unless given; ``search`` changes
    single settings.

    What draws draws from a generator started at ``seed``, or from another one that
    is passed as ``rng=``. DEAP's stock algorithms draw from the global ``random``
    besides: seed that too to repeat them.
    """
    settings = problem.settings.search
    if search:
        settings = convert_search(msgspec.structs.asdict(settings) | dict(search))
    grammar = grammar or problem.grammar
    representation = build_representation(grammar, settings)
    rng = stream(seed)
    toolbox = base.Toolbox()
    made = {"representation": representation, "weights": problem.weights}
    toolbox.register("individual", variation.create, rng=rng, **made)
    toolbox.register("express", variation.express, **made)
    toolbox.register("encode", variation.encode, grammar=grammar, **made)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("mate", variation.mate, rng=rng, representation=representation)
    toolbox.register("mutate", variation.mutate, rng=rng, representation=representation)
    toolbox.register("select", variation.tournament, rng=rng, size=settings.tournament_size)
    toolbox.register("evaluate", Evaluation(msgspec.json.encode(problem.settings), seed))
    return toolbox


class Evaluation:
    """Evaluates one individual, for DEAP's algorithms; pickles as the problem's settings."""

    def __init__(self, settings: bytes, seed: int) -> None:
        self.settings = settings
        self.seed = seed

    def __call__(self, individual: Individual) -> tuple[float, ...]:
        """The objective values; the worst ones if the candidate fails."""
        problem = problem_from_json(self.settings)
        seed = problem.evaluation_seed(self.seed, problem.key(individual.phenotype))
        outcome = attempt(problem, individual.phenotype, seed)
        return outcome.values if outcome.ok else worst_values(problem.weights)
