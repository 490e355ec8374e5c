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

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import cast

from gegp.errors import InputError, SettingsError
from gegp.grammar.analysis import least_depth, least_depths
from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.messages import nearest
from gegp.grammar.model import Grammar
from gegp.representations.base import Derivation, Genotype
from gegp.rng import Stream

Codons = tuple[tuple[int, ...], ...]


class DSGE:
    """The representation over one grammar.

    ``mutation_rate`` is the probability that a used codon of a rule with several
    productions takes another value: a number, or a table from non-terminals
    (without brackets) to numbers, 0 for those it leaves out. ``spare`` is the
    number of unused codons that are kept for each rule.

    Raises SettingsError if a depth limit is below the grammar's least depth, or
    a name in ``mutation_rate`` is not a non-terminal.
    """

    def __init__(
        self,
        grammar: Grammar,
        *,
        init_depth: int = 6,
        max_depth: int = 17,
        mutation_rate: float | Mapping[str, float] = 0.05,
        spare: int = 10,
    ) -> None:
        self.grammar = grammar
        self.init_depth = init_depth
        self.max_depth = max_depth
        self.spare = spare
        self._check_depths()
        self._rates = _rates_by_rule(grammar, mutation_rate)
        self._references = grammar.references
        self._depths = least_depths(grammar.references)
        # Beyond the largest least depth every production fits: the tables end there.
        self._enough = int(max(depth for depths in self._depths for depth in depths))
        self._fitting = _fitting_productions(self._depths, self._enough)
        self._shares = _shares(grammar, self._fitting)
        self._shallowest = tuple(depths.index(min(depths)) for depths in self._depths)
        # From right to left: the order for a stack.
        self._parts = tuple(
            tuple(production[::-1] for production in rule) for rule in grammar.parts
        )

    def create(self, rng: Stream) -> Genotype:
        """Grow: every codon is drawn among the productions that fit into ``init_depth``."""
        return self._complete(rng, ((),) * len(self._references), self.init_depth)

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; where codons are missing, productions of least depth."""
        text: list[str] = []
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
            production = codons[read] if read < len(codons) else self._shallowest[rule]
            position[rule] = read + 1
            stack += [
                part if isinstance(part, str) else (part, depth + 1)
                for part in self._parts[rule][production]
            ]
        used = tuple(
            min(read, len(codons)) for read, codons in zip(position, genotype, strict=True)
        )
        return Derivation(self.grammar.program("".join(text)), deepest, used)

    def encode(self, choices: Choices) -> Genotype:
        """The genotype of a derivation, without spare codons.

        Raises InputError if it is deeper than ``max_depth``.
        """
        codons: list[list[int]] = [[] for _ in self._references]
        deepest = 0
        for step in steps(self.grammar, choices):
            codons[step.rule].append(step.production)
            deepest = max(deepest, step.depth)
        if deepest > self.max_depth:
            raise InputError(
                f"the program has depth {deepest}, but search.max_depth is {self.max_depth}"
            )
        return tuple(map(tuple, codons))

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """Every used codon of a rule with several productions may take a different value."""
        used = self.derive(genotype).used
        mutant = tuple(
            self._mutate_rule(rng, rule, codons, used[rule])
            for rule, codons in enumerate(cast(Codons, genotype))
        )
        return genotype if mutant == genotype else self._complete(rng, mutant, self.max_depth)

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Whole rules are exchanged, by a random mask with probability one half a rule."""
        mask = [rng.below(2) for _ in first]
        one = tuple(b if swap else a for swap, a, b in zip(mask, first, second, strict=True))
        two = tuple(a if swap else b for swap, a, b in zip(mask, first, second, strict=True))
        return self._complete(rng, one, self.max_depth), self._complete(rng, two, self.max_depth)

    def _mutate_rule(
        self, rng: Stream, rule: int, codons: tuple[int, ...], used: int
    ) -> tuple[int, ...]:
        rate, others = self._rates[rule], len(self._references[rule]) - 1
        if others == 0 or rate == 0.0:
            return codons
        mutant = list(codons)
        for i in range(used):
            if rng.random() < rate:
                # One of the other values: those from the present one on move up by one.
                value = rng.below(others)
                mutant[i] = value + (value >= codons[i])
        return tuple(mutant)

    def _complete(self, rng: Stream, genotype: Sequence[Sequence[int]], limit: int) -> Genotype:
        """The genotype made complete within a depth.

        Walks the derivation as the mapping does, draws each codon that is missing
        or whose production does not fit into the depth that is left, and cuts
        unused codons beyond the spare ones.
        """
        result = [list(codons) for codons in genotype]
        position = [0] * len(result)
        stack = [(0, limit)]
        while stack:
            rule, left = stack.pop()
            codons, read = result[rule], position[rule]
            position[rule] = read + 1
            if read == len(codons):
                codons.append(self._draw(rng, rule, left))
            elif self._depths[rule][codons[read]] > left:
                codons[read] = self._draw(rng, rule, left)
            references = self._references[rule][codons[read]]
            stack += [(reference, left - 1) for reference in reversed(references)]
        return tuple(
            tuple(codons[: read + self.spare])
            for codons, read in zip(result, position, strict=True)
        )

    def _draw(self, rng: Stream, rule: int, left: int) -> int:
        """One of the productions that fit into the depth that is left, by their weights."""
        left = min(left, self._enough)
        fitting, shares = self._fitting[rule][left], self._shares[rule][left]
        if shares is None:
            return fitting[rng.below(len(fitting))]
        # The last share is left out: rounding must not lead beyond it.
        return fitting[bisect(shares, rng.random() * shares[-1], hi=len(shares) - 1)]

    def _check_depths(self) -> None:
        least = least_depth(self.grammar)
        if self.init_depth < least:
            raise SettingsError(
                f"search.init_depth = {self.init_depth} is too small for this grammar: "
                f"expected at least {least}, the depth of its shallowest program"
            )
        if self.max_depth < self.init_depth:
            raise SettingsError(
                f"search.max_depth = {self.max_depth} is below search.init_depth = "
                f"{self.init_depth}; make it at least as large"
            )


def _rates_by_rule(grammar: Grammar, rate: float | Mapping[str, float]) -> tuple[float, ...]:
    if not isinstance(rate, Mapping):
        return (rate,) * len(grammar.rules)
    for name in rate:
        if name not in grammar.index:
            near = nearest(name, grammar.index)
            hint = f"did you mean {near!r}?" if near else f"it has {', '.join(grammar.index)}"
            raise SettingsError(
                f"search.mutation_rate names {name!r}, "
                f"which is no non-terminal of the grammar; {hint}"
            )
    return tuple(rate.get(rule.name, 0.0) for rule in grammar.rules)


def _fitting_productions(
    depths: Sequence[Sequence[float]], enough: int
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """``fitting[rule][left]``: the productions that can end within the depth that is left."""
    return tuple(
        tuple(
            tuple(i for i, depth in enumerate(rule) if depth <= left) for left in range(enough + 1)
        )
        for rule in depths
    )


def _shares(
    grammar: Grammar, fitting: Sequence[Sequence[Sequence[int]]]
) -> tuple[tuple[tuple[float, ...] | None, ...], ...]:
    """The sums of the weights of fitting productions so far; None where all weigh the same."""
    return tuple(
        tuple(
            tuple(accumulate(rule.productions[i].weight for i in productions))
            if len({rule.productions[i].weight for i in productions}) > 1
            else None
            for productions in levels
        )
        for rule, levels in zip(grammar.rules, fitting, strict=True)
    )
