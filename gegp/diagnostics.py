"""How a representation searches: its redundancy, its locality, and what it uses.

Rothlauf: "Representations for Genetic and Evolutionary Algorithms", 2nd edition, 2006,
names the properties: a representation is redundant if several genotypes have one
phenotype, and its locality is high if neighbouring genotypes have neighbouring
phenotypes. Lourenço, Pereira, Costa: "Unveiling the properties of structured grammatical
evolution", GPEM 17(3), 2016, compares representations over grammars by them.

Genotypes are drawn by the representation's own ``create``, each is mutated once, and
neighbours are crossed. No fitness is asked for.

The distance between two programs is the edit distance between their sequences of
terminals: how many terminals have to be inserted, deleted or replaced. A terminal is the
text between two non-terminals of a production, the smallest thing that a derivation can
choose. An edit distance in characters would weigh long names more than short ones, and a
distance between derivation trees would measure the grammar too, which some representations
rewrite. Programs of the same text have distance 0, however they are derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, NamedTuple

import msgspec

from gegp.edit_distance import edit_distance
from gegp.errors import InputError
from gegp.grammar.model import Grammar
from gegp.representations.base import Derivation, Genotype, Representation, check_kind
from gegp.representations.table import find_representation
from gegp.rng import stream
from gegp.search_settings import SearchSettings

SINGLE_CHANGES = ("any", "one")
"""The kinds of mutation that change one codon, the preferred one first."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Measures of a sample of genotypes, of a mutant of each, and of children of neighbours.

    Shares are from 0 to 1. Distances are in terminals (see the module); ``..._relative``
    is a mean of distances that are each divided by the number of terminals of the longer of
    the two programs.

    Of the ``samples`` genotypes that were created:

    - ``distinct``: different programs, as a share of the samples.
    - ``redundancy``: 1 - different programs / different genotypes. In a sample it is less
      than in the space of all genotypes, and grows with the sample: compare equal samples.
    - ``complete``: the share of programs that have come to their end.
    - ``depth``, ``size``: the mean depth in non-terminals, and the mean number of expansions.
    - ``rules_used``, ``productions_used``: the mean shares of the non-terminals, and of the
      productions, of the representation's own grammar that a program expands at least once.
    - ``codons``: the mean number of codons in a genotype, those of rules with a single
      production included; the pairs of πGE, the bits of WHGE.
    - ``codons_used``: the mean number of codons that the mapping read, as the representation
      counts them: repeatedly where it wraps; for WHGE the expansions that bits decided.
    - ``codons_used_share``: the mean of the codons read divided by the codons, at most 1 each.

    Of a mutant of each genotype; one codon changes, anywhere in the genotype, if the
    representation was made with the mutation ``any``:

    - ``neutral``: the share that has the program of its parent.
    - ``small_steps``: the share at a distance of 1 from it.
    - ``mutant_distance``, ``..._median``, ``..._relative``: the distance from it. Rothlauf's
      locality is high where the mean is near 1 or below it.
    - ``changed_distance``, ``..._median``, ``..._relative``: the same for those that are not
      neutral; None if there are none.

    Of the two children of each genotype and the next one:

    - ``child_copies``: the share that has the program of one of its parents.
    - ``child_distance``, ``..._relative``: the mean distance from the nearer parent.
    """

    samples: int
    distinct: float
    redundancy: float
    complete: float
    depth: float
    size: float
    rules_used: float
    productions_used: float
    codons: float
    codons_used: float
    codons_used_share: float
    neutral: float
    small_steps: float
    mutant_distance: float
    mutant_distance_median: float
    mutant_distance_relative: float
    changed_distance: float | None
    changed_distance_median: float | None
    changed_distance_relative: float | None
    child_copies: float
    child_distance: float
    child_distance_relative: float


class Program(NamedTuple):
    """A derivation as it is measured.

    ``terminals`` are the texts of its leaves from left to right, and ``expanded`` the
    rules and productions that occur in it.
    """

    derivation: Derivation
    terminals: tuple[str, ...]
    expanded: frozenset[tuple[int, int]]


class Step(NamedTuple):
    """The way from a program to another: in terminals, and divided by the longer's length."""

    same: bool
    distance: int
    relative: float


def single_change(settings: SearchSettings) -> SearchSettings:
    """The settings with a mutation of one codon, where the representation has one.

    A mutation that is set already is kept. Raises SettingsError if there is no such
    representation, or it does not have the operators that are set: those over derivations
    are not its own.
    """
    name = settings.representation
    found = find_representation(name)
    for operator, kind, known in (
        ("mutation", settings.mutation, found.mutations),
        ("crossover", settings.crossover, found.crossovers),
    ):
        if kind and known:
            check_kind(operator, kind, known, name)
    own = found.mutations[0] if found.mutations else None
    single = next((kind for kind in SINGLE_CHANGES if kind in found.mutations), own)
    return msgspec.structs.replace(settings, mutation=settings.mutation or single)


def measure(representation: Representation, *, samples: int, seed: int) -> Diagnostics:
    """The diagnostics of a representation.

    Sample i is drawn from ``stream(seed, i)``, its mutant and its children from places below
    that. Make the representation with :func:`single_change` to measure locality.
    Raises InputError if there are fewer than two samples.
    """
    if samples < 2:
        raise InputError(f"samples = {samples}: expected at least 2, for crossover takes two")
    genotypes = [representation.create(stream(seed, i)) for i in range(samples)]
    programs = [_program(representation, genotype) for genotype in genotypes]
    return Diagnostics(
        samples=samples,
        **_of_programs(programs, genotypes, representation.grammar),
        **_of_codons(programs, [representation.codons(genotype) for genotype in genotypes]),
        **_of_mutants(_mutations(representation, genotypes, programs, seed)),
        **_of_children(_crossovers(representation, genotypes, programs, seed)),
    )


def _of_programs(
    programs: Sequence[Program], genotypes: Sequence[Genotype], grammar: Grammar
) -> dict[str, Any]:
    distinct = len({one.derivation.phenotype for one in programs})
    rules = len(grammar.rules)
    productions = sum(len(rule.productions) for rule in grammar.rules)
    return {
        "distinct": distinct / len(programs),
        "redundancy": 1 - distinct / len(set(genotypes)),
        "complete": fmean(one.derivation.complete for one in programs),
        "depth": fmean(one.derivation.depth for one in programs),
        "size": fmean(len(one.derivation.choices) for one in programs),
        "rules_used": fmean(len({rule for rule, _ in one.expanded}) / rules for one in programs),
        "productions_used": fmean(len(one.expanded) / productions for one in programs),
    }


def _of_codons(programs: Sequence[Program], codons: Sequence[int]) -> dict[str, Any]:
    used = [sum(one.derivation.used) for one in programs]
    shares = [min(1.0, read / max(1, held)) for read, held in zip(used, codons, strict=True)]
    return {
        "codons": fmean(codons),
        "codons_used": fmean(used),
        "codons_used_share": fmean(shares),
    }


def _of_mutants(mutations: Sequence[Step]) -> dict[str, Any]:
    changed = [step for step in mutations if not step.same]
    return {
        "neutral": fmean(step.same for step in mutations),
        "small_steps": fmean(step.distance == 1 for step in mutations),
        **_distances("mutant_distance", mutations),
        **_distances("changed_distance", changed),
    }


def _of_children(crossovers: Sequence[tuple[Step, Step]]) -> dict[str, Any]:
    nearer = [min(steps, key=lambda step: step.distance) for steps in crossovers]
    return {
        "child_copies": fmean(one.same or two.same for one, two in crossovers),
        "child_distance": fmean(step.distance for step in nearer),
        "child_distance_relative": fmean(step.relative for step in nearer),
    }


def _distances(name: str, steps: Sequence[Step]) -> dict[str, float | None]:
    distances = [step.distance for step in steps]
    return {
        name: fmean(distances) if steps else None,
        f"{name}_median": float(median(distances)) if steps else None,
        f"{name}_relative": fmean(step.relative for step in steps) if steps else None,
    }


def _mutations(
    representation: Representation,
    genotypes: Sequence[Genotype],
    programs: Sequence[Program],
    seed: int,
) -> list[Step]:
    """From each genotype's program to its mutant's."""
    return [
        _step(program, _program(representation, representation.mutate(stream(seed, i, 1), parent)))
        for i, (parent, program) in enumerate(zip(genotypes, programs, strict=True))
    ]


def _crossovers(
    representation: Representation,
    genotypes: Sequence[Genotype],
    programs: Sequence[Program],
    seed: int,
) -> list[tuple[Step, Step]]:
    """To each child's program from those of its parents: a genotype and the one after it."""
    found: list[tuple[Step, Step]] = []
    for i, first in enumerate(genotypes):
        other = (i + 1) % len(genotypes)
        children = representation.crossover(stream(seed, i, 2), first, genotypes[other])
        ends = [_program(representation, child) for child in children]
        found += [(_step(programs[i], end), _step(programs[other], end)) for end in ends]
    return found


def _step(start: Program, end: Program) -> Step:
    if start.derivation.phenotype == end.derivation.phenotype:
        return Step(True, 0, 0.0)
    distance = edit_distance(start.terminals, end.terminals)
    longer = max(1, len(start.terminals), len(end.terminals))
    return Step(False, distance, distance / longer)


def _program(representation: Representation, genotype: Genotype) -> Program:
    """The program of a genotype; of an incomplete one, what comes before its end."""
    parts = representation.grammar.parts
    derivation = representation.derive(genotype)
    choices = iter(derivation.choices)
    terminals: list[str] = []
    expanded: set[tuple[int, int]] = set()
    stack: list[int | str] = [0]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            terminals.append(item)
            continue
        production = next(choices, None)
        if production is None:
            break
        expanded.add((item, production))
        stack += reversed(parts[item][production])
    return Program(derivation, tuple(terminals), frozenset(expanded))
