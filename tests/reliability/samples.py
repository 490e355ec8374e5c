"""Small runs that are spoilt in all ways: their problem, their settings, and what they made."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from gegp.csv_files import read_lines

CODE = '''\
"""An evaluation of 10 to 30 ms, never the same, that leaves a line in a file when it ends."""

import hashlib
import os
import random
import time
from pathlib import Path

FINISHED = os.environ.get("FINISHED")


def evaluate(phenotype, seed):
    time.sleep(0.01 + random.SystemRandom().random() * 0.02)
    noise = int(hashlib.sha256(f"{seed}".encode()).hexdigest(), 16) % 7
    parts = phenotype.replace("(", "").replace(")", "").split(" + ")
    cases = [abs(parts.count("x") - 5), abs(parts.count("y") - 4), noise]
    if FINISHED:
        with Path(FINISHED).open("a") as file:
            file.write(f"{phenotype} {seed}\\n")
    return {"error": float(sum(cases)), "cases": cases}
'''
GRAMMAR = "<e> ::= x | y | z | (<e> + <e>)\n"
SETTINGS = """\
grammar = "grammar.bnf"
objectives = ["min error"]

[search]
population = 12
generations = 6
mutation_rate = 0.3
max_depth = 7
"""

KINDS = {
    "dsge": (),
    "steady state": ("replacement=steady_state", "lineage=true", "generations=8"),
    "sge": ("representation=sge",),
    "ge": ("representation=ge", "initialisation=ramped"),
    "psge": ("representation=psge",),
    "copsge": ("representation=copsge", "generations=4"),
    "whge": ("representation=whge",),
    "islands": ("islands=3", "migration_interval=2", "lineage=true"),
    "lexicase": ("selection=lexicase",),
    "adaptive": ("adaptive_mutation=true",),
    "repeats": ("repeats=2", "generations=4"),
    "race": ("race_cap=4", "generations=3"),
}
"""Settings of ``[search]`` that take different ways through what a run saves."""

COMMAND = (sys.executable, "-c", "from gegp.cli import main; main()")


class Sample(NamedTuple):
    """A run that can be made again and again: its problem, its settings, and a seed."""

    problem: Path
    settings: tuple[str, ...]
    seed: int

    def arguments(self, out: Path) -> list[str]:
        """The arguments of ``gegp`` that make it in a directory."""
        sets = [part for text in self.settings for part in ("--set", f"search.{text}")]
        return ["run", str(self.problem), "--seed", str(self.seed), "--out", str(out), "-q", *sets]


def make_problem(directory: Path) -> Path:
    """A problem directory whose evaluations take their time."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "problem.py").write_text(CODE)
    (directory / "grammar.bnf").write_text(GRAMMAR)
    (directory / "problem.toml").write_text(SETTINGS)
    return directory


def gegp(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with environment variables beside those of this one."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env=os.environ | variables,
    )


def make_run(sample: Sample, out: Path) -> str:
    """The run without any trouble; its hash."""
    done = gegp(*sample.arguments(out))
    if done.returncode != 0:
        raise RuntimeError(f"gegp {shlex.join(sample.arguments(out))}: {done.stderr}")
    return history_hash(out)


def history_hash(directory: Path) -> str:
    """A digest of all that a run has found: its snapshots, its table but for times, its lineage."""
    digest = hashlib.sha256()
    for file in sorted((directory / "snapshots").glob("*.json")):
        digest.update(file.name.encode() + file.read_bytes())
    for line in read_lines(directory / "generations.csv").whole:
        digest.update(repr(line.fields[: -len(WITHIN_A_PROCESS)]).encode())
    lineage = directory / "lineage.csv"
    if lineage.exists():
        digest.update(lineage.read_bytes())
    return digest.hexdigest()


WITHIN_A_PROCESS = ("evaluated", "from_cache", "seconds")
"""The last columns of the table: what one process did, and how long it took."""


def finished(path: Path) -> Counter[str]:
    """How often each evaluation of a problem came to its end."""
    return Counter(path.read_text().splitlines()) if path.exists() else Counter()


def processes_of(directory: Path) -> list[int]:
    """The processes that name a directory in their command line or stand in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if re.fullmatch(r"\d+", entry.name) and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if str(directory) in command or str(directory) in os.readlink(entry / "cwd"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
