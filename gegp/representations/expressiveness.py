"""How much a non-terminal can express: the bits that its derivations take, cut off at a depth."""

from __future__ import annotations

import math

from gegp.errors import SettingsError
from gegp.grammar.model import Grammar

MOST_BITS = 100_000
"""The greatest weight of a non-terminal: a number of derivations has about 30,000 digits."""


def expressiveness(grammar: Grammar, depth: int) -> tuple[int, ...]:
    """The weight of each rule: log2 of the number of its derivation trees, rounded up.

    Trees are cut off at the depth; those that end before are counted too. A weight is at least 1
    where a choice can follow at any depth, and 0 where none can. At depth 0 all weights are
    1 or 0.

    Raises SettingsError if the numbers outgrow all use, or the depth is negative.
    """
    if depth < 0:
        raise SettingsError(
            f"search.expressiveness_depth = {depth} is negative; expected 0 or more"
        )
    counts = [1] * len(grammar.rules)
    for level in range(depth):
        following = [
            sum(math.prod([counts[name] for name in names]) for names in rule)
            for rule in grammar.references
        ]
        if following == counts:
            break  # no tree is cut off any more
        counts = following
        if max(counts).bit_length() > MOST_BITS:
            raise SettingsError(
                f"search.expressiveness_depth = {depth} is too large for this grammar; "
                f"expected at most {level}"
            )
    open_rules = _choosing(grammar)
    return tuple(
        max(1, (count - 1).bit_length()) if rule in open_rules else 0
        for rule, count in enumerate(counts)
    )


def _choosing(grammar: Grammar) -> frozenset[int]:
    """The rules in whose derivations some rule with several productions can occur."""
    users: list[set[int]] = [set() for _ in grammar.rules]
    for rule, productions in enumerate(grammar.references):
        for names in productions:
            for name in names:
                users[name].add(rule)
    waiting = [rule for rule, names in enumerate(grammar.references) if len(names) > 1]
    found = set(waiting)
    while waiting:
        new = users[waiting.pop()] - found
        found |= new
        waiting += new
    return frozenset(found)
