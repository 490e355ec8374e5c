"""What a grammar holds, as lines for a person and as values for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

from gegp.grammar.analysis import (
    least_depth,
    least_depths,
    reachable_rules,
    recursive_rules,
)
from gegp.grammar.counting import derivation_counts, magnitude
from gegp.grammar.expectation import expected_lengths
from gegp.grammar.model import Grammar
from gegp.grammar.reader import Reading
from gegp.sampling import sample_programs

_SAMPLES = 5
_DEPTHS = 12
_MOST_BITS = 10_000
_LONGEST_LINE = 96


def check_summary(reading: Reading) -> dict[str, Any]:
    """What ``gegp grammar check --json`` prints."""
    grammar = reading.grammar
    return {
        "dialect": reading.dialect,
        "start": grammar.start,
        "non_terminals": len(grammar.rules),
        "productions": _productions(grammar),
        "recursive": [grammar.rules[i].name for i in sorted(recursive_rules(grammar))],
        "least_depth": least_depth(grammar),
        "warnings": [
            {"line": warning.line, "column": warning.column, "message": warning.message}
            for warning in reading.warnings
        ],
    }


def check_lines(reading: Reading) -> Iterator[str]:
    """The same for a person, with some programs."""
    grammar, summary = reading.grammar, check_summary(reading)
    recursive = " ".join(f"<{name}>" for name in summary["recursive"]) or "none"
    yield f"{reading.source}: a grammar"
    yield f"  dialect          {reading.dialect}: {reading.reason}"
    yield f"  start            <{grammar.start}>"
    yield f"  non-terminals    {summary['non_terminals']}"
    yield f"  productions      {summary['productions']}"
    yield f"  recursive        {recursive}"
    yield f"  least depth      {summary['least_depth']}"
    yield f"  derivations      {_counts_line(grammar)}"
    yield f"  expected length  {_expected(grammar)}"
    yield "some programs:"
    for program in sample_programs(grammar, _SAMPLES, seed=0):
        for line in program.phenotype.split("\n"):
            yield "  " + (line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…")
    if reading.warnings:
        yield "warnings:"
    yield from reading.format_warnings()


def show_summary(reading: Reading) -> dict[str, Any]:
    """What ``gegp grammar show --json`` prints."""
    grammar = reading.grammar
    return {
        "dialect": reading.dialect,
        "rules": [
            {
                **row,
                "expected_length": row["expected_length"]
                if math.isfinite(row["expected_length"])
                else None,
            }
            for row in _rows(grammar)
        ],
        "derivations": {str(depth): count for depth, count in _counts(grammar).items()},
    }


def show_lines(reading: Reading) -> Iterator[str]:
    """The rules of a grammar and their measures as a table, and the numbers of derivations."""
    rows = _rows(reading.grammar)
    width = max(len(row["name"]) + 2 for row in rows)
    yield f"{'rule':{width}}  productions  least depth  expected length"
    for row in rows:
        length = row["expected_length"]
        marks = [
            *(["recursive"] if row["recursive"] else []),
            *([] if row["reachable"] else ["never reached"]),
        ]
        yield (
            f"{'<' + row['name'] + '>':{width}}  {len(row['productions']):11}"
            f"  {row['least_depth']:11}  {_length(length):>15}  {', '.join(marks)}"
        ).rstrip()
    yield ""
    yield "depth  derivations up to it"
    for depth, count in _counts(reading.grammar).items():
        yield f"{depth:5}  {magnitude(count)}"


def _rows(grammar: Grammar) -> list[dict[str, Any]]:
    recursive, reached = recursive_rules(grammar), reachable_rules(grammar)
    depths, lengths = least_depths(grammar.references), expected_lengths(grammar)
    return [
        {
            "name": rule.name,
            "productions": [str(production) for production in rule.productions],
            "least_depth": int(min(depths[i])),
            "recursive": i in recursive,
            "reachable": i in reached,
            "expected_length": lengths[i],
        }
        for i, rule in enumerate(grammar.rules)
    ]


def _productions(grammar: Grammar) -> int:
    return sum(len(rule.productions) for rule in grammar.rules)


def _counts(grammar: Grammar) -> dict[int, int]:
    """The numbers of derivations up to the first depths at which there are any."""
    found: dict[int, int] = {}
    before: list[int] = []
    depths = least_depth(grammar) + _DEPTHS
    for depth, level in enumerate(islice(derivation_counts(grammar), depths)):
        if level == before or max(level).bit_length() > _MOST_BITS:
            break  # no program is deeper, or nobody reads such a number
        if level[0]:
            found[depth] = level[0]
        before = level
    return found


def _counts_line(grammar: Grammar) -> str:
    counts = [f"{depth}: {magnitude(count)}" for depth, count in _counts(grammar).items()]
    return "up to depth " + ", ".join(counts[:6])


def _expected(grammar: Grammar) -> str:
    return _length(expected_lengths(grammar)[0], " characters")


def _length(length: float, unit: str = "") -> str:
    if math.isnan(length):
        return "not computed"
    return f"{length:.1f}{unit}" if math.isfinite(length) else "unbounded"
