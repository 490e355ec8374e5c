"""Runs of a million evaluations: what they take does not grow."""

from __future__ import annotations

import dataclasses
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from background import Background
from measurement import Measurement
from samples import gegp
from usage import Usage, evaluates, usage

from gegp.history import read_rows
from gegp.runs import Run
from gegp.snapshots import save_snapshot, snapshot_files

CODE = '''\
"""An evaluation that costs next to nothing."""

from zlib import crc32


def evaluate(phenotype):
    return float(crc32(phenotype.encode()))
'''
TOKENS = " | ".join(f"{number:02}" for number in range(64))
GRAMMAR = f"<program> ::= <t> <t> <t> <t> <t> <t>\n<t> ::= {TOKENS}\n"  # 7e10 programs
SETTINGS = """\
grammar = "grammar.bnf"
objectives = ["min checksum"]

[search]
population = 1000
generations = 1000000
mutation_rate = 0.5
"""
REMEMBERED = 600  # bytes for each candidate
GROWTH = 1.05
SLOWER = 1.25
SLOWEST_SAVE = 0.02  # seconds


class Sample(NamedTuple):
    """A run at some moment: its last saved generation, its process, and its workers."""

    generation: int
    journal: int
    main: Usage
    workers: dict[int, Usage]
    processes: int


class Soak(NamedTuple):
    """A long run: its samples, and how many candidates it had evaluated by each generation."""

    name: str
    samples: list[Sample]
    evaluated: list[int]

    def part(self, begin: float, end: float) -> list[Sample]:
        """The samples of a part of the run, as shares of its generations."""
        last = len(self.evaluated) - 1
        return [one for one in self.samples if begin * last <= one.generation < end * last]

    def evaluations(self, first: Sample, last: Sample) -> int:
        """How many candidates were evaluated between two samples."""
        return self.evaluated[last.generation] - self.evaluated[first.generation]


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """A run in one process, one with worker processes, and what snapshots cost."""
    count = 1_000_000 if full else 40_000
    (directory / "problem.py").write_text(CODE)
    (directory / "grammar.bnf").write_text(GRAMMAR)
    (directory / "problem.toml").write_text(SETTINGS)
    tasks = count // 20 if full else count // 4
    budget = ["--set", f"search.max_evaluations={count}", "--seed", str(rng.randrange(10**6))]
    alone = watch(directory, "alone", [*budget, "--engine", "serial"], full=full)
    yield from rows(alone._replace(name=f"{count:,} evaluations in one process"), full=full)
    workers = ["--engine", "processes", "--workers", "2", "--set", f"search.worker_tasks={tasks}"]
    shared = watch(directory, "shared", [*budget, *workers], full=full)
    shared = shared._replace(name=f"{count:,} evaluations on 2 workers")
    yield from rows(shared, full=full)
    yield memory_of_workers(shared, tasks)
    if full:
        yield snapshots(directory / "regression", rng.randrange(10**6))


def watch(directory: Path, name: str, options: Sequence[str], *, full: bool) -> Soak:
    """Make a run, and look at it from outside while it goes on."""
    out = directory / name
    samples = []
    with Background("run", str(directory), "--out", str(out), "-q", *options) as run:
        while run.process.poll() is None:
            time.sleep(0.25 if full else 0.02)
            samples += sample(run, out)
        if run.process.returncode != 0:
            raise RuntimeError(run.errors())
    evaluated = [0]
    for row in read_rows(out):
        evaluated.append(evaluated[-1] + row.evaluated)
    return Soak(name, samples, evaluated[1:])


def sample(run: Background, out: Path) -> list[Sample]:
    """How the run is now; nothing before its first generation, and when it is about to end."""
    found = {pid: usage(pid) for pid in run.processes()}
    alive = {pid: one for pid, one in found.items() if one}
    saved = snapshot_files(out / "snapshots")
    if not saved or run.process.pid not in alive:
        return []
    workers = {pid: one for pid, one in alive.items() if evaluates(pid)}
    journal = (out / "evaluations.jsonl").stat().st_size
    generation = int(saved[-1].stem.removeprefix("gen"))
    return [Sample(generation, journal, alive[run.process.pid], workers, len(alive))]


def rows(soak: Soak, *, full: bool) -> Iterator[Measurement]:
    """What a long run has shown; of a short one the times tell more of the machine."""
    first, last = soak.part(0, 0.1), soak.part(0.9, 1)
    yield memory(soak, first[-1], last[-1])
    yield leaks(soak, first, last)
    yield pace(soak, timed=full)


def memory(soak: Soak, first: Sample, last: Sample) -> Measurement:
    """The main process: what grows is what it remembers."""
    before, after = first.main.memory, last.main.memory
    new = soak.evaluations(first, last)
    return Measurement(
        f"{soak.name}: after the first tenth the memory of the process grows by less than 5 % "
        f"beyond {REMEMBERED} bytes for each new candidate, whose result it remembers",
        f"{before / 1e6:.0f} MB, in the end {after / 1e6:.0f} MB: "
        f"{(after - before) / new:.0f} bytes for each of {new:,} candidates",
        after <= before * GROWTH + new * REMEMBERED,
    )


def memory_of_workers(soak: Soak, tasks: int) -> Measurement:
    """The workers: nothing grows, and no worker gets old."""
    before, after = (
        statistics.median(one.memory for each in part for one in each.workers.values())
        for part in (soak.part(0, 0.1), soak.part(0.9, 1))
    )
    lives: dict[int, list[int]] = {}
    for each in soak.samples:
        for pid, one in each.workers.items():
            lives.setdefault(pid, []).append(one.memory)
    # In the first half of its life a worker is started.
    grown = statistics.median(life[-1] / life[len(life) // 2] for life in lives.values())
    replaced = soak.evaluated[-1] // tasks
    return Measurement(
        f"{soak.name}: the memory of a worker grows by less than 5 % in the second half of its "
        f"life and from the first tenth of the run to the last; each is replaced after {tasks:,} "
        "candidates",
        f"by {grown - 1:.1%}; {before / 1e6:.1f} MB, in the end {after / 1e6:.1f} MB; "
        f"{len(lives)} workers",
        max(grown, after / before) <= GROWTH and replaced <= len(lives) <= replaced + 2,
    )


def leaks(soak: Soak, first: Sequence[Sample], last: Sequence[Sample]) -> Measurement:
    """File descriptors of the main process, and processes."""
    counts = [
        statistics.median_high(count(one) for one in part)
        for count in (lambda one: one.main.descriptors, lambda one: one.processes)
        for part in (first, last)
    ]
    return Measurement(
        f"{soak.name}: no file descriptor and no process more in the last tenth than in the first",
        "{} descriptors, in the end {}; {} processes, in the end {}".format(*counts),
        counts[1] <= counts[0] and counts[3] <= counts[2],
    )


def pace(soak: Soak, *, timed: bool) -> Measurement:
    """Time of the processor, if it counts, and bytes of the journal for an evaluation."""
    halves = []
    for begin in (0, 0.5):
        part = soak.part(begin, begin + 0.5)
        new = soak.evaluations(part[0], part[-1])
        seconds = part[-1].main.seconds - part[0].main.seconds
        halves.append((seconds / new * 1e6, (part[-1].journal - part[0].journal) / new))
    (time_before, size_before), (time_after, size_after) = halves
    return Measurement(
        f"{soak.name}: an evaluation takes no more of the processor and of the journal in the "
        "second half than in the first, within a quarter",
        f"{time_before:.0f} µs and {size_before:.0f} bytes; "
        f"{time_after:.0f} µs and {size_after:.0f} bytes",
        (not timed or time_after <= time_before * SLOWER) and size_after <= size_before * SLOWER,
    )


def snapshots(out: Path, seed: int) -> Measurement:
    """How long it takes to save states of a search, of 1,000 individuals each."""
    number = 300
    sizes = ["--set", "search.population=1000", "--set", "search.generations=20"]
    done = gegp("run", "symbolic_regression", "--seed", str(seed), "--out", str(out), "-q", *sizes)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    state = Run(out).state
    assert state and len(state.population) == 1000
    data = snapshot_files(out / "snapshots")[-1].read_bytes()
    disk = statistics.median(map(seconds, [partial(write, out / "plain", data)] * (number // 4)))
    states = [dataclasses.replace(state, generation=i) for i in range(number)]
    taken = [seconds(partial(save_snapshot, out / "snapshots", one)) for one in states]
    median, tail = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    generation = statistics.median(row.seconds for row in read_rows(out))
    return Measurement(
        f"To save 1,000 individuals durably takes at most {SLOWEST_SAVE * 1e3:.0f} ms, by median, "
        "or twice what the disk takes to write as much",
        f"{median * 1e3:.1f} ms, 95 % within {tail * 1e3:.1f} ms, of {number} saves of "
        f"{len(data) // 1000} kB; the disk {disk * 1e3:.1f} ms; {median / generation:.1%} of a "
        "generation of symbolic regression",
        median <= max(SLOWEST_SAVE, 2 * disk),
    )


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def write(path: Path, data: bytes) -> None:
    """Write a file so that a power cut leaves it whole: what no way of saving can do without."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.replace(path.with_suffix(".saved"))
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
