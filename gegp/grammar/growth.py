"""Which productions fit into a depth, and draws among them by their weights."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate

from gegp.grammar.analysis import least_depths
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar, Rule
from gegp.rng import Stream


class Growth:
    """The productions of a grammar by the depth that they need.

    ``depths[rule][production]`` is the least depth of a derivation that begins with it, and
    ``shallowest[rule]`` the first production of least depth. ``weights`` are those of the
    grammar, divided by the largest of their rule. What fits into ``levels`` - 1 is all that there
    is.
    """

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.references = grammar.references
        self.depths = least_depths(grammar.references)
        self.shallowest = tuple(depths.index(min(depths)) for depths in self.depths)
        # Beyond the largest least depth every production fits: the tables end there.
        self._enough = int(max(depth for depths in self.depths for depth in depths))
        self.levels = self._enough + 1
        self._fitting = tuple(
            tuple(
                tuple(i for i, depth in enumerate(depths) if depth <= left)
                for left in range(self.levels)
            )
            for depths in self.depths
        )
        # Divided, so that sums of large weights do not overflow.
        self.weights = tuple(_relative(rule) for rule in grammar.rules)
        self._shares = self._sums()

    def fitting(self, rule: int, left: int) -> tuple[int, ...]:
        """The productions that can end within the depth that is left, the rule's own included."""
        return self._fitting[rule][min(left, self._enough)]

    def shares(self, rule: int, left: int) -> tuple[float, ...] | None:
        """The weights of the productions that fit, summed so far; None where all are equal."""
        return self._shares[rule][min(left, self._enough)]

    def draw(self, rng: Stream, rule: int, left: int) -> int:
        """One of the productions that fit into the depth that is left, by their weights."""
        if left > self._enough:
            left = self._enough
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

    def _sums(self) -> tuple[tuple[tuple[float, ...] | None, ...], ...]:
        """The weights of fitting productions summed so far; None where all weigh the same."""
        return tuple(
            tuple(
                tuple(accumulate(self.weights[rule][i] for i in productions))
                if len({self.weights[rule][i] for i in productions}) > 1
                else None
                for productions in levels
            )
            for rule, levels in enumerate(self._fitting)
        )


def _relative(rule: Rule) -> tuple[float, ...]:
    largest = max(production.weight for production in rule.productions)
    return tuple(production.weight / largest for production in rule.productions)
