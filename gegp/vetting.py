"""Whether what a file says is a genotype of this run: what comes from a file is not believed.

A representation maps what its operators return. What was written by another program may be
nested without end, too short, or name productions that the grammar does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isfinite
from typing import Any

from gegp.grammar.leftmost import steps
from gegp.individual import WORST, Individual
from gegp.outcome import Outcome
from gegp.representations.base import Genotype, Representation
from gegp.rng import stream

_DEEPEST = 16
_LARGEST = 2**63

Kind = tuple[int, type]


def tuples(value: Sequence[Any]) -> Genotype:
    """Nested lists as nested tuples of numbers; ValueError for anything else in them."""
    waiting: list[tuple[Iterator[Any], list[Any]]] = [(iter(value), [])]
    while True:
        items, made = waiting[-1]
        inner = next((item for item in _numbers(items, made)), None)
        if inner is not None:
            if len(waiting) == _DEEPEST:
                raise ValueError(f"a genotype nested deeper than {_DEEPEST} levels")
            waiting.append((iter(inner), []))
            continue
        waiting.pop()
        if not waiting:
            return tuple(made)
        waiting[-1][1].append(tuple(made))


def _numbers(items: Iterator[Any], made: list[Any]) -> Iterator[list[Any]]:
    """Append the numbers that come next; yields each list on the way."""
    for item in items:
        if isinstance(item, list):
            yield item
        elif type(item) in (int, float) and abs(item) < _LARGEST:
            made.append(item)
        else:
            raise ValueError(f"expected a number in a genotype, found {str(item)[:40]!r}")


class Vetting:
    """Checks what is read against what a representation makes itself."""

    def __init__(self, representation: Representation) -> None:
        self.representation = representation
        samples = [representation.create(stream(seed)) for seed in (0, 1, 2)]
        self._kinds = set(chain.from_iterable(map(_kinds, samples)))

    def check_genotype(self, genotype: Genotype) -> None:
        """Raise ValueError, or TypeError, if no operator of the representation returns it."""
        for depth, kind in _kinds(genotype):
            wider = (depth, float) if kind is int else (depth, kind)
            if (depth, kind) not in self._kinds and wider not in self._kinds:
                raise ValueError(f"a {kind.__name__} at level {depth} of a genotype")
        self.representation.check(genotype)

    def check_individual(self, individual: Individual) -> None:
        """Raise ValueError if its derivation is not one of the grammar within the depth limit."""
        derivation = individual.derivation
        deepest = max(
            (step.depth for step in steps(self.representation.grammar, derivation.choices)),
            default=0,
        )
        if max(deepest, derivation.depth) > self.representation.max_depth:
            raise ValueError(f"a program of depth {deepest}, beyond search.max_depth")

    def check_learned(self, learned: Genotype) -> None:
        """Raise ValueError if the representation cannot have learned this."""
        waiting: list[tuple[Any, Any, int]] = [(learned, self.representation.learned, 0)]
        while waiting and learned:
            found, own, depth = waiting.pop()
            if isinstance(own, tuple):
                if not isinstance(found, tuple) or len(found) != len(own):
                    raise ValueError("what was learned is for another grammar")
                waiting += [(*pair, depth + 1) for pair in zip(found, own, strict=True)]
            elif not _is_like(found, own) or not 0 <= found <= (1 if depth > 1 else _LARGEST):
                raise ValueError(f"{found!r} among what was learned")


def check_fitness(values: Sequence[float], cases: Sequence[float], objectives: int) -> None:
    """Raise ValueError if these cannot be the objectives of a candidate and its errors by case."""
    if len(values) != objectives:
        raise ValueError(f"{len(values)} objective values in place of {objectives}")
    for value in values:
        if not abs(value) < WORST:
            raise ValueError(f"{value!r} in a fitness")
    for error in cases:
        if not isfinite(error):
            raise ValueError(f"{error!r} among the errors by case")


def fits(outcome: Outcome, objectives: int) -> bool:
    """Whether an outcome can be that of a problem with so many objectives; any failure can."""
    try:
        if outcome.ok:
            check_fitness(outcome.values, outcome.cases, objectives)
    except ValueError:
        return False
    return True


def _kinds(genotype: Genotype) -> set[Kind]:
    """The types of what stands at each level."""
    kinds: set[Kind] = set()
    level, depth = [genotype], 1
    while level:
        items = list(chain.from_iterable(level))
        kinds.update((depth, type(item)) for item in items)
        level, depth = [item for item in items if isinstance(item, tuple)], depth + 1
    return kinds


def _is_like(found: Any, own: Any) -> bool:
    return isinstance(found, int if isinstance(own, int) else int | float)
