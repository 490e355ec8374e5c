"""Derivations for a first generation: the field's ways to draw them.

All draw a derivation of the start symbol that is no deeper than a limit, which must be at least
the grammar's least depth. Depth counts the non-terminals on the longest path, size those of the
whole derivation tree: one each for every expansion. Productions are drawn by weight.

- Koza: "Genetic Programming", MIT Press, 1992: :func:`grow`, :func:`full`, :func:`ramped`.
- Ryan, Azad: "Sensible initialisation in grammatical evolution", GECCO workshops, 2003: the same
  for grammars, with ramps from their least depth.
- Fagan, Fenton, O'Neill: "Exploring position independent initialisation in grammatical
  evolution", CEC 2016: :func:`pi_grow`.
- Luke: "Two fast tree-creation algorithms for genetic programming", IEEE Transactions on
  Evolutionary Computation 4(3), 2000, and Nicolau: "Understanding grammatical evolution:
  initialisation", Genetic Programming and Evolvable Machines 18(4), 2017: :func:`ptc2`.

Where this departs from them:

- They ask whether a production is recursive; here the greatest depth that it can reach within
  the limit is known. Recursion may go in steps of two, or be absent.
- A ramp over a population gives each depth as many individuals, and has half of them grown, half
  full. Here each individual draws its depth and its method.
- :func:`ptc2` keeps to the depth limit, draws only productions with which the size can still be
  reached, and goes beyond it only where nothing else is left.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

from gegp.errors import SettingsError
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.extents import Extents, Sizes, greatest_depths, least_sizes, sizes_within
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.rng import Stream

INITIALISATIONS = ("grow", "full", "ramped", "pi_grow", "ptc2", "uniform")
"""The methods that :func:`initialiser` has."""

EXTRA_SIZE = 50
"""By how much sizes may exceed the least one, where nothing else is said."""


def grow(rng: Stream, growth: Growth, depth: int) -> Choices:
    """Every production is drawn among those that fit into the depth that is left."""
    return growth.grow(rng, 0, depth)


def full(rng: Stream, growth: Growth, depth: int, greatest: Extents | None = None) -> Choices:
    """Every branch reaches the depth, or comes as close to it as the grammar allows there.

    ``greatest``, here and below, is :func:`greatest_depths` for this depth or a greater one.
    """
    greatest = greatest or greatest_depths(growth, depth)
    choices: list[int] = []
    stack = [(0, depth)]
    while stack:
        rule, left = stack.pop()
        choices.append(_draw(rng, growth, rule, left, _deepest(growth, greatest, rule, left)))
        references = growth.references[rule][choices[-1]]
        stack += [(reference, left - 1) for reference in reversed(references)]
    return tuple(choices)


def ramped(rng: Stream, growth: Growth, depth: int, greatest: Extents | None = None) -> Choices:
    """Ramped half-and-half: a depth drawn from the least one to ``depth``, then grow or full."""
    limit = rng.randint(int(min(growth.depths[0])), depth)
    return full(rng, growth, limit, greatest) if rng.below(2) else grow(rng, growth, limit)


def pi_grow(rng: Stream, growth: Growth, depth: int, greatest: Extents | None = None) -> Choices:
    """Position-independent grow: at least one branch reaches the depth, anywhere in the tree.

    The non-terminal that is expanded next is drawn among all that are open. As long as no
    branch has reached the greatest depth that the grammar allows within ``depth``, the last
    non-terminal below which that is still possible gets a production that keeps it so.
    """
    greatest = greatest or greatest_depths(growth, depth)
    # The deepest derivation misses the limit by this; a non-terminal leads to it if what it
    # reaches misses what is left to it by as much.
    missed = depth - greatest.rule(0, depth)
    tree = _Tree(growth, depth)
    leading, reached = 1, False
    while tree.open:
        node, rule, left = tree.take(rng)
        productions = growth.fitting(rule, left)
        if left - greatest.rule(rule, left) == missed:
            reached = reached or left == missed + 1
            leading -= 1
            if not leading and not reached:
                productions = _deepest(growth, greatest, rule, left)
        production = _draw(rng, growth, rule, left, productions)
        leading += sum(
            left - 1 - greatest.rule(reference, left - 1) == missed
            for reference in growth.references[rule][production]
        )
        tree.expand(node, rule, left, production)
    return tree.choices()


def ptc2(rng: Stream, growth: Growth, depth: int, size: int, sizes: Sizes | None = None) -> Choices:
    """Probabilistic tree creation 2: a derivation of about ``size`` expansions.

    Non-terminals drawn among all that are open are expanded until the expansions made and those
    that are needed to close the tree come to ``size``; then it is closed with as few as the depth
    allows. The result has ``size`` expansions or more; fewer only if no derivation within the
    depth has so many, and then as many as there can be. A production that takes it beyond is
    drawn only where none leads to ``size``, and once: by one less, at most, than the expansions
    that it needs over the smallest production of its rule. A derivation that cannot have as
    few as ``size`` expansions is as small as the depth allows.

    ``sizes`` is :func:`sizes_within` for this depth and size, or greater ones.
    """
    fewest, most = sizes or sizes_within(growth, depth, size)
    least, greatest = fewest.rule(0, depth), most.rule(0, depth)
    size = min(size, greatest)
    tree = _Tree(growth, depth)
    while tree.open:
        node, rule, left = tree.take(rng)
        fitting, needs = growth.fitting(rule, left), fewest.productions(rule, left)
        bound = max(size, least)  # Where the size has been reached, nothing more is added.
        least -= fewest.rule(rule, left)
        greatest -= most.rule(rule, left)
        options = list(zip(fitting, needs, most.productions(rule, left), strict=True))
        options = [one for one in options if greatest + one[2] >= size]
        options = [one for one in options if least + one[1] <= bound] or options
        production = _draw(rng, growth, rule, left, [one[0] for one in options])
        least += needs[fitting.index(production)]
        greatest += most.productions(rule, left)[fitting.index(production)]
        tree.expand(node, rule, left, production)
    return tree.choices()


def uniform(rng: Stream, counts: DerivationCounts) -> Choices:
    """One of all derivations up to the depth, each with the same probability; no weights."""
    return counts.draw(rng)


def initialiser(
    method: str, grammar: Grammar, *, depth: int, size: int | None = None
) -> Callable[[Stream], Choices]:
    """A method of ``INITIALISATIONS`` with all that it needs to know of a grammar, ready to draw.

    ``size`` is for ``ptc2`` alone: sizes are drawn between the least one and this one, each as
    often, or the greatest one within the depth if that is less. By default ``size`` is
    ``EXTRA_SIZE`` more than the least one.

    Raises SettingsError for an unknown method and for a depth or a size below the least one, and
    InputError if there are too many derivations for ``uniform`` to count.
    """
    if method not in INITIALISATIONS:
        raise SettingsError(
            f"search.initialisation = {method!r} is unknown; "
            f"expected one of: {', '.join(INITIALISATIONS)}"
        )
    growth = Growth(grammar)
    if depth < (least := int(min(growth.depths[0]))):
        raise SettingsError(
            f"search.init_depth = {depth} is too small for this grammar: "
            f"expected at least {least}, the depth of its shallowest program"
        )
    if method == "uniform":
        return partial(uniform, counts=DerivationCounts(grammar, depth))
    if method == "grow":
        return partial(grow, growth=growth, depth=depth)
    if method == "ptc2":
        return _sized(growth, depth, size)
    draw = {"full": full, "ramped": ramped, "pi_grow": pi_grow}[method]
    return partial(draw, growth=growth, depth=depth, greatest=greatest_depths(growth, depth))


def _sized(growth: Growth, depth: int, size: int | None) -> Callable[[Stream], Choices]:
    """PTC2 for sizes that are drawn anew each time."""
    least = least_sizes(growth, depth).rule(0, depth)
    if size is None:
        size = least + EXTRA_SIZE
    elif size < least:
        raise SettingsError(
            f"search.init_size = {size} is too small for this grammar: expected at least {least}, "
            f"the expansions of its smallest program within search.init_depth = {depth}"
        )
    sizes = sizes_within(growth, depth, size)
    most = sizes[1].rule(0, depth)
    return lambda rng: ptc2(rng, growth, depth, rng.randint(least, most), sizes)


class _Tree:
    """A derivation tree; ``open`` holds nodes with their rules and the depth left to them."""

    def __init__(self, growth: Growth, depth: int) -> None:
        self.open = [(0, 0, depth)]
        self._references = growth.references
        self._nodes: list[tuple[int, range]] = [(0, range(0))]

    def take(self, rng: Stream) -> tuple[int, int, int]:
        """One of the open nodes, open no longer."""
        i = rng.below(len(self.open))
        self.open[i], self.open[-1] = self.open[-1], self.open[i]
        return self.open.pop()

    def expand(self, node: int, rule: int, left: int, production: int) -> None:
        references = self._references[rule][production]
        children = range(len(self._nodes), len(self._nodes) + len(references))
        self._nodes[node] = (production, children)
        self._nodes += [(0, range(0))] * len(references)
        nodes = zip(children, references, strict=True)
        self.open += [(child, name, left - 1) for child, name in nodes]

    def choices(self) -> Choices:
        """The productions in leftmost order."""
        choices: list[int] = []
        stack = [0]
        while stack:
            production, children = self._nodes[stack.pop()]
            choices.append(production)
            stack += reversed(children)
        return tuple(choices)


def _deepest(growth: Growth, greatest: Extents, rule: int, left: int) -> tuple[int, ...]:
    """The productions that lead as deep as can be within the depth that is left."""
    options = zip(growth.fitting(rule, left), greatest.productions(rule, left), strict=True)
    return tuple(i for i, depth in options if depth == greatest.rule(rule, left))


def _draw(rng: Stream, growth: Growth, rule: int, left: int, productions: Sequence[int]) -> int:
    """One of some productions that fit, by their weights."""
    if len(productions) == len(growth.fitting(rule, left)):
        return growth.draw(rng, rule, left)
    shares = list(accumulate(growth.weights[rule][i] for i in productions))
    return productions[bisect(shares, rng.random() * shares[-1], hi=len(shares) - 1)]
