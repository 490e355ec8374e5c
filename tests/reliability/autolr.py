"""AutoLR's runs, with real trainings, on a dask cluster whose workers are killed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from background import Background
from measurement import Measurement
from samples import gegp, history_hash
from usage import Usage, evaluates, usage

from gegp.journal import read_contents
from gegp.store import JOURNAL, read_evaluations

# Some seconds of training for each candidate, which writes its state down after each epoch.
SIZES = ("search.population=6", "search.generations=3", "options.epochs=60")
STATE = 50_000  # bytes: less than a state, more than a worker writes otherwise
GRACE = 1.0  # seconds
LONGEST = 300.0  # seconds


class Kill(NamedTuple):
    """A dask worker that was killed: how many evaluations had ended, and how many had not."""

    ended: int
    under_way: int


class Spoilt(NamedTuple):
    """A run whose workers were killed; ``whole`` if each candidate has one outcome."""

    kills: list[Kill]
    history: str
    whole: bool
    left: int


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """Runs in one process, each compared with one that loses two dask workers."""
    equal, runs = 0, []
    for i in range(3 if full else 1):
        arguments = ["run", "autolr", "-q", "--seed", str(rng.randrange(10**6))]
        arguments += [part for text in SIZES for part in ("--set", text)]
        serial, dask = directory / f"serial {i}", directory / f"dask {i}"
        done = gegp(*arguments, "--engine", "serial", "--out", str(serial))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        candidates = len(read_evaluations(serial))
        # In the first half of the evaluations and in the second.
        moments = [rng.randrange(candidates // 2), rng.randrange(candidates // 2, candidates - 2)]
        runs.append(spoil([*arguments, "--engine", "dask", "--workers", "2"], dask, moments))
        equal += runs[-1].history == history_hash(serial)
    yield row(runs, equal)


def row(runs: Sequence[Spoilt], equal: int) -> Measurement:
    """What the runs have shown."""
    kills = [kill for run in runs for kill in run.kills]
    hit = sum(kill.under_way > 0 for kill in kills)
    left = sum(run.left for run in runs)
    return Measurement(
        "AutoLR on dask, `kill -9` of a worker process in the middle of a training, twice: the "
        "same history as in one process without a kill, and one outcome for each candidate",
        f"{equal} of {len(runs)} runs equal to the bit; {hit} of {2 * len(runs)} kills hit a "
        f"training, after {', '.join(str(kill.ended) for kill in kills)} evaluations; "
        f"{sum(run.whole for run in runs)} runs with one outcome for each; {left} processes left",
        equal == len(runs) and hit == 2 * len(runs) and all(run.whole for run in runs) and not left,
    )


def spoil(arguments: Sequence[str], out: Path, moments: Sequence[int]) -> Spoilt:
    """A run that loses a worker when so many of its evaluations have ended, each time again."""
    with Background(*arguments, "--out", str(out)) as run:
        kills = [kill_a_worker(run, out / JOURNAL, moment) for moment in moments]
        if run.process.wait(LONGEST) != 0:
            raise RuntimeError(run.errors())
        time.sleep(GRACE)
        times = Counter(done.key for done in read_evaluations(out))
        return Spoilt(kills, history_hash(out), {*times.values()} == {1}, len(run.processes()))


def kill_a_worker(run: Background, journal: Path, moment: int) -> Kill:
    """Kill a dask worker whose child has this moment written the state of its training."""
    before: dict[int, Usage] = {}
    while run.process.poll() is None:
        time.sleep(0.02)
        now = {pid: one for pid in run.processes() if evaluates(pid) and (one := usage(pid))}
        found = read_contents(journal)
        for pid, one in now.items():
            trains = pid in before and one.written >= before[pid].written + STATE
            if trains and len(found.done) >= moment:
                os.kill(one.parent, signal.SIGKILL)
                return Kill(len(found.done), len(found.unfinished))
        before = now
    raise RuntimeError(f"the run has ended before the evaluation {moment}: {run.errors()}")
