"""Position-independent Grammatical Evolution.

O'Neill, Brabazon, Nicolau, Mc Garraghy, Keenan: "πGrammatical Evolution", GECCO 2004 (πGE).

A codon is a pair of integers. The first, modulo the number of outstanding non-terminals,
says which of them is expanded, counted from the left; the second says by which production,
as a codon of Grammatical Evolution does. A genotype is flat: first, second, first, second.

Where this departs from the paper, or says what the rule above leaves open:

- Non-terminals with a single production read no codon, as in Grammatical Evolution. They
  are expanded as soon as they appear, so that those outstanding all have a choice. Other
  implementations read a pair for them too.
- The first integer is always below 256. Of more outstanding non-terminals than that, only
  the first 256 can be chosen.
- Crossover cuts between pairs, never inside one. Mutation changes single integers.
- Wraps, depth limit, closing and lengths are those of ``ge.py``. When the pairs are used
  up, every outstanding non-terminal is closed with productions of least depth.
- Choices are reported in leftmost order, whatever the order of their expansion was.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import ClassVar

from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.model import Grammar
from gegp.representations.base import Derivation, Genotype, check_encodable
from gegp.representations.linear import BYTE, Linear
from gegp.rng import Stream


class Tree:
    """A derivation tree that grows in any order; nodes are numbered as they appear.

    Nodes of rules with a single production are expanded as soon as they appear.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._references = grammar.references
        self.rules: list[int] = []
        self.depths: list[int] = []
        self._productions: list[int | None] = []
        self._children: list[range] = []
        self._add((0,), 1)

    def start(self) -> list[int]:
        """The outstanding nodes before any choice was made."""
        return [0] if self._productions[0] is None else self.expand(0, 0)

    def expand(self, node: int, production: int) -> list[int]:
        """Expand a node; the nodes that are outstanding below it, from left to right."""
        self._productions[node] = production
        outstanding = []
        stack = [node]
        while stack:
            node = stack.pop()
            chosen = self._productions[node]
            if chosen is None:
                outstanding.append(node)
                continue
            names = self._references[self.rules[node]][chosen]
            self._children[node] = self._add(names, self.depths[node] + 1)
            stack += reversed(self._children[node])
        return outstanding

    def choices(self) -> list[int]:
        """The productions of a complete tree in leftmost order."""
        found = []
        stack = [0]
        while stack:
            node = stack.pop()
            production = self._productions[node]
            assert production is not None, "the tree is not complete"
            found.append(production)
            stack += reversed(self._children[node])
        return found

    def _add(self, names: Sequence[int], depth: int) -> range:
        """New nodes of rules, and their numbers."""
        first = len(self.rules)
        self.rules += names
        self.depths += [depth] * len(names)
        self._productions += [0 if len(self._references[name]) == 1 else None for name in names]
        self._children += [range(0)] * len(names)
        return range(first, len(self.rules))


class PiGE(Linear):
    """The representation over one grammar; :class:`Linear` says what its settings mean.

    A codon is a pair of integers: lengths, cuts and ``used`` count pairs, mutation integers.
    """

    name: ClassVar[str] = "pige"

    def _codon_values(self) -> tuple[int, ...]:
        return (BYTE, self.codon_rule.values)

    def codons(self, genotype: Genotype) -> int:
        """The number of pairs."""
        return len(genotype) // 2

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; ``used`` counts a pair as often as it is read."""
        pairs = tuple(zip(genotype[::2], genotype[1::2], strict=False))
        codons = chain.from_iterable(repeat(pairs, self.wraps + 1))
        used = [0] * len(self.grammar.rules)
        closed = False
        tree = Tree(self.grammar)
        outstanding = tree.start()
        while outstanding:
            # After the last pair the order is free, and the last one the cheapest to take out.
            order, codon = next(codons, (-1, None))
            place = order % len(outstanding)
            node = outstanding[place]
            rule, left = tree.rules[node], self.max_depth - tree.depths[node] + 1
            used[rule] += codon is not None
            production, chosen = self._fitting(rule, codon, left)
            closed |= not chosen
            outstanding[place : place + 1] = tree.expand(node, production)
        return self._derivation(tree.choices(), max(tree.depths), used, closed)

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation.

        With a generator the order of expansion is drawn, each second integer among those
        that choose the same production, and random pairs follow up to ``genome_length``.
        Without, the expansion is leftmost, integers are the least ones, and none follow.

        Raises InputError if it is deeper than ``max_depth``, or needs more pairs than a
        genotype may have.
        """
        check_encodable(self.grammar, choices, self.max_depth)
        counts = self.codon_rule.counts
        tree = Tree(self.grammar)
        outstanding = tree.start()
        # What becomes outstanding by each choice is known before the order is drawn.
        chosen: dict[int, tuple[int, list[int]]] = {}
        stack = outstanding[::-1]
        for step in steps(self.grammar, choices):
            if counts[step.rule] > 1:
                node = stack.pop()
                chosen[node] = step.production, tree.expand(node, step.production)
                stack += reversed(chosen[node][1])
        codons: list[int] = []
        while outstanding:
            order = rng.below(BYTE) if rng else 0
            place = order % len(outstanding)
            node = outstanding[place]
            production, below = chosen[node]
            codons += order, self.codon_rule.codon(tree.rules[node], production, rng)
            outstanding[place : place + 1] = below
        return self._encoded(codons, rng)
