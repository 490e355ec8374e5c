"""How long the programs of a grammar are expected to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gegp.grammar.analysis import components
from gegp.grammar.model import Grammar

if TYPE_CHECKING:
    import numpy as np

LARGEST_COMPONENT = 2000


def expected_lengths(grammar: Grammar) -> list[float]:
    """The expected number of characters that each rule derives, drawn without a depth limit.

    Productions are drawn by their weights. Infinite where growth does not end by itself,
    as that of a rule which is replaced by one or more of its kind on average: then the
    depth limit decides how long programs get. NaN where more than ``LARGEST_COMPONENT``
    rules refer to each other.

    A rule's expectation is that of its productions' terminals and non-terminals: a linear
    system, solved for one strongly connected component of the rules at a time.
    """
    lengths = [math.inf] * len(grammar.rules)
    uses = [{name for names in rule for name in names} for rule in grammar.references]
    for group in components(uses):
        for rule, length in zip(group, _component_lengths(grammar, group, lengths), strict=True):
            lengths[rule] = length
    return lengths


def _component_lengths(
    grammar: Grammar, group: Sequence[int], lengths: Sequence[float]
) -> Sequence[float]:
    """The expected lengths of mutually recursive rules, from those of the rules they lead to."""
    import numpy as np

    if len(group) > LARGEST_COMPONENT:
        return [math.nan] * len(group)
    place = {rule: i for i, rule in enumerate(group)}
    inside = np.zeros((len(group), len(group)))
    outside = np.zeros(len(group))
    for rule, i in place.items():
        productions = grammar.rules[rule].productions
        largest = max(production.weight for production in productions)
        total = sum(production.weight / largest for production in productions)
        for production, names in zip(productions, grammar.references[rule], strict=True):
            share = production.weight / largest / total
            if not share:
                continue
            outside[i] += share * sum(len(one.text) for one in production.symbols if one.terminal)
            for name in names:
                if name in place:
                    inside[i, place[name]] += share
                else:
                    outside[i] += share * lengths[name]
    if not np.isfinite(outside).all() or not _dies_out(inside):
        return [math.inf if math.isfinite(sum(outside)) else float(sum(outside))] * len(group)
    solution: list[float] = np.linalg.solve(np.eye(len(group)) - inside, outside).tolist()
    return solution


def _dies_out(offspring: np.ndarray) -> bool:
    """Whether a branching process with these expected offspring has a finite expected size.

    For an irreducible matrix it has one exactly if the expected sizes that solve the
    linear system are all positive (Perron and Frobenius).
    """
    import numpy as np

    try:
        sizes = np.linalg.solve(np.eye(len(offspring)) - offspring, np.ones(len(offspring)))
    except np.linalg.LinAlgError:
        return False
    return bool((sizes > 0).all() and sizes.max() < 1e9)
