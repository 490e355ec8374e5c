"""The shortest policy that answers as a given one does, in every epoch and for every rate.

Where all tests compare the epoch or the rate with a number, a policy colours a grid: its
columns are the ranges of the rate, its rows those of the epoch, and the colour is the leaf. An
equal policy cuts the grid, and the parts again, until each has one colour. Which cuts
make the fewest nodes is found by dynamic programming over all boxes of the grid.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from .policy import NAMES
from .ranges import Possible, holding, leaves, threshold

_CUT = 6  # nodes: the conditional, the comparison, its sign, its name (two) and its number
_MOST_BOXES = 20_000  # many more than evolved policies have; about a second
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

Span = tuple[int, int]
Box = tuple[Span, Span]  # of the epochs' ranges and of the rates'


class _Cut(NamedTuple):
    """A test that tells the ranges of an axis before a place from those behind it."""

    axis: int
    place: int
    test: ast.expr
    holds_before: bool


def shortest(tree: ast.expr, possible: Possible) -> ast.expr | None:
    """The equal tree with the fewest nodes, made of the tree's own tests and leaves.

    None if some test is anything but an order (<, <=, >, >=) of a name and a number,
    or if the grid is too large to search.
    """
    tests = list(_tests(tree))
    if not all(threshold(test) and isinstance(test.ops[0], _ORDERS) for test in tests):
        return None
    search = _Search(tree, tests, possible)
    return None if search.boxes > _MOST_BOXES else search.tree(search.all)


def size(tree: ast.AST) -> int:
    """The number of nodes."""
    return sum(1 for _ in ast.walk(tree))


class _Search:
    """The grid of a tree, and what the shortest tree of each box is."""

    def __init__(self, tree: ast.expr, tests: Sequence[ast.expr], possible: Possible) -> None:
        self.colours: dict[str, ast.expr] = {}
        cells = {}
        for leaf, there in leaves(tree, possible):
            self.colours.setdefault(colour := ast.dump(leaf), leaf)
            cells |= dict.fromkeys(product(*(there[name] for name in NAMES)), colour)
        self.sizes = {colour: size(leaf) for colour, leaf in self.colours.items()}
        epochs, rates = (possible[name] for name in NAMES)
        rows = [[cells[epoch, rate] for rate in rates] for epoch in epochs]
        starts = _changes(rows), _changes(list(zip(*rows, strict=True)))
        rows = [[rows[row][column] for column in starts[1]] for row in starts[0]]
        self.slices = rows, list(zip(*rows, strict=True))
        self.cuts = list(_cuts(tests, possible, starts))
        self.all: Box = (0, len(starts[0])), (0, len(starts[1]))
        self.known: dict[Box, tuple[int, _Cut | None]] = {}

    @property
    def boxes(self) -> int:
        (_, epochs), (_, rates) = self.all
        return epochs * (epochs + 1) // 2 * rates * (rates + 1) // 2

    def tree(self, box: Box) -> ast.expr:
        """The shortest tree of a box."""
        _, cut = self.best(box)
        if cut is None:
            (epoch, _), (rate, _) = box
            return self.colours[self.slices[0][epoch][rate]]
        before, behind = map(self.tree, _halves(box, cut))
        return ast.IfExp(cut.test, *((before, behind) if cut.holds_before else (behind, before)))

    def best(self, box: Box) -> tuple[int, _Cut | None]:
        """The nodes of the shortest tree of a box, and its first cut; of equals the first."""
        if box not in self.known:
            self.known[box] = self._find(box)
        return self.known[box]

    def _find(self, box: Box) -> tuple[int, _Cut | None]:
        (first, end), rates = box
        seen = {colour for row in self.slices[0][first:end] for colour in row[slice(*rates)]}
        least = sum(self.sizes[colour] for colour in seen) + _CUT * (len(seen) - 1)
        if len(seen) == 1:
            return least, None
        best: tuple[int, _Cut | None] | None = None
        for cut in filter(lambda cut: self._parts(cut, box), self.cuts):
            nodes = _CUT + sum(self.best(half)[0] for half in _halves(box, cut))
            if best is None or nodes < best[0]:
                best = nodes, cut
            if best[0] == least:
                break
        assert best is not None
        return best

    def _parts(self, cut: _Cut, box: Box) -> bool:
        """Whether the cut goes through the box, between two slices that differ in it."""
        (first, end), other = box[cut.axis], slice(*box[1 - cut.axis])
        before, behind = self.slices[cut.axis][cut.place - 1 : cut.place + 1]
        return first < cut.place < end and before[other] != behind[other]


def _tests(tree: ast.expr) -> Iterator[ast.Compare]:
    """The tests of the conditionals above the leaves, from the outside in."""
    if isinstance(tree, ast.IfExp):
        yield tree.test
        yield from _tests(tree.body)
        yield from _tests(tree.orelse)


def _changes(slices: Sequence[Sequence[str]]) -> list[int]:
    """The places of the slices that differ from the one before, and the first place."""
    return [0] + [place for place in range(1, len(slices)) if slices[place] != slices[place - 1]]


def _cuts(
    tests: Sequence[ast.expr], possible: Possible, starts: tuple[Sequence[int], ...]
) -> Iterator[_Cut]:
    """For each place between two ranges, the first test that tells just these apart."""
    taken = {(0, 0), (1, 0)}
    for test in tests:
        axis = NAMES.index(threshold(test)[0])
        holds = holding(test, possible[NAMES[axis]])
        changed = holds.index(not holds[0]) if len(set(holds)) > 1 else 0
        place = starts[axis].index(changed) if changed in starts[axis] else 0
        if (axis, place) not in taken:
            taken.add((axis, place))
            yield _Cut(axis, place, test, holds[0])


def _halves(box: Box, cut: _Cut) -> tuple[Box, Box]:
    first, end = box[cut.axis]
    halves = (first, cut.place), (cut.place, end)
    if cut.axis == 0:
        return (halves[0], box[1]), (halves[1], box[1])
    return (box[0], halves[0]), (box[0], halves[1])
