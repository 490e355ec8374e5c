"""How many derivations there are up to a depth, exactly, and uniform draws from them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gegp.errors import InputError
from gegp.grammar.analysis import least_depths
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.rng import Stream

MOST_BITS = 40_000_000
"""All the numbers of derivations together may have about ten million digits."""


def derivation_counts(grammar: Grammar) -> Iterator[list[int]]:
    """For depth 0, 1, 2, … the number of derivations of each rule up to this depth."""
    level = [0] * len(grammar.rules)
    while True:
        yield level
        level = [
            sum(math.prod([level[name] for name in names]) for names in rule)
            for rule in grammar.references
        ]


def least_bits(grammar: Grammar, level: list[int]) -> int:
    """A lower bound of the bits that the numbers of the next level have together."""

    def bits(names: tuple[int, ...]) -> int:
        numbers = [level[name] for name in names]
        return sum(number.bit_length() - 1 for number in numbers) if all(numbers) else 0

    return sum(max(map(bits, rule)) for rule in grammar.references)


class DerivationCounts:
    """The number of derivations of each rule up to each depth.

    ``count[depth][rule]`` counts the derivations whose depth is at most ``depth``; the last
    level holds for all greater depths if there are fewer levels than that.
    Productions that stand twice count twice; weights do not matter.

    Raises InputError where the numbers outgrow all use: their digits double with
    every level of a rule that refers to itself twice.
    """

    def __init__(self, grammar: Grammar, max_depth: int) -> None:
        self.grammar = grammar
        self.max_depth = max_depth
        self.count: list[list[int]] = []
        levels = derivation_counts(grammar)
        bits = least = 0
        for depth in range(max_depth + 1):
            # What is too large by far is not even computed: that takes seconds.
            level = next(levels) if bits + least <= MOST_BITS else []
            if self.count and level == self.count[-1]:
                break  # no derivation is deeper
            bits += sum(number.bit_length() for number in level)
            if not level or bits > MOST_BITS:
                raise InputError(
                    f"there are too many derivations of depth {depth} to count them; "
                    f"the greatest depth for this grammar is {depth - 1}"
                )
            least = least_bits(grammar, level)
            self.count.append(level)

    @property
    def total(self) -> int:
        """The number of derivations of the start symbol up to the greatest depth."""
        return self.count[-1][0]

    def derivation(self, number: int) -> Choices:
        """The derivation of a number below ``total``: a one-to-one correspondence."""
        choices: list[int] = []
        stack = [(0, self.max_depth, number)]
        while stack:
            rule, depth, number = stack.pop()
            below = self._up_to(depth - 1)
            production = 0
            for names in self.grammar.references[rule]:
                size = math.prod([below[name] for name in names])
                if number < size:
                    break
                number -= size
                production += 1
            choices.append(production)
            rest = []
            for name in self.grammar.references[rule][production]:
                number, part = divmod(number, below[name])
                rest.append((name, depth - 1, part))
            stack += reversed(rest)
        return tuple(choices)

    def _up_to(self, depth: int) -> list[int]:
        return self.count[min(depth, len(self.count) - 1)]

    def draw(self, rng: Stream) -> Choices:
        """A derivation, each with the same probability. Raises InputError if there is none."""
        if not self.total:
            least = int(min(least_depths(self.grammar.references)[0]))
            raise InputError(
                f"no program has depth {self.max_depth} or less; the shallowest has depth {least}"
            )
        return self.derivation(below_any(rng, self.total))


def below_any(rng: Stream, limit: int) -> int:
    """A random integer in ``[0, limit)`` of any size, each exactly as likely as the others."""
    bits = limit.bit_length()
    while True:
        words = [rng.next() for _ in range(-(-bits // 64))]
        number = sum(word << (64 * i) for i, word in enumerate(words)) >> (64 * len(words) - bits)
        if number < limit:
            return number


def magnitude(number: int) -> str:
    """A count for a reader: exact up to twelve digits, else as ``1.23e+45``."""
    if number < 10**12:
        return f"{number:,}"
    shift = max(number.bit_length() - 64, 0)
    logarithm = math.log10(number >> shift) + shift * math.log10(2)
    # Rounded before it is split: 9.996e+14 is 1e+15.
    exponent = int(logarithm + math.log10(1 + 0.0005))
    return f"{10 ** (logarithm - exponent):.3g}e+{exponent}"
