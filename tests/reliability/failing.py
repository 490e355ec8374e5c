"""Runs whose candidates all fail: they end at once, and say why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from measurement import Measurement
from samples import GRAMMAR, SETTINGS, gegp

from gegp import Run


class Failure(NamedTuple):
    """What is wrong with an ``evaluate``, and how its run ends."""

    code: str
    engine: str
    status: int
    text: str


FAILURES = (
    Failure("return lenght(phenotype)", "serial", 1, "NameError: name 'lenght' is not defined"),
    Failure("return lenght(phenotype)", "dask", 1, "NameError: name 'lenght' is not defined"),
    Failure("return float('nan')", "serial", 1, "error is nan: expected a finite number"),
    Failure("raise gegp.GegpError('data.csv is gone')", "serial", 2, "data.csv is gone"),
    Failure("raise gegp.GegpError('data.csv is gone')", "processes", 2, "data.csv is gone"),
    Failure("while True: pass", "processes", 1, "timeout: stopped at the time limit of 0.2 s"),
    Failure("os._exit(7)", "processes", 1, "crashed: its worker process died (exit status 7)"),
)


def measure(directory: Path, *, full: bool) -> Iterator[Measurement]:
    """Every failure; the short form one."""
    failures = FAILURES if full else FAILURES[:1]
    ended = [ends_well(one, directory / f"failing{i}") for i, one in enumerate(failures)]
    yield Measurement(
        "A run whose candidates all fail for one reason ends after the first generation with an "
        "error that tells the reason: status 1, or 2 if it lies in what the user gave",
        f"{sum(ended)} of {len(ended)}",
        all(ended),
    )


def ends_well(failure: Failure, directory: Path) -> bool:
    """Whether a run of a problem that fails like this ends as it shall."""
    directory.mkdir()
    (directory / "grammar.bnf").write_text(GRAMMAR)
    (directory / "problem.toml").write_text(f"{SETTINGS}timeout = 0.2\n")
    code = f"import os, gegp\n\ndef evaluate(phenotype):\n    {failure.code}\n"
    (directory / "problem.py").write_text(code)
    out = directory / "out"
    done = gegp("run", str(directory), "--engine", failure.engine, "--out", str(out), "-q")
    told = done.stderr.startswith("Error: ") and failure.text in done.stderr
    return done.returncode == failure.status and told and not Run.load(out).history
