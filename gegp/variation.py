"""Variation of individuals with DEAP's signatures; each takes the generator that it draws from."""

from __future__ import annotations

from collections.abc import Sequence

from gegp.errors import InputError
from gegp.grammar.membership import explain_failure, find_derivation
from gegp.grammar.model import Grammar
from gegp.individual import Fitness, Individual
from gegp.representations.base import Genotype, Representation
from gegp.rng import Stream


def create(*, rng: Stream, representation: Representation, weights: Sequence[float]) -> Individual:
    """A new individual without fitness."""
    return express(representation.create(rng), representation=representation, weights=weights)


def express(
    genotype: Genotype, *, representation: Representation, weights: Sequence[float]
) -> Individual:
    """The individual of a genotype, without fitness."""
    return Individual(genotype, representation.derive(genotype), Fitness(weights))


def encode(
    phenotype: str, *, grammar: Grammar, representation: Representation, weights: Sequence[float]
) -> Individual:
    """The individual of a program, without fitness.

    Raises InputError if it is no program of the grammar, or too deep.
    """
    membership = find_derivation(grammar, phenotype)
    if membership.choices is None:
        raise InputError(explain_failure(phenotype, membership))
    genotype = representation.encode(membership.choices)
    return express(genotype, representation=representation, weights=weights)


def mate(
    first: Individual, second: Individual, *, rng: Stream, representation: Representation
) -> tuple[Individual, Individual]:
    """Two children; one that equals a parent is that parent, its fitness included."""
    one, two = representation.crossover(rng, first.genotype, second.genotype)
    return (
        _child(one, (first, second), representation),
        _child(two, (second, first), representation),
    )


def mutate(parent: Individual, *, rng: Stream, representation: Representation) -> tuple[Individual]:
    """A mutant; if nothing changed it is the parent itself, its fitness included."""
    mutant = representation.mutate(rng, parent.genotype)
    return (_child(mutant, (parent,), representation),)


def _child(
    genotype: Genotype, parents: Sequence[Individual], representation: Representation
) -> Individual:
    for parent in parents:
        if genotype == parent.genotype:
            return parent
    weights = parents[0].fitness.weights
    return express(genotype, representation=representation, weights=weights)


def successes(population: Sequence[Individual]) -> list[Individual]:
    """The individuals that could be evaluated."""
    return [individual for individual in population if not individual.fitness.failed]


def tournament(
    individuals: Sequence[Individual], k: int, *, rng: Stream, size: int
) -> list[Individual]:
    """The winners of k tournaments; contestants are drawn with replacement.

    A failed candidate takes part only if there is no other.
    """
    contestants = successes(individuals) or individuals
    return [
        max((rng.choice(contestants) for _ in range(size)), key=lambda one: one.fitness)
        for _ in range(k)
    ]


def elites(population: Sequence[Individual], k: int) -> list[Individual]:
    """The k best individuals that could be evaluated, the earlier ones first among equals."""
    return sorted(successes(population), key=lambda one: one.fitness, reverse=True)[:k]
