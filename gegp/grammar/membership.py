"""Whether a text is a program of a grammar, and how it is derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gegp.grammar.analysis import is_cyclic
from gegp.grammar.blocks import split_marks
from gegp.grammar.chart import Chart, Parts
from gegp.grammar.leftmost import Choices
from gegp.grammar.model import Grammar, Production, Rule
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
    else (marks of blocks alone count as nothing) there may be infinitely many, and one
    without such detours is given.
    """
    texts: Iterable[Text] = [PlainText(phenotype)]
    if grammar.blocks:
        texts = block_texts(phenotype, spare_levels=len(grammar.rules))
    failures = [Membership(None)]
    for text in texts:
        chart = Chart(grammar, text)
        if chart.whole:
            detours = is_cyclic(_silenced(grammar))
            return Membership(_without_detours(chart) if detours else _first(chart))
        failures.append(Membership(None, *chart.failure()))
    return max(failures, key=lambda failure: (failure.reached, failure.expected))


def _silenced(grammar: Grammar) -> Grammar:
    """The grammar without the terminals that may be nothing in a text: marks of blocks alone."""
    if not grammar.blocks:
        return grammar

    def production(one: Production) -> Production:
        heard = (
            s for s in one.symbols if not s.terminal or "".join(split_marks(s.text)[::2]).strip()
        )
        return Production(tuple(heard))

    return Grammar(
        tuple(Rule(rule.name, tuple(map(production, rule.productions))) for rule in grammar.rules)
    )


_MOST_EXPECTED = 8


def explain_failure(phenotype: str, membership: Membership) -> str:
    """Why a text is no program: how far it went, and what could have followed."""
    before = phenotype[: membership.reached]
    start = before.rfind("\n") + 1
    line, column = before.count("\n") + 1, len(before) - start + 1
    names = [repr(text) for text in membership.expected]
    shown = ", ".join(names[:_MOST_EXPECTED]) or "the end"
    more = f" and {len(names) - _MOST_EXPECTED} more" if len(names) > _MOST_EXPECTED else ""
    found = repr(phenotype[membership.reached :][:20]) if phenotype[membership.reached :] else ""
    return (
        f"the text is no program of the grammar: line {line}, column {column}: "
        f"expected {shown}{more}, found {found or 'the end of the text'}\n"
        f"    {phenotype[start:].split(chr(10))[0]}\n"
        f"    {' ' * (column - 1)}^"
    )


class _Rest:
    """What is still to be derived: a part, what comes after it, and where all of it can begin.

    ``begins`` are the places from which it derives the remaining text.
    """

    __slots__ = ("after", "begins", "begun", "part")

    def __init__(self, part: int | str, after: _Rest | None, begins: set[int]) -> None:
        self.part = part
        self.after = after
        self.begins = begins
        self.begun: dict[tuple[int, int], _Rest] = {}  # productions before this rest


def _first(chart: Chart) -> Choices:
    """The first derivation in production order.

    From left to right: at each step the first production from which the rest of the text
    can still be derived.
    """
    begins: dict[tuple[int, int], list[int]] = {}
    for (rule, place), ends in chart.ends.items():
        for end in ends:
            begins.setdefault((rule, end), []).append(place)
    nothing = _Rest("", None, set(chart.whole))
    place = chart.text.start
    rest = _Rest(0, nothing, {place})
    choices: list[int] = []
    while (after := rest.after) is not None:
        part = rest.part
        if isinstance(part, str):
            place, rest = chart.text.match(part, place), after
            continue
        for production in chart.candidates(part, place):
            begun = _before(chart, (part, production), after, begins)
            if place in begun.begins:
                choices.append(production)
                rest = begun
                break
        else:
            raise AssertionError("a rule of the chart without a production")
    return tuple(choices)


def _before(
    chart: Chart,
    production: tuple[int, int],
    rest: _Rest,
    begins: Mapping[tuple[int, int], Sequence[int]],
) -> _Rest:
    """A production's parts before a rest."""
    known = rest.begun.get(production)
    if known is not None:
        return known
    begun = rest
    for part in reversed(chart.parts[production[0]][production[1]]):
        if isinstance(part, str):
            found = {at for end in begun.begins for at in chart.matches.get((part, end), ())}
        else:
            found = {at for end in begun.begins for at in begins.get((part, end), ())}
        begun = _Rest(part, begun, found)
    rest.begun[production] = begun
    return begun


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
