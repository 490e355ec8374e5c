"""Dynamic Structured Grammatical Evolution.

Lourenço, Assunção, Pereira, Costa, Machado: "Structured Grammatical Evolution: A
Dynamic Approach", Handbook of Grammatical Evolution, 2018 (DSGE).

A genotype is one tuple of codons a rule, in the order of the grammar's rules; a
codon is the index of a production. The mapping is leftmost and depth first, with
one read position a rule.

Where this departs from the chapter and its authors' code:

- Mapping draws nothing. Codons that are missing are drawn by the operators, which
  return genotypes that map completely; for a genotype from elsewhere the mapping
  falls back to productions of least depth.
- The depth limit holds for all codons, inherited ones too: an operator redraws a
  codon whose production does not fit into the depth that is left.
- Unused codons are neutral material, and kept, but only ``spare`` of them a rule:
  otherwise genotypes grow without bound.
- Growth chooses among all productions that fit into ``init_depth``, by their weights;
  it is the greatest depth of a created program. The authors' limit counts from 0 and is
  checked late: their 6 and 17 are 9 and 20 here, for a grammar like AutoLR's.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, length_hint, sub
from typing import Any, ClassVar

import msgspec

from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.model import Grammar
from gegp.grammar.nodes import Places, Scribes
from gegp.representations.base import (
    Derivation,
    Genotype,
    MutationRate,
    check_encodable,
    derivation_of,
)
from gegp.representations.sites import another
from gegp.representations.structured import Structured
from gegp.rng import Stream

_NEXT = attrgetter("__next__")


class DSGE(Structured):
    """The representation over one grammar.

    ``mutation_rate`` is the probability that a used codon of a rule with several
    productions takes another value: a number, ``"1/used"``, or a table from non-terminals
    (without brackets) to numbers, 0 for those it leaves out. ``spare_codons`` is the
    number of unused codons that are kept for each rule.

    Raises SettingsError if a depth limit is below the grammar's least depth, or
    a name in ``mutation_rate`` is not a non-terminal.
    """

    name: ClassVar[str] = "dsge"

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        crossover: str | None = None,
        mutation: str | None = None,
        mutation_rate: MutationRate = 0.05,
        spare_codons: int = 10,
    ) -> None:
        super().__init__(
            grammar,
            init_depth=init_depth,
            max_depth=max_depth,
            crossover=crossover,
            mutation=mutation,
            mutation_rate=mutation_rate,
        )
        self.spare_codons = spare_codons
        self.growth = Growth(grammar)
        self._places = Places(self.growth)
        self._scribes = Scribes(grammar)
        self._first = self._scribes.at(0, max_depth)

    def create(self, rng: Stream) -> Genotype:
        """Grow: every codon is drawn among the productions that fit into ``init_depth``."""
        return self._complete(rng, ((),) * len(self.grammar.rules), self.init_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; where codons are missing, productions of least depth."""
        text: list[str] = []
        choices: list[int] = []
        write, choose = text.append, choices.append
        codons = [*map(iter, genotype)]
        codon = [*map(_NEXT, codons)]
        least = self.max_depth
        item: Any = self._first  # A scribe, or text, or None at the end.
        stack: list[Any] = [None]
        pop = stack.pop
        try:
            while item:
                rule, left, passages, _ = scribe = item
                production = codon[rule]()
                choose(production)
                if left < least:
                    least = left
                head, item, rest = passages[production] or self._scribes.passage(scribe, production)
                write(head)
                if item:
                    stack += rest
                    continue
                item = pop()
                while type(item) is str:
                    write(item)
                    item = pop()
        except StopIteration:
            return self._derive_incomplete(genotype)
        used = tuple(map(sub, map(len, genotype), map(length_hint, codons)))
        phenotype = self.grammar.program("".join(text))
        depth = self.max_depth - least + 1
        return Derivation(phenotype, depth, used, True, tuple(choices))

    def _derive_incomplete(self, genotype: Genotype) -> Derivation:
        """The derivation of a genotype that lacks codons."""
        choices: list[int] = []
        codons = [iter(codons) for codons in genotype]
        stack = [0]
        while stack:
            rule = stack.pop()
            choices.append(next(codons[rule], self.growth.shallowest[rule]))
            stack += reversed(self.growth.references[rule][choices[-1]])
        derivation = derivation_of(self.grammar, tuple(choices))
        used = tuple(map(min, derivation.used, map(len, genotype)))
        return msgspec.structs.replace(derivation, used=used)

    def used(self, genotype: Genotype) -> tuple[int, ...]:
        """The number of codons of each rule that the mapping reads."""
        position = [0] * len(genotype)
        stack = [self._places.at(0, self.max_depth)]
        pop = stack.pop
        try:
            while stack:
                place = pop()
                rule, _, below = place
                read = position[rule]
                production = genotype[rule][read]
                position[rule] = read + 1
                references = below[production]
                if references is None:
                    references = self._places.below(place, production)
                if references:
                    stack += references
        except IndexError:  # A codon is missing.
            return self.derive(genotype).used
        return tuple(position)

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """The genotype of a derivation, without spare codons.

        Raises InputError if it is deeper than ``max_depth``.
        """
        check_encodable(self.grammar, choices, self.max_depth)
        codons: list[list[int]] = [[] for _ in self.grammar.rules]
        for step in steps(self.grammar, choices):
            codons[step.rule].append(step.production)
        return tuple(map(tuple, codons))

    def _changed(self, rng: Stream, rule: int, codon: int) -> int:
        return another(rng, codon, len(self.grammar.references[rule]))

    def _complete(self, rng: Stream, genotype: Sequence[Sequence[int]], limit: int) -> Genotype:
        """The genotype made complete within a depth.

        Walks the derivation as the mapping does, draws each codon that is missing
        or whose production does not fit into the depth that is left, and cuts
        unused codons beyond the spare ones.
        """
        growth = self.growth
        # None ends each list: to compare lengths would take longer.
        result: list[list[int | None]] = [[*codons, None] for codons in genotype]
        position = [0] * len(result)
        stack = [self._places.at(0, limit)]
        pop = stack.pop
        while stack:
            place = pop()
            rule, left, below = place
            codons, read = result[rule], position[rule]
            position[rule] = read + 1
            production = codons[read]
            if production is None:
                production = codons[read] = growth.draw(rng, rule, left)
                codons.append(None)
            references = below[production]
            if references is None:
                if growth.depths[rule][production] > left:
                    production = codons[read] = growth.draw(rng, rule, left)
                references = self._places.below(place, production)
            if references:
                stack += references
        return tuple(
            tuple(codons[: min(read + self.spare_codons, len(codons) - 1)])
            for codons, read in zip(result, position, strict=True)
        )
