"""Probabilistic grammars: a distribution over the productions of each rule.

A codon is a number in [0, 1). The productions of a rule divide that range among them, in
their order, each as wide as its probability; a codon stands for the production whose
interval it lies in.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

from gegp.grammar.model import Grammar
from gegp.rng import Stream

Probabilities = tuple[tuple[float, ...], ...]
"""``probabilities[rule][production]``; those of a rule add up to 1."""

FLOOR = 1e-3
"""What all productions of a rule together keep of its probability, in equal parts.

Without it a production that is needed to end a program could come to have no codon.
"""

LARGEST = math.nextafter(1.0, 0.0)
"""The largest codon."""

_ROUNDING = 1e-10


def initial_probabilities(grammar: Grammar) -> Probabilities:
    """The weights of a grammar's productions as probabilities: uniform where there are none."""
    return tuple(
        distribution([production.weight for production in rule.productions])
        for rule in grammar.rules
    )


def distribution(weights: Sequence[float]) -> tuple[float, ...]:
    """Weights as probabilities, with those that are too small raised to the floor.

    Negative weights count as 0; one weight at least must be positive.
    """
    largest = max(weights)
    shares = [max(weight / largest, 0.0) for weight in weights]  # a sum of weights may overflow
    total = math.fsum(shares)
    least = FLOOR / len(weights)
    raised = [max(share / total, least) for share in shares]
    total = math.fsum(raised)
    return tuple(share / total for share in raised)


def restored(probabilities: Sequence[Sequence[float]]) -> Probabilities:
    """Probabilities from elsewhere: to the bit as they are, except where they break the rules."""
    return tuple(
        tuple(values) if _keeps_the_rules(values) else distribution(values)
        for values in probabilities
    )


def _keeps_the_rules(values: Sequence[float]) -> bool:
    # Dividing by the total takes a raised probability a little below the floor again.
    least = FLOOR / (2 * len(values))
    return min(values) >= least and abs(math.fsum(values) - 1.0) < _ROUNDING


class Intervals:
    """Codons to productions and back, for given probabilities that keep to the floor."""

    def __init__(self, probabilities: Probabilities) -> None:
        self.probabilities = probabilities
        # The upper ends. The last one is left out: it is 1, whatever rounding has made of it.
        self._ends = tuple(tuple(accumulate(values[:-1])) for values in probabilities)

    def production(self, rule: int, codon: float) -> int:
        """The production that a codon stands for."""
        return bisect(self._ends[rule], codon)

    def within(self, rule: int, production: int, share: float) -> float:
        """The codon that lies at a share in [0, 1) of a production's interval."""
        ends = self._ends[rule]
        low = ends[production - 1] if production else 0.0
        high = ends[production] if production < len(ends) else 1.0
        return min(low + share * (high - low), math.nextafter(high, 0.0))

    def draw(self, rng: Stream, rule: int, productions: Sequence[int]) -> float:
        """A random codon for one of some productions of a rule, by their probabilities."""
        values = self.probabilities[rule]
        if len(productions) == len(values):
            return rng.random()
        shares = tuple(accumulate(values[production] for production in productions))
        chosen = bisect(shares, rng.random() * shares[-1], hi=len(shares) - 1)
        return self.within(rule, productions[chosen], rng.random())


def gaussian_step(rng: Stream, codon: float, deviation: float) -> float:
    """A codon moved by a normally distributed step, clipped into [0, 1)."""
    return min(max(codon + rng.gauss(0.0, deviation), 0.0), LARGEST)
