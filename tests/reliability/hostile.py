"""Runs with candidates that do their worst, on engines whose workers they may cost."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import failing
import interruptions
import leftovers
from background import Background, lines_of
from candidates import CODE, HARMFUL, HARMLESS
from measurement import Measurement

from gegp import Run
from gegp.journal import Done

PROMISED = HARMLESS | HARMFUL
ENGINES = {
    "processes with 1 worker": ("engine=processes", "workers=1"),
    "processes with 2": ("engine=processes", "workers=2"),
    "dask with 2": ("engine=dask", "workers=2"),
}
LIMIT = 1.0  # seconds
REACTION = 0.1  # seconds from the limit to the outcome in the journal
GRACE = 1.0  # seconds
SLOW = [f"slow {number}" for number in range(16)]
INNOCENT = [*SLOW, *(f"innocent {number}" for number in range(2 * len(PROMISED) - len(SLOW)))]
GENERATIONS = 3
# Candidates are evaluated in the order of their keys.
KEY = """
def key(phenotype):
    return (ORDER.index(phenotype) if phenotype in ORDER else len(ORDER), phenotype)
"""
LOOK = 0.002  # seconds


class Seen(NamedTuple):
    """What a run has made of its candidates.

    ``left`` processes were there a second after its end. ``late`` is from the limit to the outcome
    in the journal, for each candidate that overran; ``waited`` from the first candidate to the
    begin of each slow one; ``noise`` is the longest time that this process, which only looks on,
    was kept from looking. All in seconds.
    """

    ended: bool
    left: int
    done: Sequence[Done]
    late: Sequence[float]
    waited: Sequence[float]
    noise: float
    log: Sequence[str]


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """Every engine three times; the short form one engine once."""
    engines = ENGINES if full else {"processes with 2": ENGINES["processes with 2"]}
    runs = [
        watched(directory / f"hostile {name} {i}", settings, rng)
        for name, settings in engines.items()
        for i in range(3 if full else 1)
    ]
    yield from rows(runs, ", ".join(engines))
    yield from failing.measure(directory, full=full)
    yield from leftovers.measure(directory, full=full)
    yield from interruptions.measure(directory, rng, full=full)


def watched(directory: Path, settings: Sequence[str], rng: random.Random) -> Seen:
    """A run with all candidates in its first generation, two innocent ones after each harmful."""
    harmful = rng.sample(list(PROMISED), len(PROMISED))
    innocent = rng.sample(INNOCENT, len(INNOCENT))
    phenotypes = [*chain(*zip(harmful, innocent[::2], innocent[1::2], strict=True))]
    problem, out, begun = directory / "problem", directory / "out", directory / "begun"
    write_problem(problem, phenotypes)
    sets = chain.from_iterable(("--set", f"search.{text}") for text in settings)
    seed, seeds = str(rng.randrange(1000)), str(problem / "seeds.json")
    arguments = ["run", str(problem), "--seed", seed, "--out", str(out), "-q", *sets]
    with Background(*arguments, "--seed-phenotypes", seeds, BEGUN=str(begun)) as run:
        recorded, noise = watch(run, out / "evaluations.jsonl")
        time.sleep(GRACE)
        left = len(run.processes())
    found = Run.load(out)
    began = {line.partition(" ")[2]: float(line.partition(" ")[0]) for line in lines_of(begun)}
    overran = [name for name, status in PROMISED.items() if status == "timeout"]
    return Seen(
        run.process.returncode == 0 and len(found.history) == GENERATIONS,
        left,
        found.evaluations,
        [recorded[name] - began[name] - LIMIT for name in overran if name in recorded],
        [began[name] - min(began.values()) for name in SLOW],
        noise,
        (out / "workers.log").read_text(errors="replace").splitlines(),
    )


def write_problem(directory: Path, phenotypes: Sequence[str]) -> None:
    """A problem whose programs are the candidates, and those of them that a run begins with."""
    directory.mkdir(parents=True)
    (directory / "problem.py").write_text(f"{CODE}\nORDER = {phenotypes}\n{KEY}")
    names = " | ".join(f'"{name}"' for name in PROMISED)
    grammar = f"<c> ::= {names} | innocent <n> | slow <s>\n<n> ::= <int 0..999>\n"
    (directory / "grammar.bnf").write_text(f"{grammar}<s> ::= <int 0..{len(SLOW) - 1}>\n")
    (directory / "seeds.json").write_text(json.dumps(phenotypes))
    (directory / "problem.toml").write_text(
        f'grammar = "grammar.bnf"\nobjectives = ["min length"]\n[search]\n'
        f"population = {len(phenotypes)}\ngenerations = {GENERATIONS}\n"
        f"timeout = {LIMIT}\nmemory_limit = 1000\n"
    )


def watch(run: Background, journal: Path) -> tuple[dict[str, float], float]:
    """When each candidate's outcome came into the journal, and how late the latest look at it was.

    Times are those of the monotonic clock, which is one for all processes.
    """
    recorded: dict[str, float] = {}
    noise, before, size, text = 0.0, time.monotonic(), 0, b""
    while run.process.poll() is None:
        time.sleep(LOOK)
        now = time.monotonic()
        noise, before = max(noise, now - before - LOOK), now
        if journal.exists() and journal.stat().st_size > size:
            data = journal.read_bytes()[size:]
            size += len(data)
            *lines, text = (text + data).split(b"\n")
            for record in map(json.loads, lines):
                recorded.setdefault(record.get("phenotype", ""), now)
    return recorded, noise


def rows(runs: Sequence[Seen], engines: str) -> Iterator[Measurement]:
    wrong = sorted(
        {f"{name} {status or 'without an outcome'}" for name, status in deviations(runs)}
    )
    told = f"; not so: {', '.join(wrong)}" if wrong else ""
    asked = len(PROMISED) * len(runs)
    yield Measurement(
        f"Of {len(PROMISED)} ways to do harm, each gives its candidate the outcome that it is "
        f"promised, on {engines}; the run goes on to its end",
        f"{asked - len(list(deviations(runs)))} of {asked} outcomes, "
        f"{sum(run.ended for run in runs)} of {len(runs)} runs came to their end{told}",
        not wrong and all(run.ended for run in runs),
    )
    innocent = [(name, run) for run in runs for name in innocent_of(run)]
    harmed = sorted({name for name, run in innocent if not unharmed(name, run)})
    told = f": {', '.join(harmed)}" if harmed else ""
    yield Measurement(
        "No other candidate is lost or given another value, nor is what it prints",
        f"{len(harmed)} of {len(innocent)} innocent ones{told}",
        not harmed,
    )
    overran = list(PROMISED.values()).count("timeout")
    late, noise = [one for run in runs for one in run.late], max(run.noise for run in runs)
    yield Measurement(
        f"A candidate that overruns its limit of {LIMIT:g} s is stopped within {REACTION:g} s and "
        "the noise of the machine, even if it ignores SIGTERM or is in a C loop",
        f"{len(late)} stopped and recorded after {statistics.median(late):.3f} s (median), "
        f"{max(late):.3f} s (worst); noise up to {noise:.3f} s",
        all(abs(one) <= REACTION + noise for one in late) and len(late) == overran * len(runs),
    )
    yield Measurement(
        f"{GRACE:g} s after the end of such a run none of its processes is left",
        f"{sum(run.left for run in runs)} left by {len(runs)} runs with candidates that left "
        "processes and threads behind",
        all(run.left == 0 for run in runs),
    )
    waited = [one for run in runs for one in run.waited]
    queued = sum(one > LIMIT for one in waited)
    slow = [one for run in runs for one in run.done if one.phenotype.startswith("slow")]
    stopped = sum(one.status == "timeout" for one in slow)
    yield Measurement(
        "Waiting for a free worker does not count as time of a candidate",
        f"{stopped} false time-outs of {len(slow)} candidates of 0.3 s; {queued} waited for longer "
        f"than the limit, up to {max(waited):.1f} s",
        stopped == 0 and queued > len(waited) / 4,
    )


def deviations(runs: Sequence[Seen]) -> Iterator[tuple[str, str]]:
    """The harmful candidates that have another outcome than promised, or none."""
    for run in runs:
        found = {one.phenotype: one.status for one in run.done}
        for name, status in PROMISED.items():
            if found.get(name) != status:
                yield name, found.get(name, "")


def innocent_of(run: Seen) -> set[str]:
    """The innocent candidates of a run: those that it began with and those that it has made."""
    return {*INNOCENT, *(one.phenotype for one in run.done if one.phenotype not in PROMISED)}


def unharmed(name: str, run: Seen) -> bool:
    """Whether an innocent candidate has its value, and what it printed has come to the log."""
    values = {one.phenotype: one.values for one in run.done}
    return values.get(name) == (float(name.split()[1]),) and name in run.log
