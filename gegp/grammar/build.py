"""From the draft of a file to a grammar, with everything that is wrong or doubtful in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gegp.grammar.analysis import least_depths, reachable_rules, unit_cycles
from gegp.grammar.bindings import Bindings, bound_count, bound_texts
from gegp.grammar.blocks import DEDENT, INDENT
from gegp.grammar.dialects.base import Dialect
from gegp.grammar.draft import Alternative, Draft, DraftRule, Part
from gegp.grammar.messages import Defect, defect, nearest
from gegp.grammar.model import Grammar, Production, Rule, Symbol, join_terminals
from gegp.grammar.ranges import MOST_NUMBERS, range_numbers


class Built(NamedTuple):
    """A grammar, or None if there are defects."""

    grammar: Grammar | None
    defects: list[Defect]
    warnings: list[Defect]


def build_grammar(draft: Draft, dialect: Dialect, bindings: Bindings) -> Built:
    """The grammar of a draft; ``bindings`` are what it leaves open."""
    defects = list(draft.defects)
    warnings: list[Defect] = []
    rules, doubled = _one_definition_each(draft.rules, dialect)
    (warnings if dialect.again == "first" else defects).extend(doubled)
    defects += _undefined(rules, bindings)
    builder = _Builder(rules, bindings)
    grammar = builder.grammar()
    defects += builder.defects
    if not defects:
        defects += _endless(grammar, rules)
    if defects:
        return Built(None, defects, warnings)
    warnings += builder.renamed()
    warnings += _doubts_of_structure(grammar, rules)
    warnings += _doubts_of_text(rules, dialect)
    return Built(grammar, [], sorted(warnings))


def _one_definition_each(
    rules: Sequence[DraftRule], dialect: Dialect
) -> tuple[list[DraftRule], list[Defect]]:
    """The rules with one definition a name, and what is said of the others."""
    found: dict[str, DraftRule] = {}
    alternatives: dict[str, list[Alternative]] = {}
    doubled = []
    for rule in rules:
        first = found.setdefault(rule.name, rule)
        if first is rule or dialect.again == "merge":
            alternatives.setdefault(rule.name, []).extend(rule.alternatives)
        else:
            kind = "shadowed" if dialect.again == "first" else "twice"
            doubled.append(defect(rule.place, kind, name=rule.name, line=first.line))
    return [
        rule._replace(alternatives=tuple(alternatives[name])) for name, rule in found.items()
    ], doubled


_MOST_HINTS = 20


def _undefined(rules: Sequence[DraftRule], bindings: Bindings) -> Iterator[Defect]:
    """Names that are used and never defined; looking for a near one takes time, so not for all."""
    names = [rule.name for rule in rules]
    defined = set(names)
    advised = 0
    for part in _parts(rules, "name"):
        if part.text in defined or bound_texts(part.text, bindings):
            continue
        near = None
        if advised < _MOST_HINTS and len(part.text) < 60:
            near, advised = nearest(part.text, names[:2000]), advised + 1
        define = f"define it: <{part.text}> ::= …, or bind it: --bind {part.text}=TEXT,TEXT"
        advice = f"did you mean <{near}>?" if near else define
        yield defect(part.place, "undefined", name=part.text, advice=advice)


def _parts(rules: Sequence[DraftRule], *kinds: str) -> Iterator[Part]:
    return (
        part
        for rule in rules
        for alternative in rule.alternatives
        for part in alternative.parts
        if part.kind in kinds
    )


class _Builder:
    """Makes rules of draft rules, and generates those for ranges and bound names inside text."""

    def __init__(self, rules: Sequence[DraftRule], bindings: Bindings) -> None:
        self.rules = rules
        self.bindings = bindings
        self.names = _legal_names(rules)
        self.generated: dict[str, Rule] = {}
        self.left = MOST_NUMBERS
        self.defects: list[Defect] = []

    def grammar(self) -> Grammar:
        rules = [self._rule(rule) for rule in self.rules]
        blocks = any(True for _ in _parts(self.rules, "code"))
        return Grammar((*rules, *self.generated.values()), blocks)

    def renamed(self) -> Iterator[Defect]:
        for rule in self.rules:
            if self.names[rule.name] != rule.name:
                other = self.names[rule.name]
                yield defect(rule.place, "renamed", name=rule.name, other=other)

    def _rule(self, rule: DraftRule) -> Rule:
        productions: list[Production] = []
        for alternative in rule.alternatives:
            productions += self._productions(alternative)
        if not rule.alternatives:
            self.defects.append(defect(rule.place, "nothing", name=rule.name))
        return Rule(self.names[rule.name], tuple(productions))

    def _productions(self, alternative: Alternative) -> list[Production]:
        """The production of an alternative, or those of the texts that it stands for."""
        parts = [part for part in alternative.parts if part.text]
        texts = self._texts(parts[0]) if len(parts) == 1 else ()
        if texts:
            return _terminals(texts, alternative.weight)
        symbols = [self._symbol(part) for part in parts]
        return [Production(join_terminals(symbols), alternative.weight)]

    def _symbol(self, part: Part) -> Symbol:
        if part.text in self.names and part.kind == "name":
            return Symbol(self.names[part.text], terminal=False)
        if part.kind not in ("range", "name"):
            return Symbol(part.text, terminal=True)
        if part.text not in self.generated:
            productions = _terminals(self._texts(part), 1.0)
            self.generated[part.text] = Rule(part.text, tuple(productions))
        return Symbol(part.text, terminal=False)

    def _texts(self, part: Part) -> Sequence[str]:
        """The alternatives that a part stands for, if it stands for some."""
        if part.kind == "range":
            return self._range(part)
        if part.kind == "count":
            return self._count(part)
        free = part.kind == "name" and part.text not in self.names
        return bound_texts(part.text, self.bindings) if free else ()

    def _range(self, part: Part) -> list[str]:
        try:
            numbers = range_numbers(part.text, self.left)
        except ValueError as error:
            self.defects.append(defect(part.place, "range", text=part.text, reason=str(error)))
            return ["0"]
        self.left -= len(numbers)
        return numbers

    def _count(self, part: Part) -> list[str]:
        count = bound_count(part.text, self.bindings)
        if count is None:
            bound = ", ".join(self.bindings) or "none"
            advice = f"--bind {part.text}=NUMBER binds one, or the problem; bound here: {bound}"
            self.defects.append(defect(part.place, "unbound", text=part.text, advice=advice))
        elif not 1 <= count <= self.left:
            self.defects.append(defect(part.place, "count", text=part.text, most=MOST_NUMBERS))
        else:
            self.left -= count
            return [str(number) for number in range(count)]
        return ["0"]


def _terminals(texts: Sequence[str], weight: float) -> list[Production]:
    return [Production((Symbol(text, terminal=True),), weight) for text in texts]


_ILLEGAL = re.compile(r"[\s<>|]+")


def _legal_names(rules: Sequence[DraftRule]) -> dict[str, str]:
    """The name of each rule in the grammar: its own, or one like it that a name may be."""
    taken = {rule.name for rule in rules}
    names = {}
    numbers: dict[str, int] = {}
    for rule in rules:
        stem = name = _ILLEGAL.sub("_", rule.name)
        while name != rule.name and name in taken:
            numbers[stem] = numbers.get(stem, 1) + 1
            name = f"{stem}_{numbers[stem]}"
        names[rule.name] = name
        taken.add(name)
    return names


def _endless(grammar: Grammar, rules: Sequence[DraftRule]) -> Iterator[Defect]:
    """Non-terminals from which no derivation ends."""
    for rule, depths in zip(rules, least_depths(grammar.references), strict=False):
        if min(depths) == math.inf:
            yield defect(rule.place, "endless", name=rule.name)


def _doubts_of_structure(grammar: Grammar, rules: Sequence[DraftRule]) -> Iterator[Defect]:
    """Rules never reached, and unit cycles."""
    reached = reachable_rules(grammar)
    for i, rule in enumerate(rules):
        if i not in reached:
            yield defect(rule.place, "unreached", name=rule.name, start=grammar.start)
    for group in unit_cycles(grammar):
        rule = rules[group[0]]
        path = ", ".join(f"<{rules[i].name}>" for i in group)
        yield defect(rule.place, "cycle", name=rule.name, path=path)


def _doubts_of_text(rules: Sequence[DraftRule], dialect: Dialect) -> Iterator[Defect]:
    """Alternatives that stand twice, and text that may have been meant otherwise."""
    blocks = any(True for _ in _parts(rules, "code"))
    for rule in rules:
        seen: dict[tuple[tuple[str, str], ...], Alternative] = {}
        for alternative in rule.alternatives:
            content = tuple((part.kind, part.text) for part in alternative.parts)
            first = seen.setdefault(content, alternative)
            if first is not alternative:
                yield defect(alternative.place, "repeated", name=rule.name, line=first.line)
            breaks = [part for part in alternative.parts if part.kind == "break"]
            if breaks and not blocks:
                yield defect(breaks[0].place, "line break")
            if dialect.keeps_quotes and _looks_protected(alternative):
                yield defect(alternative.place, "protection", dialect=dialect.name)
    for part in _parts(rules, "text"):
        if "GE_RANGE:" in part.text:
            yield defect(part.place, "count in text")
    marks = {mark: part for part in _parts(rules, "code") for mark in _marks(part.text)}
    if len(marks) == 1:
        ((mark, part),) = marks.items()
        yield defect(part.place, "half", other=DEDENT if mark == INDENT else INDENT)


def _marks(text: str) -> Iterator[str]:
    return (mark for mark in (INDENT, DEDENT) if mark in text)


_NEEDS_QUOTES = re.compile(r"[\s<>|#]")


def _looks_protected(alternative: Alternative) -> bool:
    """Whether an alternative is a quoted text that needs quotes elsewhere, or a lone quote."""
    if any(part.kind == "name" for part in alternative.parts):
        return False
    text = "".join(part.text for part in alternative.parts)
    inner = text[1:-1]
    quoted = text[:1] in ("'", '"') and text[0] == text[-1]
    return quoted and (not inner or bool(_NEEDS_QUOTES.search(inner)))
