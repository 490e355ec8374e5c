"""Subtrees of derivations: where they stand, exchanged between two, or grown anew.

A derivation is the tuple of its choices from left to right, so a subtree is a slice of it.
"""

from __future__ import annotations

from typing import NamedTuple

from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices, steps
from gegp.grammar.model import Grammar
from gegp.rng import Stream

_ATTEMPTS = 10


class Subtree(NamedTuple):
    """The derivation of a non-terminal inside another derivation: ``choices[start:stop]``.

    ``depth`` counts from 1 at the start symbol; ``height`` is the subtree's own depth.
    """

    rule: int
    start: int
    stop: int
    depth: int
    height: int


def subtrees(grammar: Grammar, choices: Choices) -> list[Subtree]:
    """All subtrees of a derivation, itself included, in the order in which they begin."""
    found = list(steps(grammar, choices))
    stops, heights = [0] * len(found), [0] * len(found)
    for start in range(len(found) - 1, -1, -1):
        rule, production, _ = found[start]
        stop, height = start + 1, 0
        for _ in grammar.references[rule][production]:
            height = max(height, heights[stop])
            stop = stops[stop]
        stops[start], heights[start] = stop, height + 1
    return [
        Subtree(step.rule, start, stops[start], step.depth, heights[start])
        for start, step in enumerate(found)
    ]


def exchange_subtrees(
    rng: Stream, grammar: Grammar, first: Choices, second: Choices, max_depth: int
) -> tuple[Choices, Choices]:
    """Two derivations that have exchanged a subtree of the same non-terminal.

    One is drawn from the first derivation, its partner among those of the second for which
    both results keep to the depth. Whole derivations are not exchanged. Where nothing can
    be, the two come back unchanged.
    """
    ours, theirs = subtrees(grammar, first), subtrees(grammar, second)
    by_rule: dict[int, list[Subtree]] = {}
    for other in theirs:
        by_rule.setdefault(other.rule, []).append(other)
    rng.shuffle(ours)
    for one in ours:
        partners = [
            other
            for other in by_rule.get(one.rule, ())
            if one.depth + other.height - 1 <= max_depth
            and other.depth + one.height - 1 <= max_depth
            and not one.depth == other.depth == 1
        ]
        if partners:
            other = rng.choice(partners)
            return (
                _spliced(first, one, second[other.start : other.stop]),
                _spliced(second, other, first[one.start : one.stop]),
            )
    return first, second


def regrow_subtree(
    rng: Stream, growth: Growth, choices: Choices, new_depth: int, max_depth: int
) -> Choices:
    """The derivation with a random subtree grown anew.

    The new one is no deeper than ``new_depth``, or than its non-terminal must be, and the
    whole no deeper than ``max_depth``. It differs from what stood there, unless a number
    of attempts came out the same.
    """
    places = subtrees(growth.grammar, choices)
    for _ in range(_ATTEMPTS):
        place = rng.choice(places)
        least = int(min(growth.depths[place.rule]))
        depth = min(max_depth - place.depth + 1, max(new_depth, least))
        new = growth.grow(rng, place.rule, depth)
        if new != choices[place.start : place.stop]:
            return _spliced(choices, place, new)
    return choices


def change_production(rng: Stream, growth: Growth, choices: Choices, depth: int) -> Choices:
    """The derivation with another production at a random place.

    Of the subtrees below it those stay that the new production has a place for, from left to
    right and by their non-terminals; others are grown. The smallest change that a
    derivation can have.
    """
    grammar = growth.grammar
    places = subtrees(grammar, choices)
    at = {place.start: place for place in places}
    open_places = [
        place for place in places if len(growth.fitting(place.rule, depth - place.depth + 1)) > 1
    ]
    if not open_places:
        return choices
    place = rng.choice(open_places)
    left = depth - place.depth + 1
    others = [i for i in growth.fitting(place.rule, left) if i != choices[place.start]]
    production = rng.choice(others)
    kept: dict[int, list[Subtree]] = {}
    start = place.start + 1
    for rule in grammar.references[place.rule][choices[place.start]]:
        kept.setdefault(rule, []).append(at[start])
        start = at[start].stop
    new: Choices = (production,)
    for rule in grammar.references[place.rule][production]:
        old = kept[rule].pop(0) if kept.get(rule) else None
        new += choices[old.start : old.stop] if old else growth.grow(rng, rule, left - 1)
    return _spliced(choices, place, new)


def _spliced(choices: Choices, place: Subtree, new: Choices) -> Choices:
    return (*choices[: place.start], *new, *choices[place.stop :])
