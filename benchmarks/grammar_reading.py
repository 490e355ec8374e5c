"""Reading grammars: texts of doubling size in each dialect, and grammars of common sizes.

Prints process CPU time (medians) and megabytes a second. Where reading takes linear time,
a doubling takes twice the time.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from gegp.grammar.analysis import (
    least_depths,
    nullable_rules,
    reachable_rules,
    recursive_rules,
    unit_cycles,
)
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.expectation import expected_lengths
from gegp.grammar.model import Grammar
from gegp.grammar.reader import parse_grammar

DIALECTS = ("gegp", "ponyge", "sge", "grape", "alogos")
MEGABYTES = (0.3, 0.6, 1.2, 2.4)
REPEATS = 15
DEPTH = 8


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The median CPU time of a piece of work."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def bnf(rules: int, alternatives: int, rng: random.Random) -> str:
    """Random rules of one line each, all of which refer to each other."""
    lines = []
    for i in range(rules):
        numbers = [(i + 1) % rules, *(rng.randrange(rules) for _ in range(alternatives))]
        names = [f"<r{number:05}>" for number in numbers]
        texts = [
            f"{one} {rng.choice('+-*/')} f{i:05} ( {other} )" for one, other in pairwise(names)
        ]
        lines.append(f"<r{i:05}> ::= {' | '.join([*texts[1:], f'x{i:05}'])}\n")
    return "".join(lines)


def reading() -> None:
    rng = random.Random(1)
    rule = len(bnf(1, 4, rng))
    texts = [bnf(round(1e6 * size / rule), 4, rng) for size in MEGABYTES]
    for dialect in DIALECTS:
        times = []
        for text in texts:
            times.append(seconds(partial(parse_grammar, text, dialect=dialect), 3))
            size = len(text) / 1e6
            print(f"{dialect:8}{size:5.1f} MB{times[-1]:8.2f} s{size / times[-1]:8.2f} MB/s")
        print(
            f"{dialect:8}a doubling:",
            *(f"{after / before:.2f}" for before, after in pairwise(times)),
        )


def analyse(grammar: Grammar) -> None:
    least_depths(grammar.references)
    for analysis in (reachable_rules, recursive_rules, unit_cycles, nullable_rules):
        analysis(grammar)
    DerivationCounts(grammar, DEPTH)
    expected_lengths(grammar)


def analysing() -> None:
    for name, rules, alternatives in (("C-sized", 200, 3), ("ten recursive", 10, 4)):
        text = bnf(rules, alternatives, random.Random(2))
        grammar = parse_grammar(text)
        productions = sum(len(rule.productions) for rule in grammar.rules)
        print(f"{name}: {len(grammar.rules)} rules, {productions} productions, {len(text)} bytes")
        parts = {
            "read": partial(parse_grammar, text, dialect="gegp"),
            "detect and read": partial(parse_grammar, text),
            "analyse": partial(analyse, grammar),
        }
        for part, work in parts.items():
            print(f"  {part:16}{1e3 * seconds(work, REPEATS):8.2f} ms")


if __name__ == "__main__":
    # numpy's threads would wait for each other, and waiting counts as CPU time.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    reading()
    analysing()
