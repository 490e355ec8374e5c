"""Runs that are interrupted, in endless loops and at any moment, and resumed as they say."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from background import Background, lines_of
from measurement import Measurement
from samples import CODE, Sample, history_hash, make_problem, make_run

from gegp.csv_files import read_lines
from gegp.snapshots import snapshot_files

TRAP = """\
def evaluate(phenotype, seed):
    while os.path.exists(os.environ.get("TRAP", "")):
        try:
            with open(os.environ["CAUGHT"], "a") as file:
                file.write(f"{phenotype}\\n")
            while True:
                pass
        except BaseException:
            if "DEAF" not in os.environ:
                raise
"""
ENGINES = {
    "serial": ("engine=serial",),
    "processes": ("engine=processes", "workers=2"),
    "dask": ("engine=dask", "workers=2"),
}
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
LIMIT = 5.0  # seconds
AT_ONCE = 0.5  # seconds
BETWEEN = 0.1  # seconds between Ctrl-C and Ctrl-C
LONGEST = 0.5  # seconds from the beginning of a run to a random signal
TOLD = re.compile(r"\nInterrupted\. Continue with: (gegp resume .*)\n")


class Ended(NamedTuple):
    """How an interrupted run has ended, and after how many seconds.

    ``well`` says that the exit status is that of the signal, that all that was said is how to
    go on, and that doing so made the run that was not interrupted.
    """

    seconds: float
    well: bool
    left: int


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """Every signal on every engine, and many random moments; the short form one interruption."""
    place = directory / "interrupted runs"  # the command to go on must be right with a blank too
    problem = make_problem(place / "problem")
    code = CODE.replace("def evaluate(phenotype, seed):\n", TRAP)
    assert code != CODE
    (problem / "problem.py").write_text(code)
    sample = Sample(problem, ("population=30", "generations=4"), rng.randrange(1000))
    whole = make_run(sample, place / "whole")
    yield in_loops(sample, place, whole, full=full)
    yield twice(sample, place, full=full)
    if full:
        yield at_random_moments(sample, place, whole, rng, 40)


def in_loops(sample: Sample, directory: Path, whole: str, *, full: bool) -> Measurement:
    """Interruptions while every worker that has something to do is in an endless loop."""
    engines = ENGINES if full else ["processes"]
    numbers = list(SIGNALS) if full else [signal.SIGINT]
    found = []
    for engine in engines:
        for number in numbers:
            out = directory / f"{engine} {number.name}"
            with trapped(sample, engine, out) as run:
                seconds = interrupt(run, number)
                well = saved_last(out) and goes_on(run, number, out, whole)
                found.append(Ended(seconds, well, left(run)))
    return Measurement(
        f"A run that is interrupted by {_listed(numbers)} while its candidates are in endless "
        f"loops ends within {LIMIT:g} s, with a snapshot, and the command that it prints makes "
        f"the run that was not interrupted: {', '.join(engines)}",
        f"{sum(one.well for one in found)} of {len(found)}, after up to "
        f"{max(one.seconds for one in found):.2f} s; {sum(one.left for one in found)} processes "
        "left",
        all(one.well and one.seconds <= LIMIT and one.left == 0 for one in found),
    )


def twice(sample: Sample, directory: Path, *, full: bool) -> Measurement:
    """Two signals, the first of which the candidate ignores where it can."""
    engines = ENGINES if full else ["serial"]
    found = []
    for engine in engines:
        with trapped(sample, engine, directory / f"{engine} twice", DEAF="1") as run:
            send(run, signal.SIGINT)
            time.sleep(BETWEEN)
            ignored = run.process.poll() is None
            seconds = interrupt(run, signal.SIGINT)
            # Where candidates are in workers the first one may have done already, or Python may be
            # ending: then it ends by the signal, which a shell calls 130 too.
            ended = run.process.returncode in (130, -signal.SIGINT)
            well = ended and "Traceback" not in run.errors() and (ignored or engine != "serial")
            found.append(Ended(seconds, well, left(run)))
    return Measurement(
        f"A second Ctrl-C ends a run at once, even if a candidate ignores the first: "
        f"{', '.join(engines)}",
        f"{sum(one.well for one in found)} of {len(found)}, after up to "
        f"{max(one.seconds for one in found):.2f} s; {sum(one.left for one in found)} processes "
        "left",
        all(one.well and one.seconds <= AT_ONCE and one.left == 0 for one in found),
    )


def at_random_moments(
    sample: Sample, directory: Path, whole: str, rng: random.Random, count: int
) -> Measurement:
    """Interruptions of runs that nothing holds up, from the moment that there is a run."""
    well = early = 0
    for i in range(count):
        number, engine = rng.choice(list(SIGNALS)), rng.choice(["serial", "processes"])
        out = directory / f"moment {i}"
        with Background(*_arguments(sample, engine, out)) as run:
            run.until(lambda out=out: (out / "log.jsonl").exists())
            time.sleep(rng.uniform(0, LONGEST))
            interrupt(run, number)
            early += run.process.returncode != 0
            well += goes_on(run, number, out, whole)
    return Measurement(
        "A run that is interrupted at any moment ends so, too",
        f"{well} of {count}, {early} of them before their end",
        well == count and early > 0,
    )


@contextmanager
def trapped(sample: Sample, engine: str, out: Path, **variables: str) -> Iterator[Background]:
    """A run with candidates in endless loops, once it has saved a generation."""
    trap, caught = out / "snapshots" / "gen000000.json", out.with_suffix(".caught")
    variables |= {"TRAP": str(trap), "CAUGHT": str(caught)}
    with Background(*_arguments(sample, engine, out), **variables) as run:
        run.until(lambda: lines_of(caught) != [])
        yield run


def send(run: Background, number: signal.Signals) -> None:
    """A signal as it comes: those of a terminal to all processes of the command."""
    target = run.process.pid
    with suppress(ProcessLookupError):
        (os.kill if number == signal.SIGTERM else os.killpg)(target, number)


def interrupt(run: Background, number: signal.Signals) -> float:
    """Send a signal and wait for the end; the seconds that it took."""
    begun = time.monotonic()
    send(run, number)
    with suppress(subprocess.TimeoutExpired):
        run.process.wait(4 * LIMIT)
    return time.monotonic() - begun


def left(run: Background) -> int:
    """How many processes are left one second after the end of a run."""
    time.sleep(1.0)
    return len(run.processes())


def saved_last(out: Path) -> bool:
    """Whether the newest snapshot is that of the last generation in the table."""
    last = read_lines(out / "generations.csv").whole[-1].fields[0]
    return snapshot_files(out / "snapshots")[-1].name == f"gen{int(last):06d}.json"


def goes_on(run: Background, number: signal.Signals, out: Path, whole: str) -> bool:
    """Whether a run ended well, and the command that it has printed makes the whole run of it."""
    told = TOLD.fullmatch(run.errors())
    if told is None or run.process.returncode != SIGNALS[number]:
        return run.process.returncode == 0 and history_hash(out) == whole
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    done = subprocess.run(
        f"{told[1]} -q", shell=True, check=False, env=environment, stdout=subprocess.DEVNULL
    )
    return done.returncode == 0 and history_hash(out) == whole


def _arguments(sample: Sample, engine: str, out: Path) -> list[str]:
    return sample._replace(settings=(*sample.settings, *ENGINES[engine])).arguments(out)


def _listed(numbers: list[signal.Signals]) -> str:
    return ", ".join(number.name for number in numbers)
