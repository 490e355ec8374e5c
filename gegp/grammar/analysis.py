"""What can be known of a grammar without deriving anything. All of it in near-linear time."""

from __future__ import annotations

import math
from collections import deque

from gegp.grammar.model import Grammar

References = tuple[tuple[tuple[int, ...], ...], ...]


def least_depths(references: References) -> tuple[tuple[float, ...], ...]:
    """``depths[rule][production]``: the least depth of a derivation that begins with it.

    Depth counts the non-terminals on the longest path, the rule's own included,
    so a production of terminals only has depth 1. It is infinite where no
    derivation ends.

    A rule's depth is settled by the first production whose references are all
    settled, and rules are settled in the order of their depth, so one pass over
    the references is enough (Knuth 1977, "A generalization of Dijkstra's algorithm").
    """
    users: list[list[tuple[int, int]]] = [[] for _ in references]
    open_references = [[len(set(names)) for names in rule] for rule in references]
    depths = [[math.inf] * len(rule) for rule in references]
    settled = [math.inf] * len(references)
    queue: deque[int] = deque()

    def finish(rule: int, production: int, depth: float) -> None:
        depths[rule][production] = depth
        if settled[rule] == math.inf:
            settled[rule] = depth
            queue.append(rule)

    for rule, productions in enumerate(references):
        for production, names in enumerate(productions):
            for name in set(names):
                users[name].append((rule, production))
            if not names:
                finish(rule, production, 1)
    while queue:
        done = queue.popleft()
        for rule, production in users[done]:
            open_references[rule][production] -= 1
            if open_references[rule][production] == 0:
                finish(rule, production, settled[done] + 1)
    return tuple(tuple(rule) for rule in depths)


def least_depth(grammar: Grammar) -> int:
    """The depth of the shallowest derivation of the grammar."""
    return int(min(least_depths(grammar.references)[0]))
