"""What can be known of a grammar without deriving anything. All of it in near-linear time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence

from gegp.grammar.model import Grammar

References = tuple[tuple[tuple[int, ...], ...], ...]
"""``references[rule][production]``: the rules that it refers to, from left to right."""


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


def reachable_rules(grammar: Grammar) -> frozenset[int]:
    """The rules that a derivation can come to, the start symbol's included."""
    found = {0}
    waiting = [0]
    while waiting:
        rule = waiting.pop()
        for names in grammar.references[rule]:
            new = set(names) - found
            found |= new
            waiting += new
    return frozenset(found)


def recursive_rules(grammar: Grammar) -> frozenset[int]:
    """The rules that can derive themselves, directly or through each other."""
    uses = [{name for names in rule for name in names} for rule in grammar.references]
    return frozenset(rule for group in _cyclic(uses) for rule in group)


def unit_cycles(grammar: Grammar) -> tuple[tuple[int, ...], ...]:
    """The groups of rules that derive each other by productions of one non-terminal alone."""
    uses = [
        {
            names[0]
            for names, production in zip(references, rule.productions, strict=True)
            if len(names) == len(production.symbols) == 1
        }
        for references, rule in zip(grammar.references, grammar.rules, strict=True)
    ]
    return tuple(tuple(sorted(group)) for group in _cyclic(uses))


def nullable_rules(grammar: Grammar) -> frozenset[int]:
    """The rules that derive the empty text."""
    silent = tuple(
        tuple(
            names
            for names, production in zip(references, rule.productions, strict=True)
            if len(names) == len(production.symbols)
        )
        for references, rule in zip(grammar.references, grammar.rules, strict=True)
    )
    depths = least_depths(silent)
    return frozenset(i for i, rule in enumerate(depths) if min(rule, default=math.inf) < math.inf)


def is_cyclic(grammar: Grammar) -> bool:
    """Whether some non-terminal can derive itself and nothing else.

    Then a program can have infinitely many derivations.
    """
    nullable = nullable_rules(grammar)
    uses: list[set[int]] = []
    for references, rule in zip(grammar.references, grammar.rules, strict=True):
        uses.append(set())
        for names, production in zip(references, rule.productions, strict=True):
            full = [name for name in names if name not in nullable]
            if len(names) == len(production.symbols) and len(full) <= 1:
                uses[-1].update(full or names)
    return any(_cyclic(uses))


def components(uses: Sequence[set[int]]) -> Iterator[list[int]]:
    """The strongly connected components of a graph, each after those that it leads to.

    Tarjan 1972, "Depth-first search and linear graph algorithms", with a stack of its own.
    """
    order = [0] * len(uses)
    low = [0] * len(uses)
    path: list[int] = []
    counter = 0
    for root in range(len(uses)):
        if order[root]:
            continue
        stack = [(root, iter(sorted(uses[root])))]
        order[root] = low[root] = counter = counter + 1
        path.append(root)
        while stack:
            node, others = stack[-1]
            for other in others:
                if not order[other]:
                    order[other] = low[other] = counter = counter + 1
                    path.append(other)
                    stack.append((other, iter(sorted(uses[other]))))
                    break
                low[node] = min(low[node], low[other])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == order[node]:
                    group: list[int] = []
                    while not group or group[-1] != node:
                        group.append(path.pop())
                        low[group[-1]] = len(uses) + 1  # settled: no longer on the path
                    yield group


def _cyclic(uses: Sequence[set[int]]) -> Iterator[list[int]]:
    """The components that hold a cycle."""
    return (group for group in components(uses) if len(group) > 1 or group[0] in uses[group[0]])
