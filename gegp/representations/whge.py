"""Weighted Hierarchical Grammatical Evolution.

Bartoli, Castelli, Medvet: "Weighted Hierarchical Grammatical Evolution", IEEE
Transactions on Cybernetics 50(2), 2020 (WHGE).

A genotype is a string of bits of a fixed length. The start symbol gets all of it. A
non-terminal divides its range into as many nearly equal slices as it has productions, and
the slice with the greatest share of ones says which is taken. Then it divides the same range
among the non-terminals of that production, in proportion to what these can express:
the bits that it takes to tell their derivation trees apart, down to
``expressiveness_depth``.

Where the paper leaves something open, this follows its authors' code (the package
``evolved-ge``):

- Slices that have the same share of ones are told apart by the ones in the whole range, modulo
  the slices in question.
- A range with fewer bits than productions gives one of the productions of least
  depth, by the number of its ones modulo these; an empty range, by the ones of the genotype.
- Non-terminals that are more than the bits of the range get empty ranges; the bits that
  proportions leave over go out one by one from the left; and a lone non-terminal gets the
  range without its last bit.

Where it departs from them:

- The depth limit holds: a production that does not fit into the depth that is left is no
  choice, and the slices are those of the ones that fit. The authors have no limit.
- Expressiveness counts derivation trees that are cut off at the depth, each once. The authors'
  code adds up where this multiplies, looks one level deeper, and counts terminals.
- Only non-terminals in which some choice follows get bits, and their weight is at least 1.
- Not every derivation has a genotype, and the one of a given program has to be
  searched for; ``encode`` may find none.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import ClassVar, NamedTuple

from gegp.errors import InputError, SettingsError
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.representations.base import (
    Derivation,
    Genotype,
    MutationRate,
    Representation,
    check_depths,
    check_encodable,
    check_length,
    rate_of_all,
)
from gegp.representations.bit_ranges import densest, shared, slice_sizes
from gegp.representations.bit_search import Decision, find_bits
from gegp.representations.expressiveness import expressiveness
from gegp.representations.sites import Rates, crossover_mask, mutation_sites
from gegp.representations.structured import exchanged
from gegp.rng import Stream, stream

GENOME_LENGTH = 1024
"""The number of bits where no other is set."""


class _Node(NamedTuple):
    """A non-terminal that is to be expanded: its rule, its depth and its range."""

    rule: int
    depth: int
    low: int
    high: int


class WHGE(Representation):
    """The representation over one grammar.

    ``genome_length`` is the number of bits of a genotype. ``expressiveness_depth`` is the
    depth down to which the derivation trees of a non-terminal are counted for its share of
    the bits; at 0 all shares are equal, which is Hierarchical Grammatical Evolution.
    ``mutation_rate`` is the probability that a bit is flipped: a number, or ``"1/used"``
    for one over the length. Created programs keep to ``max_depth``; ``init_depth`` is only
    checked.

    ``used`` of a derivation counts the expansions of each rule that slices of bits decided: not
    those without another choice, nor those whose range was too short.

    Raises SettingsError if a depth limit is below the grammar's least depth, a length is not
    positive, or ``mutation_rate`` is a table.
    """

    name: ClassVar[str] = "whge"
    encodes_all = False
    crossovers = ("two_point", "one_point", "mask")
    mutations = ("per_codon", "one", "any")

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
        expressiveness_depth: int = 2,
    ) -> None:
        check_depths(grammar, init_depth, max_depth)
        self.grammar = grammar
        self.init_depth = init_depth
        self.max_depth = max_depth
        self._crossover, self._mutation = self.operators(crossover, mutation)
        self.rates: Rates = (rate_of_all(mutation_rate, self.name),)
        self.genome_length = GENOME_LENGTH if genome_length is None else genome_length
        if self.genome_length < 1:
            raise SettingsError(
                f"search.genome_length = {genome_length} leaves no bits; expected 1 or more"
            )
        self.growth = Growth(grammar)
        self._shallow = tuple(
            tuple(i for i, depth in enumerate(depths) if depth == min(depths))
            for depths in self.growth.depths
        )
        self._weights = _weights(grammar, expressiveness_depth)

    def create(self, rng: Stream) -> Genotype:
        """Random bits, each with the same probability."""
        words = [rng.next() for _ in range(-(-self.genome_length // 64))]
        bits = [word >> i & 1 for word in words for i in range(64)]
        return tuple(bits[: self.genome_length])

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype."""
        ones = list(accumulate(genotype, initial=0))
        text: list[str] = []
        choices: list[int] = []
        used = [0] * len(self.grammar.rules)
        deepest = 0
        stack: list[_Node | str] = [_Node(0, 1, 0, len(genotype))]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                text.append(node)
                continue
            deepest = max(deepest, node.depth)
            production, decided = self._choice(node, ones)
            used[node.rule] += decided
            choices.append(production)
            children = iter(self._children(node, production))
            parts = [
                part if isinstance(part, str) else next(children)
                for part in self.grammar.parts[node.rule][production]
            ]
            stack += reversed(parts)
        phenotype = self.grammar.program("".join(text))
        return Derivation(phenotype, deepest, tuple(used), choices=tuple(choices))

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation, found by a search whose effort is bounded.

        The search draws from ``rng``, as do the bits that no choice hangs on; without it the
        result is always the same.
        Raises InputError if the derivation is deeper than ``max_depth``, or none was found.
        """
        check_encodable(self.grammar, choices, self.max_depth)
        decisions: list[Decision] = []
        totals: list[tuple[int, int]] = []
        stack = [_Node(0, 1, 0, self.genome_length)]
        for production in choices:
            node = stack.pop()
            decision = self._decision(node, production)
            if decision and decision.sizes == (0,):
                totals.append((decision.target, decision.modulus))
            elif decision:
                decisions.append(decision)
            stack += reversed(self._children(node, production))
        source = stream(0) if rng is None else rng
        bits = find_bits(self.genome_length, decisions, totals, source, fill=rng is not None)
        if bits is None:
            raise self._not_found()
        return bits

    def check(self, genotype: Genotype) -> None:
        """The length is the one that was set."""
        check_length(genotype, self.genome_length)

    def mutate(self, rng: Stream, genotype: Genotype) -> Genotype:
        """Bits are flipped."""
        length = (len(genotype),)
        mutant = list(genotype)
        for _, position in mutation_sites(rng, self._mutation, self.rates, length, length):
            mutant[position] = 1 - mutant[position]
        return tuple(mutant) if mutant != list(genotype) else genotype

    def crossover(
        self, rng: Stream, first: Genotype, second: Genotype
    ) -> tuple[Genotype, Genotype]:
        """Bits are exchanged at the same positions of both."""
        return exchanged(crossover_mask(rng, self._crossover, len(first)), first, second)

    def _fitting(self, node: _Node) -> tuple[int, ...]:
        """The productions that can be taken."""
        return self.growth.fitting(node.rule, self.max_depth - node.depth + 1)

    def _choice(self, node: _Node, ones: list[int]) -> tuple[int, bool]:
        """The production that a node takes, and whether slices of bits decided it.

        ``ones[i]`` is the number of ones before position i.
        """
        fitting = self._fitting(node)
        if len(fitting) == 1:
            return fitting[0], False
        _, _, low, high = node
        if high - low < len(fitting):
            shallow = self._shallow[node.rule]
            count = ones[high] - ones[low] if low < high else ones[-1]
            return shallow[count % len(shallow)], False
        sizes = slice_sizes(high - low, len(fitting))
        ends = list(accumulate(sizes, initial=low))
        counts = [ones[b] - ones[a] for a, b in pairwise(ends)]
        return fitting[densest(counts, sizes)], True

    def _decision(self, node: _Node, production: int) -> Decision | None:
        """What the bits of a node have to decide for a production; None if there is no choice.

        Raises InputError if they cannot.
        """
        fitting = self._fitting(node)
        if len(fitting) == 1:
            return None
        length = node.high - node.low
        if length >= len(fitting):
            sizes = tuple(slice_sizes(length, len(fitting)))
            return Decision(node.low, sizes, fitting.index(production))
        shallow = self._shallow[node.rule]
        if production not in shallow:
            raise self._not_found()
        return Decision(node.low, (length,), shallow.index(production), len(shallow))

    def _children(self, node: _Node, production: int) -> list[_Node]:
        """The non-terminals of a node's production with their ranges, from left to right."""
        ranges = shared((node.low, node.high), self._weights[node.rule][production])
        names = self.grammar.references[node.rule][production]
        return [
            _Node(name, node.depth + 1, low, high)
            for name, (low, high) in zip(names, ranges, strict=True)
        ]

    def _not_found(self) -> InputError:
        return InputError(
            f"the search found no bits for this program within search.genome_length = "
            f"{self.genome_length}; there may be some in longer genotypes, or none at all"
        )


def _weights(grammar: Grammar, depth: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """The weights of the non-terminals of each rule's productions, from left to right."""
    weights = expressiveness(grammar, depth)
    return tuple(
        tuple(tuple(weights[name] for name in names) for names in rule)
        for rule in grammar.references
    )
