"""Which productions fit into a depth, and draws among them by their weights."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

from gegp.grammar.analysis import least_depths
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.rng import Stream

Weights = Sequence[Sequence[float]]
"""``weights[rule][production]``: how often it is drawn, against the others of its rule."""


class Growth:
    """The productions of a grammar by the depth that they need.

    ``depths[rule][production]`` is the least depth of a derivation that begins with it, and
    ``shallowest[rule]`` the first production of least depth. Where ``weights`` are not
    given, those of the grammar's productions hold.
    """

    def __init__(self, grammar: Grammar, weights: Weights | None = None) -> None:
        self.grammar = grammar
        self.references = grammar.references
        self.depths = least_depths(grammar.references)
        self.shallowest = tuple(depths.index(min(depths)) for depths in self.depths)
        # Beyond the largest least depth every production fits: the tables end there.
        self._enough = int(max(depth for depths in self.depths for depth in depths))
        self._fitting = tuple(
            tuple(
                tuple(i for i, depth in enumerate(depths) if depth <= left)
                for left in range(self._enough + 1)
            )
            for depths in self.depths
        )
        self._shares = self._sums(weights or _own_weights(grammar))

    def fitting(self, rule: int, left: int) -> tuple[int, ...]:
        """The productions that can end within the depth that is left, the rule's own included."""
        return self._fitting[rule][min(left, self._enough)]

    def draw(self, rng: Stream, rule: int, left: int) -> int:
        """One of the productions that fit into the depth that is left, by their weights."""
        left = min(left, self._enough)
        fitting, shares = self._fitting[rule][left], self._shares[rule][left]
        if shares is None:
            return fitting[rng.below(len(fitting))]
        # The last share is left out: rounding must not lead beyond it.
        return fitting[bisect(shares, rng.random() * shares[-1], hi=len(shares) - 1)]

    def grow(self, rng: Stream, rule: int, depth: int) -> Choices:
        """A random derivation of a rule, no deeper than the depth; the rule itself counts."""
        choices: list[int] = []
        stack = [(rule, depth)]
        while stack:
            rule, left = stack.pop()
            choices.append(self.draw(rng, rule, left))
            references = self.references[rule][choices[-1]]
            stack += [(reference, left - 1) for reference in reversed(references)]
        return tuple(choices)

    def _sums(self, weights: Weights) -> tuple[tuple[tuple[float, ...] | None, ...], ...]:
        """The weights of fitting productions summed so far; None where all weigh the same."""
        return tuple(
            tuple(
                tuple(accumulate(weights[rule][i] for i in productions))
                if len({weights[rule][i] for i in productions}) > 1
                else None
                for productions in levels
            )
            for rule, levels in enumerate(self._fitting)
        )


def _own_weights(grammar: Grammar) -> Weights:
    return [[production.weight for production in rule.productions] for rule in grammar.rules]
