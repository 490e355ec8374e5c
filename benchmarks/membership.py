"""Parsing programs back to derivations, against Lark's Earley parser as a baseline.

Both parse the same created programs of the shipped grammars in the same process; Lark builds
its parse forest only. Prints microseconds a character (median of repeats) and the ratio.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from lark import Lark

from gegp import Grammar, read_grammar
from gegp.grammar.membership import find_derivation
from gegp.sampling import sample_programs

GRAMMARS = Path(__file__).parents[1] / "grammars"
PROGRAMS, REPEATS, LONGEST = 200, 5, 2000


def earley(grammar: Grammar) -> Lark:
    rules = []
    for i, rule in enumerate(grammar.rules):
        bodies = [
            " ".join(
                json.dumps(symbol.text) if symbol.terminal else f"r{grammar.index[symbol.text]}"
                for symbol in production.symbols
            )
            for production in rule.productions
        ]
        rules.append(f"r{i}: " + " | ".join(dict.fromkeys(bodies)))
    return Lark("\n".join(rules), start="r0", parser="earley", lexer="dynamic", ambiguity="forest")


def microseconds(parse: Callable[[str], object], programs: list[str]) -> float:
    """The median time for a character."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for program in programs:
            parse(program)
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times) / sum(map(len, programs))


def main() -> None:
    for path in sorted(GRAMMARS.glob("*.bnf")):
        grammar = read_grammar(path)
        samples = sample_programs(grammar, PROGRAMS, seed=1, max_depth=8)
        programs = [one.phenotype for one in samples if len(one.phenotype) <= LONGEST]
        lark = earley(grammar)
        ours = microseconds(
            lambda program, grammar=grammar: find_derivation(grammar, program), programs
        )
        theirs = microseconds(lark.parse, programs)
        print(
            f"{path.name:24} {ours:8.2f} us a character, Lark's Earley {theirs:8.2f}, "
            f"ratio {theirs / ours:5.1f}"
        )


if __name__ == "__main__":
    main()
