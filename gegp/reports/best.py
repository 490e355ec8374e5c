"""The best program of some runs, as a report shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from gegp.grammar.drawing import draw_tree, tree_svg
from gegp.individual import Individual
from gegp.reports.chart import Chart
from gegp.reports.texts import objectives_text
from gegp.runs import Run

_LONGEST_PROGRAM = 20_000
_LARGEST_TREE = 60_000
"""Characters; a page is to stay small whatever a run has found."""


@dataclass(frozen=True)
class Best:
    """The best program of all runs. ``simpler`` and ``tree`` are empty where there is none."""

    group: str
    seed: int
    fitness: str
    generation: int
    depth: int
    size: int
    program: str
    simpler: str
    tree: str
    figures: Sequence[Chart]
    note: str


def best_of(groups: Mapping[str, Sequence[Run]]) -> Best | None:
    """The best program of all runs; None if no candidate of them could be evaluated."""
    found = [
        (run, name, run.best)
        for name, runs in groups.items()
        for run in runs
        if run.best is not None
    ]
    if not found:
        return None
    run, name, best = max(found, key=lambda one: one[2].fitness)
    program = best.phenotype
    simpler, figures, note = _of_the_problem(run, program)
    return Best(
        group=name,
        seed=run.manifest.seed,
        fitness=objectives_text(run, best.fitness.values),
        generation=run.summary["best"]["generation"],
        depth=best.derivation.depth,
        size=sum(best.derivation.used),
        program=_cut(program),
        simpler="" if simpler == program else _cut(simpler),
        tree=_tree(run, best),
        figures=figures,
        note=note,
    )


def _of_the_problem(run: Run, program: str) -> tuple[str, Sequence[Chart], str]:
    """What the problem itself has to show: a simpler program, figures, or why there are none."""
    simplify, draw = run.problem.hook("simplify"), run.problem.hook("figures")
    try:
        simpler = simplify(program) if simplify else program
        figures = msgspec.convert(draw(program), list[Chart]) if draw else []
    # Code of the problem, which may be anybody's: the rest of the page stands without it.
    except Exception as error:
        return program, [], f"The problem could not show its best program: {error}"
    return simpler, figures, ""


def _tree(run: Run, best: Individual) -> str:
    """The derivation as SVG, or in text where that would be large; empty if it is not known."""
    if run.state is None or not best.derivation.choices or not best.derivation.complete:
        return ""
    grammar = run.state.representation.grammar
    picture = tree_svg(grammar, best.derivation.choices)
    if len(picture) <= _LARGEST_TREE:
        return picture
    text = draw_tree(grammar, best.derivation.choices)
    return text if len(text) <= _LARGEST_TREE else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_PROGRAM else text[:_LONGEST_PROGRAM] + " …"
