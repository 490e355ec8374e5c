"""Non-terminals at a depth, and what each of their productions leads to.

A node is made once, where a walk over a derivation first comes by, and refers to those below
it: from then on a walk looks nothing up in the grammar, and builds nothing. Nodes are
plain tuples, which Python takes apart fastest. What lies below them is in lists by
production, from right to left, which is the order for a stack; None stands for what has not been
looked at, or is too deep to be kept.
"""

from __future__ import annotations

from gegp.grammar.growth import Growth
from gegp.grammar.model import Grammar

Place = tuple[int, int, "list[tuple[Place, ...] | None]"]
"""A rule, the depth that is left for it, its own included, and the places below."""

Scribe = tuple[int, int, "list[Passage | None]", str]
"""A rule, the depth that is left, what it writes, and the text between it and the one before it."""

Passage = tuple[str, "Scribe | None", tuple[Scribe | str, ...]]
"""Text, the scribe that follows it, if any, and what follows then."""


class Places:
    """The places of a grammar, for walks that read no text."""

    def __init__(self, growth: Growth) -> None:
        self.growth = growth
        self._kept: dict[tuple[int, int], Place] = {}

    def at(self, rule: int, left: int) -> Place:
        """The place of a rule."""
        place = self._kept.get((rule, left))
        if place is None:
            place = (rule, left, [None] * len(self.growth.depths[rule]))
            if left > 0:
                self._kept[rule, left] = place
        return place

    def below(self, place: Place, production: int) -> tuple[Place, ...]:
        """The places below; kept if the production fits into the depth that is left."""
        rule, left, kept = place
        references = self.growth.references[rule][production]
        found = tuple(self.at(reference, left - 1) for reference in reversed(references))
        if self.growth.depths[rule][production] <= left:
            kept[production] = found
        return found


class Scribes:
    """The scribes of a grammar, for walks that write the program."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._kept: dict[tuple[int, int, str], Scribe] = {}

    def at(self, rule: int, left: int, before: str = "") -> Scribe:
        """The scribe of a rule that has this text before it."""
        scribe = self._kept.get((rule, left, before))
        if scribe is None:
            scribe = (rule, left, [None] * len(self.grammar.parts[rule]), before)
            if left > 0:
                self._kept[rule, left, before] = scribe
        return scribe

    def passage(self, scribe: Scribe, production: int) -> Passage:
        """What a production writes; text goes to the non-terminal behind it."""
        rule, left, kept, text = scribe
        head, first = "", None
        items: list[Scribe | str] = []
        for part in self.grammar.parts[rule][production]:
            if isinstance(part, str):
                text += part
            elif first is None:
                head, text, first = text, "", self.at(part, left - 1)
            else:
                items.append(self.at(part, left - 1, text))
                text = ""
        if first is None:
            head = text
        elif text:
            items.append(text)
        passage = head, first, tuple(reversed(items))
        if left > 0:
            kept[production] = passage
        return passage
