"""How representations search a grammar, side by side: as a table, and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from gegp.diagnostics import measure, single_change
from gegp.errors import SettingsError
from gegp.grammar.model import Grammar
from gegp.search_settings import SearchSettings, convert_search, with_preset
from gegp.settings import parse_assignments
from gegp.toolbox import build_representation

_ROWS = (
    ("programs", "", ""),
    ("different programs", "distinct", "share"),
    ("redundancy: 1 - programs / genotypes", "redundancy", "share"),
    ("complete programs", "complete", "share"),
    ("depth", "depth", "number"),
    ("expansions", "size", "number"),
    ("non-terminals that a program uses", "rules_used", "share"),
    ("productions that a program uses", "productions_used", "share"),
    ("genotypes", "", ""),
    ("codons in a genotype", "codons", "number"),
    ("codons read", "codons_used", "number"),
    ("codons read / codons", "codons_used_share", "share"),
    ("mutants", "", ""),
    ("kind of mutation", "mutation", "text"),
    ("same program (neutral)", "neutral", "share"),
    ("one terminal apart", "small_steps", "share"),
    ("distance", "mutant_distance", "number"),
    ("distance, median", "mutant_distance_median", "number"),
    ("distance / longer program", "mutant_distance_relative", "share"),
    ("distance if not neutral", "changed_distance", "number"),
    ("distance if not neutral, median", "changed_distance_median", "number"),
    ("distance if not neutral / longer program", "changed_distance_relative", "share"),
    ("children of two", "", ""),
    ("same program as a parent", "child_copies", "share"),
    ("distance from the nearer parent", "child_distance", "number"),
    ("distance from it / longer program", "child_distance_relative", "share"),
)
"""The label of a row, what it shows and how; a heading shows nothing."""


def locality_summary(
    grammar: Grammar,
    *,
    representations: Sequence[str],
    samples: int | None,
    seed: int | None,
    max_depth: int | None,
    assignments: Sequence[str],
) -> dict[str, Any]:
    """What ``gegp grammar show --locality --json`` prints.

    1000 samples, seed 1 and DSGE where they are not given. Raises SettingsError for an
    unknown representation and for settings that cannot be.
    """
    base = _settings(max_depth, assignments)
    names = dict.fromkeys(representations or [base.representation])
    chosen = [single_change(msgspec.structs.replace(base, representation=name)) for name in names]
    made = [build_representation(grammar, settings) for settings in chosen]
    samples, seed = samples or 1000, 1 if seed is None else seed
    return {
        "samples": samples,
        "seed": seed,
        "init_depth": base.init_depth,
        "max_depth": base.max_depth,
        "representations": [
            {
                "representation": settings.representation,
                "mutation": settings.mutation or "its own",
                **asdict(measure(representation, samples=samples, seed=seed)),
            }
            for settings, representation in zip(chosen, made, strict=True)
        ],
    }


def locality_lines(summary: dict[str, Any]) -> Iterator[str]:
    """The same as a table, with a column for each representation."""
    columns = summary["representations"]
    yield (
        f"{summary['samples']} random genotypes each, a mutant of each and children of neighbours; "
        f"seed {summary['seed']}, init_depth {summary['init_depth']}, "
        f"max_depth {summary['max_depth']}"
    )
    yield "means, if not said otherwise; distances in terminals inserted, deleted or replaced"
    yield ""
    rows = [("", [column["representation"] for column in columns])]
    for label, key, kind in _ROWS:
        cells = [_cell(column[key], kind) for column in columns] if key else []
        rows.append((f"  {label}" if key else label, cells))
    first = max(len(label) for label, _ in rows)
    width = max(len(cell) for _, cells in rows for cell in cells)
    for label, cells in rows:
        yield (f"{label:{first}}" + "".join(f"  {cell:>{width}}" for cell in cells)).rstrip()


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return "-"
    if kind == "share":
        return f"{value:.1%}"
    return f"{value:.2f}" if kind == "number" else str(value)


def _settings(max_depth: int | None, assignments: Sequence[str]) -> SearchSettings:
    """The default settings with assignments applied, and then the depth limit."""
    assigned, options = parse_assignments(assignments)
    if options:
        name = next(iter(options))
        raise SettingsError(
            f"--set options.{name}: options are a problem's, and a grammar has none; "
            "expected search.NAME=VALUE"
        )
    search = convert_search(with_preset(assigned))
    if max_depth is None:
        return search
    init_depth = min(search.init_depth, max_depth)
    return msgspec.structs.replace(search, max_depth=max_depth, init_depth=init_depth)
