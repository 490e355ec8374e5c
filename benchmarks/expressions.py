"""Formulas as text and as postfix programs: making them, and evaluating them over 676 cases.

Everything is measured in one process, so that the ratios hold on any machine: median process
CPU time of repeats, for formulas of about 16, 40 and 63 nodes of ``grammars/regression.bnf``. Needs
the extra ``[fast]``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import numpy as np

from gegp import load_problem, numerics
from gegp.batch import elementary
from gegp.batch.language import Language, read_language
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import Choices, program
from gegp.grammar.model import Grammar
from gegp.outcome import attempt
from gegp.postfix import Programs
from gegp.problem import Problem
from gegp.rng import stream

SIZES, COUNT, REPEATS = (16, 40, 63), 300, 7


def microseconds(work: Callable[[], object], pieces: int, repeats: int = REPEATS) -> float:
    """The median CPU time of a piece of work, after one time that is not measured."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1e6 * statistics.median(times) / pieces


def formulas(grammar: Grammar, language: Language, size: int) -> list[Choices]:
    """Derivations whose programs have about so many nodes."""
    growth, found, slot = Growth(grammar), [], 0
    while len(found) < COUNT:
        choices = growth.grow(stream(size, slot), 0, 17)
        slot += 1
        # A program has fewer nodes than its derivation has expansions.
        if size <= len(choices) <= 3 * size:
            nodes = len(language.program(choices))
            found += [choices] if abs(nodes - size) <= size / 10 else []
    return found


def report(problems: dict[str, Problem], language: Language, size: int) -> None:
    grammar = problems["numpy"].grammar
    drawn = formulas(grammar, language, size)
    choices = np.array([choice for one in drawn for choice in one], np.int32)
    places = np.array([0, *accumulate(map(len, drawn))], np.int64)
    programs = language.programs(choices, places, compiled=True)
    texts = [program(grammar, one) for one in drawn]
    print(
        f"{len(programs.codes) / COUNT:.1f} nodes, {len(choices) / COUNT:.1f} expansions a formula"
    )
    making = {
        "text": lambda: [program(grammar, one) for one in drawn],
        "postfix": lambda: language.programs(choices, places, compiled=False),
        "compiled": lambda: language.programs(choices, places, compiled=True),
    }
    show("made", {name: microseconds(work, COUNT) for name, work in making.items()})
    evaluating = {"text": lambda: [attempt(problems["numpy"], text, 0) for text in texts]}
    evaluating |= {
        f"numpy, {kind} functions": evaluation(problem, programs, compiled=False)
        for kind, problem in problems.items()
    }
    evaluating["compiled"] = evaluation(problems["own"], programs, compiled=True)
    show("evaluated", {name: microseconds(work, COUNT, 5) for name, work in evaluating.items()})


def evaluation(problem: Problem, programs: Programs, *, compiled: bool) -> Callable[[], object]:
    return lambda: problem.entry.evaluate_programs(programs, compiled=compiled)


def show(what: str, times: dict[str, float]) -> None:
    first = next(iter(times.values()))
    for name, taken in times.items():
        print(f"  {what}: {name:22} {taken:8.2f} us {1e6 / taken:12,.0f} a second", end="")
        print(f" {first / taken:8.1f} times the first")


def report_functions() -> None:
    print("a call for 676 values, ratio to numpy's")
    values, out = np.linspace(-5, 5, 676), np.empty(676)
    for name in ("sin", "cos", "exp", "log", "log1p"):
        given = np.abs(values) if name.startswith("log") else values
        compiled, own, numpys = (getattr(where, name) for where in (elementary, numerics, np))
        times = {
            "numpy's": microseconds(lambda f=numpys, a=given: repeat(f, a), 1000),
            "own, numpy": microseconds(lambda f=own, a=given: repeat(f, a, times=100), 100),
            "own, compiled": microseconds(lambda f=compiled, a=given: repeat(f, 676, a, out), 1000),
        }
        show(f"{name:5}", times)


def repeat(function: Callable[..., object], *arguments: object, times: int = 1000) -> None:
    for _ in range(times):
        function(*arguments)


def main() -> None:
    directory = Path(__file__).parents[1] / "problems" / "symbolic_regression"
    problems = {
        kind: load_problem(directory, assignments=[f"options.functions={kind}"])
        for kind in ("numpy", "own")
    }
    language, reason = read_language(problems["own"].grammar, problems["own"].entry.vocabulary)
    assert language, reason
    for size in SIZES:
        report(problems, language, size)
    report_functions()


if __name__ == "__main__":
    main()
