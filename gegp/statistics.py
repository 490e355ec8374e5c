"""What is written down of each generation."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from gegp.grammar.model import Grammar
from gegp.individual import Individual
from gegp.search import State
from gegp.variation import successes


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of ``generations.csv``.

    ``best``, ``mean``, ``median`` and ``worst`` are of the first objective, as the
    problem states it, over the individuals that could be evaluated; None if there
    is none. ``distinct`` counts different programs, ``failed`` individuals without
    fitness. Depth is in non-terminals, size in codons used; ``codons_mean`` counts all
    codons of a genotype, and ``rules_used`` is the share of the non-terminals with a
    choice for which a program reads codons. Of the children made for this generation,
    ``unchanged`` are a parent, and ``neutral`` have another genotype but a parent's
    program; ``parents`` counts the individuals of the generation before that this one
    descends from. These five are None in runs of older versions. ``evaluated`` candidates
    were evaluated in this generation, ``from_cache`` were known already, from this run or
    from the cache; individuals that came through unchanged are in neither.
    """

    generation: int
    best: float | None
    mean: float | None
    median: float | None
    worst: float | None
    distinct: int
    failed: int
    depth_mean: float
    size_mean: float
    codons_mean: float | None = None
    rules_used: float | None = None
    parents: int | None = None
    unchanged: int | None = None
    neutral: int | None = None
    evaluated: int
    from_cache: int
    seconds: float


def describe_state(state: State, *, evaluated: int, from_cache: int, seconds: float) -> Row:
    """The row of a generation."""
    population = state.population
    good = successes(population)
    codons = state.representation.codons
    values = [individual.fitness.values[0] for individual in good]
    weight = population[0].fitness.weights[0]
    return Row(
        generation=state.generation,
        best=max(values, key=lambda value: value * weight) if good else None,
        mean=statistics.fmean(values) if good else None,
        median=statistics.median(values) if good else None,
        worst=min(values, key=lambda value: value * weight) if good else None,
        distinct=len({individual.phenotype for individual in population}),
        failed=len(population) - len(good),
        depth_mean=statistics.fmean(one.derivation.depth for one in population),
        size_mean=statistics.fmean(len(one) for one in population),
        codons_mean=statistics.fmean(codons(one.genotype) for one in population),
        rules_used=_rules_used(population, state.representation.grammar),
        parents=len({parent for parents in state.parents for parent in parents}),
        unchanged=sum(birth.unchanged for birth in state.births),
        neutral=sum(birth.neutral for birth in state.births),
        evaluated=evaluated,
        from_cache=from_cache,
        seconds=round(seconds, 3),
    )


def _rules_used(population: Sequence[Individual], grammar: Grammar) -> float:
    """The mean share of the non-terminals with a choice for which codons were read."""
    open_rules = [i for i, rule in enumerate(grammar.rules) if len(rule.productions) > 1]
    if not open_rules:
        return 1.0
    used = sum(one.derivation.used[rule] > 0 for one in population for rule in open_rules)
    return used / (len(population) * len(open_rules))
