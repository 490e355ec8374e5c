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
from typing import ClassVar

from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.model import Grammar
from gegp.representations.base import Derivation, Genotype, MutationRate, check_encodable
from gegp.representations.sites import another
from gegp.representations.structured import Structured
from gegp.rng import Stream


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
        # From right to left: the order for a stack.
        self._parts = tuple(
            tuple(production[::-1] for production in rule) for rule in grammar.parts
        )

    def create(self, rng: Stream) -> Genotype:
        """Grow: every codon is drawn among the productions that fit into ``init_depth``."""
        return self._complete(rng, ((),) * len(self.grammar.rules), self.init_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; where codons are missing, productions of least depth."""
        text: list[str] = []
        choices: list[int] = []
        shallowest = self.growth.shallowest
        position = [0] * len(genotype)
        deepest = 0
        stack: list[tuple[int, int] | str] = [(0, 1)]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                text.append(item)
                continue
            rule, depth = item
            deepest = max(deepest, depth)
            codons, read = genotype[rule], position[rule]
            production = codons[read] if read < len(codons) else shallowest[rule]
            position[rule] = read + 1
            choices.append(production)
            stack += [
                part if isinstance(part, str) else (part, depth + 1)
                for part in self._parts[rule][production]
            ]
        used = tuple(
            min(read, len(codons)) for read, codons in zip(position, genotype, strict=True)
        )
        phenotype = self.grammar.program("".join(text))
        return Derivation(phenotype, deepest, used, choices=tuple(choices))

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
        result = [list(codons) for codons in genotype]
        position = [0] * len(result)
        stack = [(0, limit)]
        while stack:
            rule, left = stack.pop()
            codons, read = result[rule], position[rule]
            position[rule] = read + 1
            if read == len(codons):
                codons.append(growth.draw(rng, rule, left))
            elif growth.depths[rule][codons[read]] > left:
                codons[read] = growth.draw(rng, rule, left)
            references = growth.references[rule][codons[read]]
            stack += [(reference, left - 1) for reference in reversed(references)]
        return tuple(
            tuple(codons[: read + self.spare_codons])
            for codons, read in zip(result, position, strict=True)
        )
