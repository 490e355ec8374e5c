"""Runs that are killed with SIGKILL at fault points and at random moments, and resumed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from measurement import Measurement
from samples import KINDS, Sample, finished, history_hash, make_problem, make_run

from gegp.doctor import examine
from gegp.journal import read_journal

PROGRAM = (sys.executable, str(Path(__file__).with_name("fault_points.py")))
ENGINES = {"serial": ("engine=serial",), "processes": ("engine=processes", "workers=2")}
WORKERS = {"serial": 1, "processes": 2}
SHORT = ("representation=psge", "replacement=steady_state", "lineage=true")
LONGEST = 2.0  # seconds from a start to a random kill

Points = Mapping[str, int]
"""Fault points, and how often each is reached."""


@dataclass(frozen=True)
class Reference:
    """What a sample makes if it is left alone, and what it reaches when run and when resumed."""

    sample: Sample
    hash: str
    run: Points
    resume: Points


@dataclass
class Tally:
    """What has happened so far."""

    runs: int = 0
    identical: int = 0
    different: list[str] = field(default_factory=list)
    sound: int = 0
    at_moments: int = 0
    at_points: int = 0
    hit: set[str] = field(default_factory=set)
    evaluations: int = 0
    recorded_twice: int = 0
    unrecorded: int = 0
    under_way: int = 0  # a candidate for each worker at each kill

    @property
    def kills(self) -> int:
        return self.at_points + self.at_moments


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """200 runs, and more until every fault point was hit; the short form 5 runs of one kind."""
    runs = 200 if full else 5
    problem = make_problem(directory / "problem")
    references = [
        make_reference(Sample(problem, settings, rng.randrange(1000)), directory / f"whole{i}")
        for i, settings in enumerate(KINDS.values() if full else [SHORT])
    ]
    points = {point for one in references for point in {*one.run, *one.resume}}
    tally = Tally()
    while tally.runs < runs or (full and points - tally.hit and tally.runs < 3 * runs):
        spoil(references[tally.runs % len(references)], directory, rng, tally)
    yield from rows(tally, points, full=full)


def make_reference(sample: Sample, out: Path) -> Reference:
    """The sample made without trouble; then made again, killed half way, and resumed."""
    made = make_run(sample, out)
    again, file = out.with_name(f"{out.name}-again"), out.with_suffix(".points")
    run = _reached(sample.arguments(out.with_name(f"{out.name}-traced")), file)
    often = max(run, key=run.__getitem__)
    _start(sample.arguments(again), fault=f"{often}:{run[often] // 2}").wait()
    return Reference(sample, made, run, _reached(["resume", str(again), "-q"], file))


def spoil(reference: Reference, directory: Path, rng: random.Random, tally: Tally) -> None:
    """Make a run, killing it one to five times if it lives long enough, and compare it."""
    out, log = directory / f"run{tally.runs}", directory / f"run{tally.runs}.finished"
    engine = rng.choice(list(ENGINES))
    sample = reference.sample._replace(settings=(*reference.sample.settings, *ENGINES[engine]))
    kills, status = rng.randint(1, 5), -signal.SIGKILL
    story = [engine, *sample.settings]
    while status == -signal.SIGKILL:
        begun = (out / "settings.toml").exists()
        arguments = ["resume", str(out), "-q"] if begun else sample.arguments(out)
        points = reference.resume if begun else reference.run
        fault = _draw(points, rng, tally.hit) if kills > 0 else ""
        process = _start(arguments, fault=fault, finished=log)
        if kills > 0 and not fault:
            with suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.05, LONGEST))
            process.kill()
        status = process.wait()
        if status == -signal.SIGKILL:
            kills -= 1
            story.append(f"killed in {arguments[0]} {'at ' + fault if fault else 'at random'}")
            _count_kill(tally, fault, WORKERS[engine])
    if status != 0:
        raise RuntimeError(f"gegp {' '.join(arguments)} ended with status {status}")
    _compare(reference, out, finished(log).total(), tally)
    if history_hash(out) != reference.hash:
        tally.different.append("; ".join(story))


def rows(tally: Tally, points: set[str], *, full: bool) -> Iterator[Measurement]:
    yield Measurement(
        "A run that is killed with `kill -9` at any moment and resumed is the run that was not "
        "killed, to the bit",
        f"{tally.identical} of {tally.runs} runs identical after {tally.kills} kills, "
        f"{tally.at_moments} of them at random moments, {tally.at_points} at fault points; "
        f"`gegp doctor` found {tally.sound} of {tally.runs} sound"
        + "".join(f"; another run: {one}" for one in tally.different),
        tally.identical == tally.sound == tally.runs and tally.kills >= (300 if full else 5),
    )
    yield Measurement(
        "Every line that saves or loads a run is a fault point, and is hit",
        f"{len(tally.hit & points)} of {len(points)} hit",
        points <= tally.hit if full else bool(tally.hit),
    )
    yield Measurement(
        "No evaluation that was recorded is made again; what may be lost is a candidate for each "
        "worker that was under way when the process was killed",
        f"{tally.recorded_twice} of {tally.evaluations} made again; {tally.unrecorded} were under "
        f"way and lost, of {tally.under_way} that may have been",
        tally.recorded_twice == 0 and tally.unrecorded <= tally.under_way,
    )


def _draw(points: Points, rng: random.Random, hit: set[str]) -> str:
    """A fault for GEGP_FAULT, of those that were not hit yet if there are; or none."""
    if rng.random() < 0.25:
        return ""
    point = rng.choice(sorted({*points} - hit) or sorted(points))
    return f"{point}:{rng.randint(1, points[point])}"


def _start(
    arguments: list[str], *, fault: str, finished: Path = Path(os.devnull)
) -> subprocess.Popen[bytes]:
    variables = {"GEGP_FAULT": fault, "FINISHED": str(finished)}
    return subprocess.Popen(
        [*PROGRAM, *arguments], env=os.environ | variables, stdout=subprocess.DEVNULL
    )


def _reached(arguments: list[str], file: Path) -> Points:
    """The fault points that a command reaches."""
    if _start(arguments, fault=f"record:{file}").wait() != 0:
        raise RuntimeError(f"gegp {' '.join(arguments)} failed")
    reached: dict[str, int] = json.loads(file.read_text())
    return reached


def _count_kill(tally: Tally, fault: str, workers: int) -> None:
    tally.under_way += workers
    tally.at_points += bool(fault)
    tally.at_moments += not fault
    if fault:
        tally.hit.add(fault.rpartition(":")[0])


def _compare(reference: Reference, out: Path, ended: int, tally: Tally) -> None:
    """``ended`` evaluations came to their end in all the processes of the run."""
    done = read_journal(out / "evaluations.jsonl")
    tally.runs += 1
    tally.identical += history_hash(out) == reference.hash
    tally.sound += examine(out).sound
    tally.evaluations += len(done)
    tally.recorded_twice += len(done) - len({(one.key, one.repeat) for one in done})
    tally.unrecorded += ended - len(done)
