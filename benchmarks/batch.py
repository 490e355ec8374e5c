"""Compiled breeding of whole generations beside the reference path, and beside a plain mapper.

    python benchmarks/batch.py parts     # operators by themselves
    python benchmarks/batch.py runs      # whole runs on Pagie's function
    python benchmarks/batch.py sizes     # populations of 1,000 to 100,000, each in a process

CPU time of one thread, medians; compilation is done before. Needs gegp[fast].
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gegp import DSGE, Observer, load_problem, run
from gegp.batch.dsge import BatchDSGE, streams
from gegp.batch.warming import warm_up
from gegp.grammar.model import Grammar
from gegp.rng import stream

COUNT = 2000
RUN = ("max_depth=17", "tournament_size=3", "crossover_rate=0.9", "elitism=0.01")


def median_seconds(work: Callable[[], object], repeats: int = 7) -> float:
    """The median CPU time of a piece of work."""
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def parts(_: argparse.Namespace) -> None:
    """Each operator over 2,000 individuals that have been varied for some generations."""
    grammar = load_problem("symbolic_regression").grammar
    one = DSGE(grammar, mutation_rate=0.1)
    every = BatchDSGE(one)
    slots = range(COUNT)
    pairs = np.array([[k, COUNT - 1 - k] for k in slots])
    flat = every.create(streams(1, 0, slots))
    for generation in range(1, 6):
        flat, _changed = every.mutate(streams(1, generation, slots), flat)
    made = flat.genotypes()
    expansions = int(every.derive(flat).places[-1])
    print(f"{COUNT} individuals, {expansions / COUNT:.1f} expansions each; times for an individual")
    plain = PlainMapper(grammar, made)
    reference = median_seconds(lambda: [one.derive(each) for each in made])
    table = [
        ("create", lambda: [one.create(stream(1, 0, k)) for k in slots],
         lambda: every.create(streams(1, 0, slots))),
        ("derive", lambda: [one.derive(each) for each in made], lambda: every.derive(flat)),
        ("mutate", lambda: [one.mutate(stream(1, 9, k), made[k]) for k in slots],
         lambda: every.mutate(streams(1, 9, slots), flat)),
        ("crossover", lambda: [one.crossover(stream(1, 9, k), made[a], made[b])
                               for k, (a, b) in enumerate(pairs)],
         lambda: every.crossover(streams(1, 9, slots), flat, pairs)),
    ]  # fmt: skip
    for name, slow, fast in table:
        before, after = median_seconds(slow, 3), median_seconds(fast)
        print(
            f"{name:10} {1e6 * before / COUNT:8.2f} us  compiled {1e6 * after / COUNT:6.2f} us  "
            f"ratio {before / after:5.1f}  compiled {COUNT / after:,.0f} a second"
        )
    compiled, by_hand = median_seconds(lambda: every.derive(flat)), median_seconds(plain.map_all)
    for name, seconds in (("plain", by_hand), ("derive", reference), ("compiled", compiled)):
        speed = expansions / seconds / 1e6
        print(
            f"{name:10} {speed:8.2f} million expansions a second, {by_hand / seconds:.2f} x plain"
        )


class PlainMapper:
    """How a mapper is written down first: symbols as text, rules in a dictionary."""

    def __init__(self, grammar: Grammar, genotypes: list[tuple[tuple[int, ...], ...]]) -> None:
        names = [f"<{rule.name}>" for rule in grammar.rules]
        self.start = names[0]
        self.rules = {
            name: [[part if isinstance(part, str) else names[part] for part in parts]
                   for parts in rule]
            for name, rule in zip(names, grammar.parts, strict=True)
        }  # fmt: skip
        self.genotypes = [
            dict(zip(names, map(list, genotype), strict=True)) for genotype in genotypes
        ]

    def map_all(self) -> None:
        for genotype in self.genotypes:
            self.map(genotype)

    def map(self, genotype: dict[str, list[int]]) -> str:
        """The program."""
        position = dict.fromkeys(self.rules, 0)
        text: list[str] = []
        stack = [self.start]
        while stack:
            symbol = stack.pop()
            if symbol in self.rules:
                production = genotype[symbol][position[symbol]]
                position[symbol] += 1
                stack.extend(reversed(self.rules[symbol][production]))
            else:
                text.append(symbol)
        return "".join(text)


def whole_run(
    population: int, generations: int, rate: str, *, compiled: bool, functions: str, seed: int
) -> float:
    """CPU time of a run, in us for an individual."""
    settings = [
        *RUN,
        *(f"population={population}", f"generations={generations}", f"mutation_rate={rate}"),
        f"compiled={str(compiled).lower()}",
    ]
    assignments = [f"search.{one}" for one in settings] + [f'options.functions="{functions}"']
    problem = load_problem("symbolic_regression", assignments=assignments)
    with tempfile.TemporaryDirectory() as directory:
        begun = time.process_time()
        run(problem, seed=seed, out=Path(directory) / "run", observer=Observer())
        return 1e6 * (time.process_time() - begun) / population / generations


WAYS = {
    "reference": {"compiled": False, "functions": "numpy"},
    "compiled": {"compiled": True, "functions": "numpy"},
    "compiled, own functions": {"compiled": True, "functions": "own"},
}


def runs(_: argparse.Namespace) -> None:
    """500 individuals, 50 generations, seeds 1 to 3, each way."""
    whole_run(20, 2, "0.1", compiled=True, functions="own", seed=1)  # loads what is compiled
    for rate in ("0.1", '"1/used"'):
        reference = 0.0
        for name, way in WAYS.items():
            found = [whole_run(500, 50, rate, **way, seed=seed) for seed in (1, 2, 3)]
            median = statistics.median(found)
            reference = reference or median
            times = " ".join(f"{one:6.1f}" for one in found)
            print(
                f"rate {rate:8} {name:24} {times} us  ratio {reference / median:5.1f}", flush=True
            )


def sizes(arguments: argparse.Namespace) -> None:
    """Populations of several sizes for 10 generations, each in a process of its own."""
    way = WAYS["compiled, own functions"]
    if arguments.population:
        whole_run(20, 2, "0.1", **way, seed=1)
        cost = whole_run(arguments.population, 10, "0.1", **way, seed=1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"population {arguments.population:7,}: {cost:7.1f} us an individual, {peak:.0f} MiB")
        return
    for population in (1000, 10_000, 100_000):
        command = [sys.executable, __file__, "sizes", "--population", str(population)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("parts", "runs", "sizes"))
    parser.add_argument("--population", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    warm_up()
    {"parts": parts, "runs": runs, "sizes": sizes}[given.part](given)
