"""What is left of a run whose process is killed: no process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from background import Background, lines_of
from measurement import Measurement

CODE = '''\
"""Candidates that never end, and start others that do not either."""

import itertools
import os
import subprocess
import sys
import time

def evaluate(phenotype):
    # In the process of the run itself it would be the problem's own affair.
    if "gegp.engines.worker" in sys.modules:
        subprocess.Popen(["sleep", "300"])
        if os.fork() == 0:
            time.sleep(300)
    with open(os.environ["BEGUN"], "a") as file:
        file.write(f"{phenotype}\\n")
    while phenotype == "endless loop":
        pass
    if phenotype == "endless loop in C":
        sum(itertools.repeat(1))
    return 1.0
'''
GRAMMAR = '<c> ::= "endless loop" | "endless loop in C"\n'
BUSY = ("endless loop", "endless loop in C")
ENGINES = {
    "serial": ("--engine", "serial"),
    "processes": ("--engine", "processes", "--workers", "2"),
    "dask": ("--engine", "dask", "--workers", "2"),
}
GRACE = 1.0  # seconds


def measure(directory: Path, *, full: bool) -> Iterator[Measurement]:
    """Every engine five times; the short form worker processes once."""
    engines = ENGINES if full else {"processes": ENGINES["processes"]}
    found = [
        killed(directory / f"left {name} {i}", [BUSY[i % 2]] * 2 if name == "serial" else BUSY, one)
        for name, one in engines.items()
        for i in range(5 if full else 1)
    ]
    yield Measurement(
        f"{GRACE:g} s after `kill -9` of a run no process is left of it, of its workers in endless "
        f"loops, and of what they have started: {', '.join(engines)}",
        f"{sum(after for _, after in found)} left of {sum(before for before, _ in found)}, "
        f"{len(found)} times",
        all(after == 0 and before > 0 for before, after in found),
    )


def killed(directory: Path, phenotypes: Sequence[str], options: Sequence[str]) -> tuple[int, int]:
    """How many processes a run has when it is killed, and how many are left soon after."""
    directory.mkdir()
    (directory / "problem.py").write_text(CODE)
    (directory / "grammar.bnf").write_text(GRAMMAR)
    (directory / "problem.toml").write_text(
        f'grammar = "grammar.bnf"\nobjectives = ["min length"]\n[search]\n'
        f"population = {len(phenotypes)}\ngenerations = 1\n"
    )
    seeds, begun = directory / "seeds.json", directory / "begun"
    seeds.write_text(json.dumps(phenotypes))
    arguments = ["run", str(directory), "-q", "--out", str(directory / "out"), *options]
    with Background(*arguments, "--seed-phenotypes", str(seeds), BEGUN=str(begun)) as run:
        run.until(lambda: len(lines_of(begun)) == len({*phenotypes}))
        before = len(run.processes())
        run.process.kill()
        run.process.wait()
        time.sleep(GRACE)
        return before, len(run.processes())
