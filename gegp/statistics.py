"""What is written down of each generation."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from gegp.batch.population import Descent, Population
from gegp.grammar.model import Grammar
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


class Measures(NamedTuple):
    """What the table tells of a population: values that could be had, and numbers of individuals.

    ``open_rules`` counts, over all individuals, the non-terminals with a choice for which codons
    were read.
    """

    weight: float
    values: Sequence[float]
    depths: Sequence[int]
    sizes: Sequence[int]
    codons: Sequence[int]
    open_rules: int
    distinct: int
    descent: Descent


def describe_state(state: State, *, evaluated: int, from_cache: int, seconds: float) -> Row:
    """The row of a generation."""
    found = _measures(state)
    values = found.values
    weight, size = found.weight, len(found.depths)
    choices = size * len(_open_rules(state.representation.grammar))
    return Row(
        generation=state.generation,
        best=max(values, key=lambda value: value * weight) if values else None,
        mean=statistics.fmean(values) if values else None,
        median=statistics.median(values) if values else None,
        worst=min(values, key=lambda value: value * weight) if values else None,
        distinct=found.distinct,
        failed=size - len(values),
        depth_mean=statistics.fmean(found.depths),
        size_mean=statistics.fmean(found.sizes),
        codons_mean=statistics.fmean(found.codons),
        rules_used=found.open_rules / choices if choices else 1.0,
        parents=found.descent.parents,
        unchanged=found.descent.unchanged,
        neutral=found.descent.neutral,
        evaluated=evaluated,
        from_cache=from_cache,
        seconds=round(seconds, 3),
    )


def _measures(state: State) -> Measures:
    population, representation = state.population, state.representation
    rules = _open_rules(representation.grammar)
    if isinstance(population, Population):
        return Measures(
            population.weight,
            population.values[~np.isnan(population.values)].tolist(),
            population.depths.tolist(),
            population.used.sum(axis=1).tolist(),
            population.genotypes.sizes.tolist(),
            int((population.used[:, rules] > 0).sum()),
            len(set(population.programs)),
            population.descent,
        )
    derivations = [individual.derivation for individual in population]
    return Measures(
        population[0].fitness.weights[0],
        [individual.fitness.values[0] for individual in successes(population)],
        [one.depth for one in derivations],
        [sum(one.used) for one in derivations],
        [representation.codons(one.genotype) for one in population],
        sum(one.used[rule] > 0 for one in derivations for rule in rules),
        len({one.phenotype for one in derivations}),
        Descent(
            len({parent for parents in state.parents for parent in parents}),
            sum(birth.unchanged for birth in state.births),
            sum(birth.neutral for birth in state.births),
        ),
    )


def _open_rules(grammar: Grammar) -> list[int]:
    """The non-terminals with a choice."""
    return [i for i, rule in enumerate(grammar.rules) if len(rule.productions) > 1]
