"""What every representation offers, and what a derivation is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self

import msgspec

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth
from gegp.grammar.leftmost import Choices, program, steps
from gegp.grammar.messages import nearest
from gegp.grammar.model import Grammar
from gegp.rng import Stream

Genotype = tuple[Any, ...]
"""Nested tuples of integers and floats, which JSON can hold as they are."""

MutationRate = float | str | Mapping[str, float]
"""A probability, ``"1/used"``, or a table from non-terminals (without brackets) to such numbers."""


class Derivation(msgspec.Struct, frozen=True):
    """The result of mapping a genotype.

    ``depth`` counts the non-terminals on the longest path from the start symbol,
    the start included. ``used[rule]`` is the number of codons that the mapping
    read for each rule of the representation's grammar. ``complete`` is False only where a
    representation may fail to end and was told to say so. ``choices`` is the derivation
    itself: the productions that it chooses from left to right.
    """

    phenotype: str
    depth: int
    used: tuple[int, ...]
    complete: bool = True
    choices: Choices = ()


class Representation(Protocol):
    """Operators over genotypes. Parents are never changed, and results are complete.

    For every genotype that an operator returns, ``derive(genotype).depth`` is at
    most ``max_depth``; operators repair what would be deeper. ``derive`` is pure:
    it draws nothing, changes nothing and ends for every genotype.

    A class that inherits from this one is made with a grammar and, as keywords, with
    those of the ``[search]`` settings that it has parameters for. ``crossovers`` and
    ``mutations`` are the kinds that it has, the default ones first.
    """

    name: ClassVar[str] = ""
    crossovers: ClassVar[tuple[str, ...]] = ()
    mutations: ClassVar[tuple[str, ...]] = ()

    encodes_all: ClassVar[bool] = True
    """Whether ``encode`` has a genotype for every derivation up to ``max_depth``."""

    grammar: Grammar
    """What its derivations are derivations of; a grammar of the same programs as the given one,
    or of some of them."""

    max_depth: int

    def create(self, rng: Stream) -> Genotype:
        """A random genotype."""
        raise NotImplementedError

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype."""
        raise NotImplementedError

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation of ``grammar``; what it leaves open is drawn, or is 0.

        Raises InputError if the derivation is deeper than ``max_depth``.
        """
        raise NotImplementedError

    def with_derivation(self, genotype: Genotype, choices: Choices, rng: Stream) -> Genotype:
        """A genotype of another derivation; what else the genotype holds stays in it."""
        return self.encode(choices, rng)

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """A varied copy; equal to the genotype if nothing was changed."""
        raise NotImplementedError

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Two children of two parents, of which the first is the fitter one if they differ."""
        raise NotImplementedError

    @property
    def learned(self) -> Genotype:
        """What it has learned in a run, for a snapshot; empty if it does not learn."""
        return ()

    def with_learned(self, learned: Genotype) -> Self:
        """The representation that has learned this."""
        return self

    def adapt(self, best: Derivation, current: Derivation) -> Self:
        """The representation for the next generation.

        ``best`` is the derivation of the best individual so far, ``current`` that of the best
        one of the generation that has ended.
        """
        return self

    def check(self, genotype: Genotype) -> None:
        """Raise ValueError for what no operator returns, as far as numbers and lengths tell.

        For genotypes from a file. Whether it is a tuple of tuples of numbers as those of
        ``create`` has been seen to.
        """

    def operators(self, crossover: str | None, mutation: str | None) -> tuple[str, str]:
        """The kinds of its crossover and its mutation, the default ones for None.

        Raises SettingsError for a kind that it does not have.
        """
        return (
            check_kind("crossover", crossover or self.crossovers[0], self.crossovers, self.name),
            check_kind("mutation", mutation or self.mutations[0], self.mutations, self.name),
        )

    def codons(self, genotype: Genotype) -> int:
        """The number of codons in a genotype, used or not; here all of its numbers are codons."""
        count = 0
        waiting: list[Any] = [genotype]
        while waiting:
            item = waiting.pop()
            if isinstance(item, tuple):
                waiting += item
            else:
                count += 1
        return count


def derivation_of(grammar: Grammar, choices: Choices) -> Derivation:
    """The derivation that is made of these choices; every expansion counts as a codon used."""
    used = [0] * len(grammar.rules)
    deepest = 0
    for step in steps(grammar, choices):
        used[step.rule] += 1
        deepest = max(deepest, step.depth)
    return Derivation(program(grammar, choices), deepest, tuple(used), choices=choices)


def check_depths(grammar: Grammar, init_depth: int, max_depth: int) -> None:
    """Raise SettingsError if a depth limit is below the grammar's least depth, or they cross."""
    least = least_depth(grammar)
    if init_depth < least:
        raise SettingsError(
            f"search.init_depth = {init_depth} is too small for this grammar: "
            f"expected at least {least}, the depth of its shallowest program"
        )
    if max_depth < init_depth:
        raise SettingsError(
            f"search.max_depth = {max_depth} is below search.init_depth = "
            f"{init_depth}; make it at least as large"
        )


def check_kind(name: str, kind: str, known: tuple[str, ...], representation: str) -> str:
    """The kind of an operator, if a representation has it; else SettingsError says which it has."""
    if kind not in known:
        raise SettingsError(
            f"search.{name} = {kind!r} is not for search.representation = {representation!r}; "
            f"expected one of: {', '.join(known)}"
        )
    return kind


def check_encodable(grammar: Grammar, choices: Choices, max_depth: int) -> None:
    """Raise InputError if a derivation is deeper than the limit."""
    deepest = max(step.depth for step in steps(grammar, choices))
    if deepest > max_depth:
        raise InputError(f"the program has depth {deepest}, but search.max_depth is {max_depth}")


def rates_by_rule(grammar: Grammar, rate: MutationRate) -> tuple[float | None, ...]:
    """The mutation rate of each rule; None is one over the codons used, 0 where nothing can change.

    Raises SettingsError if a name is not a non-terminal of the grammar.
    """
    names = [rule.name for rule in grammar.rules]
    if isinstance(rate, Mapping):
        for name in rate:
            if name not in grammar.index:
                near = nearest(name, grammar.index)
                hint = f"did you mean {near!r}?" if near else f"it has {', '.join(names)}"
                raise SettingsError(
                    f"search.mutation_rate names {name!r}, "
                    f"which is no non-terminal of the grammar; {hint}"
                )
        rates: list[float | None] = [rate.get(name, 0.0) for name in names]
    else:
        rates = [None if isinstance(rate, str) else rate] * len(names)
    return tuple(
        rate if len(rule.productions) > 1 else 0.0
        for rule, rate in zip(grammar.rules, rates, strict=True)
    )


def rate_of_all(rate: MutationRate, representation: str) -> float | None:
    """The mutation rate of codons that belong to no non-terminal; None is one over those used.

    Raises SettingsError if it is a table.
    """
    if isinstance(rate, Mapping):
        raise SettingsError(
            "search.mutation_rate is a table of non-terminals, but with search.representation = "
            f'{representation!r} a codon belongs to none; expected a number or "1/used"'
        )
    return None if isinstance(rate, str) else rate


def rate_of_individuals(rate: MutationRate) -> float:
    """The probability that an individual is mutated. Raises SettingsError if it is no number."""
    if isinstance(rate, str | Mapping):
        raise SettingsError(
            f"search.mutation_rate = {rate!r}: the mutation of subtrees expects a number, the "
            "probability that an individual is mutated"
        )
    return rate


def check_length(found: Any, expected: int) -> None:
    """Raise ValueError if a part of a genotype is not a tuple of this length."""
    count = len(found) if isinstance(found, tuple) else 0
    if count != expected:
        raise ValueError(f"{count} parts of a genotype in place of {expected}")


def check_shares(values: Iterable[float]) -> None:
    """Raise ValueError if some of the numbers are not from 0 to 1."""
    for value in values:
        if not 0 <= value <= 1:
            raise ValueError(f"{value!r} in a genotype: expected a number from 0 to 1")
