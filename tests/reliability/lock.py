"""Run directories that are in use, and those whose owner was killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from background import Background
from measurement import Measurement
from samples import Sample, gegp, make_problem

from gegp.errors import LockedError
from gegp.lock import take_lock

ENGINES = ("serial", "processes")
LONG = "generations=100000"
LIMIT = 1.0  # seconds
GRACE = 0.5  # seconds
LONGEST = 0.3  # seconds from the lock to the kill


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """Ten refusals of each command and 100 kills; the short form two and three."""
    problem = make_problem(directory / "problem")
    sample = Sample(problem, (LONG,), rng.randrange(1000))
    yield refused(sample, directory / "in use", 10 if full else 2)
    yield released(sample, directory, rng, 100 if full else 3)


def refused(sample: Sample, out: Path, times: int) -> Measurement:
    """Commands for a directory that a run is working in, beside one that does nothing."""
    commands = {
        "run": sample.arguments(out),
        "resume": ["resume", str(out), "-q"],
        "doctor": ["doctor", str(out), "--repair"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in ("help", *commands)}
    well = 0
    with Background(*sample.arguments(out)) as owner:
        owner.until(lambda: (out / "settings.toml").exists())
        told = f"is in use by process {owner.process.pid} on {socket.gethostname()}"
        for _ in range(times):
            seconds["help"].append(timed("--help")[0])
            for name, arguments in commands.items():
                took, status, text = timed(*arguments)
                seconds[name].append(took)
                well += status == 3 and told in text and text.count("\n") == 1
        alive = owner.process.poll() is None
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    longest = max(max(seconds[name]) for name in commands)
    # What else the machine has to do can only add to it.
    beyond = max(min(seconds[name]) for name in commands) - min(seconds["help"])
    listed = ", ".join(f"{name} {median:.2f} s" for name, median in medians.items())
    return Measurement(
        "A second `gegp run --out`, `gegp resume` or `gegp doctor --repair` on a directory in use "
        f"is refused with status 3 and the process and host that use it, in {LIMIT:g} s more than "
        "`gegp --help` takes",
        f"{well} of {len(commands) * times}; medians: {listed}; longest {longest:.2f} s",
        well == len(commands) * times and beyond < LIMIT and alive,
    )


def timed(*arguments: str) -> tuple[float, int, str]:
    """The seconds that a command took, its exit status, and its errors."""
    begun = time.monotonic()
    done = gegp(*arguments)
    return time.monotonic() - begun, done.returncode, done.stderr


def released(sample: Sample, directory: Path, rng: random.Random, times: int) -> Measurement:
    """Runs that are killed, and their lock at once after that."""
    held, taken = 0, []
    for i in range(times):
        out, engine = directory / f"killed {i}", ENGINES[i % len(ENGINES)]
        made = sample._replace(settings=(LONG, f"engine={engine}", "workers=2"))
        with Background(*made.arguments(out)) as owner:
            owner.until(lambda out=out: (out / "settings.toml").exists())
            time.sleep(rng.uniform(0, LONGEST))
            held += in_use(out)
            os.kill(owner.process.pid, signal.SIGKILL)
            owner.process.wait()
            taken.append(seconds_until_free(out))
    done = gegp("doctor", str(out), "--repair")
    return Measurement(
        "The lock of a run that is killed with `kill -9` is gone with it or with a worker that it "
        f"was just starting, within {GRACE:g} s",
        f"{sum(one == 0 for one in taken)} of {times} directories free at once, the last "
        f"after {max(taken):.3f} s",
        held == times and max(taken) < GRACE and done.returncode == 0,
    )


def seconds_until_free(directory: Path) -> float:
    """How long another process has the lock of a directory from now on, up to some seconds."""
    begun, seconds = time.monotonic(), 0.0
    while in_use(directory) and seconds < 4 * GRACE:
        time.sleep(0.002)
        seconds = time.monotonic() - begun
    return seconds


def in_use(directory: Path) -> bool:
    """Whether another process has the lock of a directory."""
    try:
        os.close(take_lock(directory))
    except LockedError:
        return True
    return False
