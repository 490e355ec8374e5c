"""A comparison of groups of runs as tables, and as lines of comma-separated values."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence

from gegp.comparison import magnitude
from gegp.conclusions import NAMES, p_text
from gegp.group_results import GroupComparison, PairTest, Summary
from gegp.tables import Table, figure

FORMATS = ("text", "markdown", "latex", "csv", "json")


def formatted(results: GroupComparison, format: str) -> str:
    """The comparison in one of FORMATS."""
    if format == "json":
        return json.dumps(results.json()) + "\n"
    if format == "csv":
        return _csv(results)
    tables = _tables(results)
    notes = [*_explanations(results), *results.notes]
    if format == "latex":
        comments = "".join(f"% {line}\n" for line in ["", results.conclusion, *notes])
        made = [table.latex(booktabs=True) for table in tables]
        return "\n".join(["% \\usepackage{booktabs}", *made]) + comments
    if format == "markdown":
        listed = "".join(f"- {note}\n" for note in notes)
        return "\n".join([*(x.markdown() for x in tables), f"{results.conclusion}\n", listed])
    listed = "".join(f"{note}\n" for note in notes)
    return "\n".join([*(table.text() for table in tables), f"{results.conclusion}\n", listed])


def print_on_terminal(results: GroupComparison) -> None:
    """The same as text, drawn for a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as RichTable

    console = Console(file=sys.stdout, highlight=False)
    for table in _tables(results):
        drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        for i, heading in enumerate(table.headings):
            drawn.add_column(heading, justify="left" if i < table.texts else "right")
        for row in table.rows:
            drawn.add_row(*map(escape, row))
        console.print(drawn)
    console.print(results.conclusion, style="bold", markup=False)
    console.print()
    for line in (*_explanations(results), *results.notes):
        console.print(line, markup=False, style="dim")


def _tables(results: GroupComparison) -> list[Table]:
    return [_group_table(results), *([_test_table(results)] if results.tests else [])]


def _group_table(results: GroupComparison) -> Table:
    several = len(results.problems) > 1
    failed = any(group.failed for group in results.groups)
    solved = any(group.successes is not None for group in results.groups)
    ranks = {
        (test.problem, name): f"{rank:.2f}"
        for test in results.overall
        for name, rank in (test.mean_ranks or {}).items()
    }
    ranked = any(problem is not None for problem, _ in ranks)
    rows = [
        [
            *[group.problem] * several,
            group.name,
            str(group.runs),
            _number(group.median),
            _range(group.iqr),
            _range(group.interval),
            *[_successes(group)] * solved,
            *[str(group.failed)] * failed,
            *[ranks.get((group.problem, group.name), "–")] * ranked,
        ]
        for group in results.groups
    ]
    headings = [
        *["problem"] * several,
        *("group", "runs", "median", "quartiles", "95 % interval"),
        *["reached target"] * solved,
        *["no value"] * failed,
        *["mean rank"] * ranked,
    ]
    return Table(headings, rows, texts=1 + several)


def _test_table(results: GroupComparison) -> Table:
    several, corrected = len(results.problems) > 1, len(results.tests) > 1
    rows = [
        [
            *[test.problem] * several,
            test.a,
            test.b,
            NAMES[test.test],
            p_text(test.p),
            *[p_text(test.p_holm)] * corrected,
            f"{test.a12:.2f}",
            _effect(test),
        ]
        for test in results.tests
    ]
    headings = [
        *["problem"] * several,
        *("a", "b", "test", "p"),
        *["p (Holm)"] * corrected,
        *("A12", "effect"),
    ]
    return Table(headings, rows, texts=3 + several)


def _explanations(results: GroupComparison) -> Iterator[str]:
    """What the columns mean."""
    yield f"compared: {results.quantity}; 95 % interval: of the median, by bootstrap"
    if results.tests:
        yield (
            f"A12: the probability that a run of a is {results.relation} than one of b; "
            "small from 0.56 on, medium from 0.64, large from 0.71; below 0.5 it speaks for b. "
            + ("p (Holm): adjusted for all tests of the table." if len(results.tests) > 1 else "")
        ).strip()
    targets = sorted({group.target for group in results.groups if group.target is not None})
    if targets:
        yield f"target: {', '.join(f'{target:g}' for target in targets)}"
    if any(group.failed for group in results.groups):
        yield "runs without a value rank below all others; – is where they reach"
    for test in results.overall:
        if test.critical_difference:
            of = "all problems" if test.problem is None else f"{test.blocks} seeds"
            yield (
                f"mean ranks over {of} differ by Nemenyi's test at level {results.level:g} "
                f"where they are {test.critical_difference:.2f} apart"
            )


def _csv(results: GroupComparison) -> str:
    """A line a group; below an empty line, a line a test. Numbers are as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [*("problem", "group", "runs", "unfinished", "failed", "median", "lower_quartile"),
         *("upper_quartile", "interval_low", "interval_high", "target", "successes")]
    )  # fmt: skip
    for group in results.groups:
        counts = [group.runs, group.unfinished, group.failed, group.median]
        ends = [*group.iqr, *group.interval, group.target, group.successes]
        writer.writerow([group.problem, group.name, *counts, *ends])
    if results.tests:
        text.write("\n")
        writer.writerow(["problem", "a", "b", "test", "p", "p_holm", "a12", "magnitude"])
    for test in results.tests:
        names, numbers = (test.problem, test.a, test.b, test.test), (test.p, test.p_holm, test.a12)
        writer.writerow([*names, *numbers, magnitude(test.a12)])
    return text.getvalue()


def _effect(test: PairTest) -> str:
    size = magnitude(test.a12)
    return size if size == "negligible" else f"{size}, for {test.a if test.a12 > 0.5 else test.b}"


def _successes(group: Summary) -> str:
    if group.successes is None:
        return "–"
    return f"{group.successes} ({group.successes / group.runs:.0%})".replace("%", " %")


def _range(ends: Sequence[float | None]) -> str:
    return " to ".join(map(_number, ends))


def _number(value: float | None) -> str:
    return "–" if value is None else figure(value)
