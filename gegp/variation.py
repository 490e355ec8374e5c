"""Variation of individuals with DEAP's signatures; each takes the generator that it draws from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter

from gegp.errors import InputError
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices
from gegp.grammar.membership import explain_failure, find_derivation
from gegp.grammar.model import Grammar
from gegp.grammar.subtrees import exchange_subtrees, regrow_subtree
from gegp.individual import Fitness, Individual
from gegp.representations.base import Genotype, Representation
from gegp.rng import Stream

BY_FITNESS = attrgetter("fitness.wvalues")
"""Orders individuals as DEAP does: by their weighted values, the better ones greater."""

Initialise = Callable[[Stream], Choices]
"""A method of initialisation: from a generator to a derivation."""


def create(
    *,
    rng: Stream,
    representation: Representation,
    weights: Sequence[float],
    initialise: Initialise | None = None,
) -> Individual:
    """A new individual without fitness: the representation's own, or of a random derivation."""
    if initialise is None:
        genotype = representation.create(rng)
    else:
        genotype = representation.encode(initialise(rng), rng)
    return express(genotype, representation=representation, weights=weights)


def express(
    genotype: Genotype, *, representation: Representation, weights: Sequence[float]
) -> Individual:
    """The individual of a genotype, without fitness; it is derived when somebody looks."""
    return Individual(genotype, partial(representation.derive, genotype), Fitness(weights))


def encode(
    phenotype: str, *, grammar: Grammar, representation: Representation, weights: Sequence[float]
) -> Individual:
    """The individual of a program, without fitness.

    Raises InputError if it is no program of the grammar, or too deep.
    """
    membership = find_derivation(grammar, phenotype)
    if membership.choices is None:
        raise InputError(explain_failure(phenotype, membership))
    choices: Choices | None = membership.choices
    if representation.grammar is not grammar:
        choices = find_derivation(representation.grammar, phenotype).choices
    if choices is None:
        raise InputError(
            "it is a program of the grammar, but one that this representation leaves out: it "
            "takes more recursion than search.recursion_level and search.max_depth allow"
        )
    return express(representation.encode(choices), representation=representation, weights=weights)


def mate(
    first: Individual, second: Individual, *, rng: Stream, representation: Representation
) -> tuple[Individual, Individual]:
    """Two children; one that equals a parent is that parent, its fitness included."""
    # A representation may let children inherit from the fitter parent: that one comes first.
    turned = first.fitness.valid and second.fitness.valid and second.fitness > first.fitness
    fitter, other = (second, first) if turned else (first, second)
    one, two = representation.crossover(rng, fitter.genotype, other.genotype)
    children = (
        _child(one, (fitter, other), representation),
        _child(two, (other, fitter), representation),
    )
    return (children[1], children[0]) if turned else children


def mate_subtrees(
    first: Individual, second: Individual, *, rng: Stream, representation: Representation
) -> tuple[Individual, Individual]:
    """Two children whose derivations have exchanged a subtree of the same non-terminal."""
    grammar, depth = representation.grammar, representation.max_depth
    one, two = exchange_subtrees(
        rng, grammar, first.derivation.choices, second.derivation.choices, depth
    )
    return (
        _derived(one, first, representation, rng),
        _derived(two, second, representation, rng),
    )


def mutate(parent: Individual, *, rng: Stream, representation: Representation) -> tuple[Individual]:
    """A mutant; if nothing changed it is the parent itself, its fitness included."""
    mutant = representation.mutate(rng, parent.genotype)
    return (_child(mutant, (parent,), representation),)


def mutate_subtree(
    parent: Individual,
    *,
    rng: Stream,
    representation: Representation,
    growth: Growth,
    rate: float,
    depth: int,
) -> tuple[Individual]:
    """With a probability, a mutant with a subtree grown anew, no deeper than ``depth``."""
    if rng.random() >= rate:
        return (parent,)
    choices = regrow_subtree(
        rng, growth, parent.derivation.choices, depth, representation.max_depth
    )
    return (_derived(choices, parent, representation, rng),)


def _child(
    genotype: Genotype, parents: Sequence[Individual], representation: Representation
) -> Individual:
    for parent in parents:
        if genotype == parent.genotype:
            return parent
    weights = parents[0].fitness.weights
    child = express(genotype, representation=representation, weights=weights)
    return child.with_history_of(parents[0])


def _derived(
    choices: Choices, parent: Individual, representation: Representation, rng: Stream
) -> Individual:
    """The individual of a derivation; the parent itself if it is the parent's.

    So it is where the derivation has no genotype, because that would be too long.
    """
    if choices == parent.derivation.choices:
        return parent
    try:
        genotype = representation.with_derivation(parent.genotype, choices, rng)
    except InputError:
        return parent
    return _child(genotype, (parent,), representation)


def successes(population: Sequence[Individual]) -> list[Individual]:
    """The individuals that could be evaluated."""
    return [individual for individual in population if not individual.fitness.failed]


def elites(population: Sequence[Individual], k: int, *, distinct: bool = False) -> list[Individual]:
    """The k best individuals that could be evaluated, the earlier ones first among equals.

    With ``distinct`` no two of them behave alike: errors by case, or objectives, differ.
    """
    ranked = sorted(successes(population), key=BY_FITNESS, reverse=True)
    if distinct:
        first: dict[tuple[float, ...], Individual] = {}
        for individual in ranked:
            first.setdefault(individual.fitness.behaviour, individual)
        ranked = list(first.values())
    return ranked[:k]
