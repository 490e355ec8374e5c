"""A recogniser for any grammar: where rules begin and end in a text.

Generalised recursive descent (Johnson 1995, "Memoization in top-down parsing") with a
work list in place of recursion: left recursion, ambiguity and empty productions are no
special cases, and no text is too deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gegp.grammar.model import Grammar
from gegp.grammar.texts import NOWHERE, PlainText, Text

Parts = tuple[int | str, ...]
"""A production's symbols: terminals as text, non-terminals as indices of rules."""


class Chart:
    """The ends of each rule that begins at a place.

    ``ends[rule, place]`` maps each end to its rank: whatever a rule's end rests on was
    found before it, and has a lower rank. Only what a program with the text so far can
    begin is in the chart.
    """

    def __init__(self, grammar: Grammar, text: Text) -> None:
        self.text = text
        self.parts = grammar.parts
        self._openings = [Openings(productions) for productions in self.parts]
        self._dispatch = isinstance(text, PlainText)
        self.ends: dict[tuple[int, int], dict[int, int]] = {}
        # What waits for a rule at a place: a production, how much of it is done, its beginning.
        # By a terminal and its end: where it begins.
        self.matches: dict[tuple[str, int], set[int]] = {}
        self._waiting: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
        self._seen: set[tuple[int, int, int, int, int]] = set()
        self._work: list[tuple[int, int, int, int, int]] = []
        self._furthest = 0
        self._missed: dict[str, None] = {}
        self._rank = 0
        self._begin(0, text.start)
        while self._work:
            self._advance(*self._work.pop())

    @property
    def whole(self) -> list[int]:
        """The ends of the start symbol that are the text's end."""
        return [end for end in self.ends[0, self.text.start] if self.text.is_end(end)]

    def failure(self) -> tuple[int, tuple[str, ...]]:
        """How many characters are a program's beginning, and what could have followed."""
        return self._furthest, tuple(self._missed)

    def candidates(self, rule: int, place: int) -> Iterable[int]:
        """The productions of a rule whose first terminal, if any, stands at a place."""
        if self._dispatch:
            return self._openings[rule].matching(self.text, place)
        return range(len(self.parts[rule]))

    def _begin(self, rule: int, place: int) -> None:
        self.ends[rule, place] = {}
        self._waiting[rule, place] = []
        if self._dispatch:
            self._miss(place, self._openings[rule].terminals)
        for production in self.candidates(rule, place):
            self._push(rule, production, 0, place, place)

    def _push(self, *entry: int) -> None:
        if entry not in self._seen:
            self._seen.add(entry)  # type: ignore[arg-type]
            self._work.append(entry)  # type: ignore[arg-type]

    def _advance(self, rule: int, production: int, done: int, begin: int, place: int) -> None:
        """Go on in a production: over terminals, and to what its next non-terminal derives."""
        parts = self.parts[rule][production]
        for i in range(done, len(parts)):
            part = parts[i]
            if isinstance(part, int):
                self._wait(part, place, (rule, production, i + 1, begin))
                return
            behind = self.text.match(part, place)
            if behind == NOWHERE:
                self._miss(place, (part,))
                return
            self.matches.setdefault((part, behind), set()).add(place)
            place = behind
        self._end(rule, begin, place)

    def _wait(self, rule: int, place: int, waiting: tuple[int, int, int, int]) -> None:
        """Go on with a production wherever a rule ends that begins at a place."""
        if (rule, place) not in self.ends:
            self._begin(rule, place)
        self._waiting[rule, place].append(waiting)
        for end in self.ends[rule, place]:
            self._push(*waiting, end)

    def _end(self, rule: int, begin: int, place: int) -> None:
        ends = self.ends[rule, begin]
        if place not in ends:
            self._rank += 1
            ends[place] = self._rank
            self._miss(place, ())
            for waiting in self._waiting[rule, begin]:
                self._push(*waiting, place)

    def _miss(self, place: int, terminals: Sequence[str]) -> None:
        """Remember what could have followed at the furthest place."""
        offset = self.text.offset(place)
        if offset > self._furthest:
            self._furthest, self._missed = offset, {}
        if offset == self._furthest:
            self._missed.update(dict.fromkeys(terminals))


class Openings:
    """A rule's productions by their first terminals, so that few of many are tried."""

    def __init__(self, productions: Sequence[Parts]) -> None:
        self.terminals: list[str] = []
        self._free: list[int] = []
        self._by_length: dict[int, dict[str, list[int]]] = {}
        for i, parts in enumerate(productions):
            first = parts[0] if parts else 0
            if isinstance(first, str):
                self.terminals.append(first)
                self._by_length.setdefault(len(first), {}).setdefault(first, []).append(i)
            else:
                self._free.append(i)

    def matching(self, text: Text, place: int) -> list[int]:
        """The productions that can begin at a place of a plain text, in their order."""
        assert isinstance(text, PlainText)
        found = list(self._free)
        for length, productions in self._by_length.items():
            found += productions.get(text.text[place : place + length], ())
        return sorted(found)
