"""Whether a text is a program of a grammar, and how it is derived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gegp.grammar.analysis import is_cyclic
from gegp.grammar.chart import Chart, Parts
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar
from gegp.grammar.texts import NOWHERE, PlainText, Text, block_texts


class Membership(NamedTuple):
    """The first derivation of a text; if there is none, how far it is a program's beginning.

    ``reached`` counts characters, and ``expected`` are the terminals one of which could
    have followed there.
    """

    choices: Choices | None
    reached: int = 0
    expected: tuple[str, ...] = ()

    @property
    def member(self) -> bool:
        """Whether the text is a program of the grammar."""
        return self.choices is not None


def find_derivation(grammar: Grammar, phenotype: str) -> Membership:
    """The derivation of a program. White space counts, but for the layout of Python blocks.

    Of several derivations the first in production order is given: compared from left
    to right, it has the smallest indices. Where a non-terminal can derive itself and nothing
    else (marks of blocks count as nothing) there are infinitely many, and one without
    such detours is given.
    """
    texts: Iterable[Text] = block_texts(phenotype) if grammar.blocks else [PlainText(phenotype)]
    failures = [Membership(None)]
    for text in texts:
        chart = Chart(grammar, text)
        if chart.whole:
            detours = grammar.blocks or is_cyclic(grammar)
            return Membership(_without_detours(chart) if detours else _first(chart))
        failures.append(Membership(None, *chart.failure()))
    return max(failures, key=lambda failure: (failure.reached, failure.expected))


class _Rest:
    """What is still to be derived: a part, and what comes after it."""

    __slots__ = ("after", "part", "possible")

    def __init__(self, part: int | str, after: _Rest | None) -> None:
        self.part = part
        self.after = after
        self.possible: dict[int, bool] = {}  # by place: whether the rest of the text is derived


def _first(chart: Chart) -> Choices:
    """The first derivation in production order.

    From left to right: at each step the first production from which the rest of the text
    can still be derived.
    """
    choices = []
    place = chart.text.start
    rest: _Rest | None = _Rest(0, None)
    while rest is not None:
        part = rest.part
        if isinstance(part, str):
            place, rest = chart.text.match(part, place), rest.after
            continue
        for production in chart.candidates(part, place):
            begun = _before(chart.parts[part][production], rest.after)
            if _is_possible(chart, begun, place):
                choices.append(production)
                rest = begun
                break
        else:
            raise AssertionError("a rule of the chart without a production")
    return tuple(choices)


def _before(parts: Parts, rest: _Rest | None) -> _Rest | None:
    for part in reversed(parts):
        rest = _Rest(part, rest)
    return rest


def _is_possible(chart: Chart, rest: _Rest | None, place: int) -> bool:
    """Whether the rest derives the text from a place on; without recursion, as rests are long."""
    if rest is None:
        return chart.text.is_end(place)
    stack = [(rest, place)]
    while stack:
        one, at = stack[-1]
        if at in one.possible:
            stack.pop()
            continue
        behind = _behind(chart, one.part, at)
        if one.after is None:
            one.possible[at] = any(chart.text.is_end(end) for end in behind)
            continue
        known = one.after.possible
        if any(known.get(end) for end in behind):
            one.possible[at] = True
            continue
        unknown = [(one.after, end) for end in behind if end not in known]
        if not unknown:
            one.possible[at] = False
        stack += unknown
    return rest.possible[place]


def _behind(chart: Chart, part: int | str, place: int) -> Iterable[int]:
    """The places behind a part that begins at a place."""
    if isinstance(part, int):
        return chart.ends.get((part, place), ())
    end = chart.text.match(part, place)
    return () if end == NOWHERE else (end,)


def _without_detours(chart: Chart) -> Choices:
    """A derivation in which no rule derives itself and nothing else.

    What a rule derives is fixed before its production is chosen: the first one whose
    parts have lower ranks, so that nothing rests on itself.
    """
    choices = []
    stack = [(0, chart.text.start, chart.whole[0])]
    while stack:
        rule, place, end = stack.pop()
        for production in chart.candidates(rule, place):
            spans = _spans(chart, chart.parts[rule][production], place, end, rule)
            if spans is not None:
                choices.append(production)
                stack += reversed(spans)
                break
        else:
            raise AssertionError("an end in the chart without a production")
    return tuple(choices)


def _spans(
    chart: Chart, parts: Parts, place: int, end: int, rule: int
) -> list[tuple[int, int, int]] | None:
    """What each non-terminal of a production derives, if together they reach the end."""
    limit = chart.ends[rule, place][end]
    reached: list[set[int]] = [{place}]
    for part in parts:
        reached.append(
            {
                behind
                for at in reached[-1]
                for behind in _behind(chart, part, at)
                if isinstance(part, str) or chart.ends[part, at][behind] < limit
            }
        )
    if end not in reached[-1]:
        return None
    spans = []
    for part, places in zip(reversed(parts), reversed(reached[:-1]), strict=True):
        for at in sorted(places):
            if end not in _behind(chart, part, at):
                continue
            if isinstance(part, int):
                if chart.ends[part, at][end] >= limit:
                    continue
                spans.append((part, at, end))
            end = at
            break
    return spans[::-1]
