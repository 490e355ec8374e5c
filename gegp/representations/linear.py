"""What linear representations have in common: one list of codons for all non-terminals.

A genotype is a flat tuple of integers. A codon is one of them, or several in a row. The
mapping reads the codons from left to right, and again from the start as often as
``wraps`` says; it closes what they leave open with productions of least depth. So every
genotype is complete and within ``max_depth``, operators repair nothing, and codons stay as
they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gegp.errors import InputError, SettingsError
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.grammar.model import Grammar
from gegp.representations.base import (
    Derivation,
    Genotype,
    MutationRate,
    Representation,
    check_depths,
    check_kind,
    rate_of_all,
)
from gegp.representations.sites import MUTATIONS, another, crossover_mask, mutation_sites
from gegp.rng import Stream

GENOME_LENGTH = 200
"""The codons of a created genotype, where nothing else is set."""

MOST_LENGTHS = 10
"""No genotype has more codons than so many times ``genome_length``."""

INVALID = ("complete", "worst")
"""What a program is whose codons did not suffice: valid once it is closed, or invalid."""

BYTE = 256
"""The values of a codon of eight bits."""


@dataclass(frozen=True, slots=True)
class CodonRule:
    """How a codon chooses: production ``codon // divisors[rule] % counts[rule]``.

    Codons are below ``values``; ``counts`` are the numbers of productions of the rules.
    """

    values: int
    counts: tuple[int, ...]
    divisors: tuple[int, ...]

    def production(self, rule: int, codon: int) -> int:
        """The production of a rule that a codon chooses."""
        return codon // self.divisors[rule] % self.counts[rule]

    def codon(self, rule: int, production: int, rng: Stream | None) -> int:
        """A codon that chooses a production; the least one, or any with the same probability."""
        divisor = self.divisors[rule]
        base, step = divisor * production, divisor * self.counts[rule]
        if rng is None:
            return base
        base += rng.below(divisor)
        return base + step * rng.below((self.values - base + step - 1) // step)


def modulo_rule(grammar: Grammar) -> CodonRule:
    """The codon modulo the number of productions (O'Neill and Ryan 2001).

    Codons have eight bits. If a rule has more than 256 productions, they have so many that
    the probabilities of its productions differ by less than one in 256.
    """
    counts = _counts(grammar)
    most = max(counts)
    values = BYTE if most <= BYTE else 1 << (BYTE * most - 1).bit_length()
    return CodonRule(values, counts, (1,) * len(counts))


def bucket_rule(grammar: Grammar) -> CodonRule:
    """The codon divided by the numbers of productions of the rules before, then the modulo.

    Keijzer, O'Neill, Ryan, Cattolico: "Grammatical Evolution Rules: The Mod and the Bucket
    Rule", EuroGP 2002. What a codon chooses for one rule says nothing about what it
    chooses for another one. Raises SettingsError if codons would need more than 31 bits.
    """
    counts = _counts(grammar)
    divisors = []
    product = 1
    for count in counts:
        divisors.append(product)
        product *= count
        if product > 1 << 31:
            raise SettingsError(
                "search.codon_rule = 'bucket' is not for this grammar: expected numbers of "
                "alternatives whose product is at most 2**31; use 'modulo'"
            )
    return CodonRule(max(product, 2), counts, tuple(divisors))


CODON_RULES = {"modulo": modulo_rule, "bucket": bucket_rule}
"""The codon rules by name, the default one first."""


def _counts(grammar: Grammar) -> tuple[int, ...]:
    return tuple(len(rule.productions) for rule in grammar.rules)


class Linear(Representation):
    """Operators over a flat genotype; ``derive`` and ``encode`` are a subclass's own.

    ``genome_length`` is the number of codons of a created genotype, None for 200. Crossover
    cuts children off at ten times as many. ``wraps`` is how often the mapping reads the
    codons again when it has come to their end. ``codon_rule`` says how a codon chooses a
    production: ``"modulo"`` or ``"bucket"``. ``invalid`` says what a program is whose codons
    ran out, or chose a production that did not fit into the depth that was left:
    ``"complete"``, a program like others, or ``"worst"``, incomplete. Its text is the same.

    ``crossover`` is ``"one_point"`` (one cut in the used part of each parent, not the same
    one; the ends are exchanged), ``"two_point"`` (two such cuts; what stands between them is
    exchanged), or ``"mask"`` (codons at the same place are exchanged with probability one
    half). ``mutation_rate`` is the probability that a used integer takes another value, a
    number or ``"1/used"``. ``init_depth`` is only checked: created genotypes are random.

    Raises SettingsError if a setting has an impossible value.
    """

    crossovers = ("one_point", "two_point", "mask")
    mutations = MUTATIONS

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        crossover: str | None = None,
        mutation: str | None = None,
        mutation_rate: MutationRate = 0.05,
        genome_length: int | None = None,
        wraps: int = 1,
        codon_rule: str = "modulo",
        invalid: str = "complete",
    ) -> None:
        check_depths(grammar, init_depth, max_depth)
        self.grammar = grammar
        self.init_depth = init_depth
        self.max_depth = max_depth
        self.genome_length = GENOME_LENGTH if genome_length is None else genome_length
        self.wraps = wraps
        _check_least("genome_length", self.genome_length, 1)
        _check_least("wraps", wraps, 0)
        self._crossover, self._mutation = self.operators(crossover, mutation)
        self._rate = rate_of_all(mutation_rate, self.name)
        check_kind("codon_rule", codon_rule, tuple(CODON_RULES), self.name)
        self.codon_rule = CODON_RULES[codon_rule](grammar)
        self.invalid = check_kind("invalid", invalid, INVALID, self.name)
        self.growth = Growth(grammar)
        self._values = self._codon_values()

    def _codon_values(self) -> tuple[int, ...]:
        """The number of values of each integer of a codon."""
        return (self.codon_rule.values,)

    def create(self, rng: Stream) -> Genotype:
        """Random codons."""
        return self._random(rng, self.genome_length)

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """Integers take other values, which may choose the same productions."""
        used = self._read(genotype) * len(self._values)
        mutant = list(genotype)
        sites = mutation_sites(rng, self._mutation, (self._rate,), (used,), (len(mutant),))
        for _, position in sites:
            count = self._values[position % len(self._values)]
            mutant[position] = another(rng, mutant[position], count)
        return tuple(mutant)

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Codons are exchanged; those of a child beyond the greatest length are cut off."""
        width = len(self._values)
        if self._crossover == "mask":
            mask = crossover_mask(rng, "mask", min(len(first), len(second)) // width)
            return _exchanged(first, second, [swap for swap in mask for _ in range(width)])
        cuts = 1 if self._crossover == "one_point" else 2
        a, b = (self._parts(rng, genotype, cuts) for genotype in (first, second))
        most = self.most_codons * width
        one, two = a[0] + b[1] + a[2], b[0] + a[1] + b[2]
        return one[:most], two[:most]

    @property
    def most_codons(self) -> int:
        """The greatest number of codons of a genotype."""
        return MOST_LENGTHS * self.genome_length

    def _parts(self, rng: Stream, genotype: Genotype, cuts: int) -> tuple[Genotype, ...]:
        """A genotype in three parts, the middle one to be exchanged; the first is never empty."""
        width = len(self._values)
        used = max(self._read(genotype), 1)
        places = sorted((1 + rng.below(used)) * width for _ in range(cuts))
        start, end = places[0], places[1] if cuts > 1 else len(genotype)
        return genotype[:start], genotype[start:end], genotype[end:]

    def _read(self, genotype: Genotype) -> int:
        """How many codons of a genotype the mapping reads, each counted once."""
        return min(sum(self.derive(genotype).used), len(genotype) // len(self._values))

    def _random(self, rng: Stream, codons: int) -> Genotype:
        return tuple(rng.below(count) for _ in range(codons) for count in self._values)

    def _fitting(self, rule: int, codon: int | None, left: int) -> tuple[int, bool]:
        """The production of a rule within the depth that is left, and whether a codon chose it.

        It is one of least depth if there is no codon left, or its production does not fit.
        """
        if codon is not None:
            production = self.codon_rule.production(rule, codon)
            if self.growth.depths[rule][production] <= left:
                return production, True
        return self.growth.shallowest[rule], False

    def _derivation(
        self, choices: Sequence[int], deepest: int, used: Sequence[int], closed: bool
    ) -> Derivation:
        """What ``derive`` returns; ``closed`` if a production was not chosen by a codon."""
        phenotype = program(self.grammar, choices)
        complete = self.invalid == "complete" or not closed
        return Derivation(phenotype, deepest, tuple(used), complete, tuple(choices))

    def _encoded(self, codons: Sequence[int], rng: Stream | None) -> Genotype:
        """The genotype that begins with codons: filled up with random ones, but never empty.

        Raises InputError if they are more than a genotype may have.
        """
        count = len(codons) // len(self._values)
        if count > self.most_codons:
            raise InputError(
                f"the program needs {count} codons, but a genotype has at most "
                f"{self.most_codons}; set search.genome_length to "
                f"{-(-count // MOST_LENGTHS)} or more"
            )
        if rng is not None:
            return (*codons, *self._random(rng, self.genome_length - count))
        return tuple(codons) or (0,) * len(self._values)


def _exchanged(first: Genotype, second: Genotype, mask: Sequence[int]) -> tuple[Genotype, Genotype]:
    """Two genotypes with the places exchanged where the mask, which may be shorter, holds a 1."""
    one, two = list(first), list(second)
    for place, swap in enumerate(mask):
        if swap:
            one[place], two[place] = two[place], one[place]
    return tuple(one), tuple(two)


def _check_least(setting: str, value: int, least: int) -> None:
    if value < least:
        raise SettingsError(f"search.{setting} = {value}: expected at least {least}")
