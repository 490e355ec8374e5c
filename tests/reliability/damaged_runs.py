"""Runs whose files are damaged, before the commands that look at them, mend them, and go on."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from measurement import Measurement
from quick import Ending, Finished, ending, forked, killed, quick_sample, whole_run
from samples import KINDS, gegp

from gegp.history import HISTORY
from gegp.journal import read_journal
from gegp.manifest import SETTINGS
from gegp.store import JOURNAL, LINEAGE, LOG, SNAPSHOTS

LAST = 2
"""The generation after which the unfinished runs were killed."""

GRAMMAR = "grammar.bnf"
FILES = (
    *(SETTINGS, GRAMMAR, JOURNAL, HISTORY, LINEAGE, LOG, "run.lock", SNAPSHOTS),
    *(f"{SNAPSHOTS}/{which}" for which in ("first", "middle", "newest")),
)
"""What is damaged; ``snapshots`` stands for all of them."""

TO_BE_NAMED = {
    *(f"{way} {name}" for way in ("cut", "zero-filled", "emptied") for name in FILES[7:]),
    *(f"{way} {name}" for way in ("zero-filled", "emptied", "removed") for name in FILES[:3]),
    *(f"flipped {name}" for name in (JOURNAL, *FILES[7:])),
}
"""What the doctor cannot overlook. Of a journal that is cut between two records the rest is whole,
and of a grammar that lacks its last line break too."""

SHORT = (
    *(("flipped", f"{SNAPSHOTS}/newest"), ("zero-filled", SNAPSHOTS), ("flipped", JOURNAL)),
    *(("removed", JOURNAL), ("cut", GRAMMAR), ("zero-filled", HISTORY), ("cut", "run.lock")),
)
"""What the short form does twice: once with a repair before the run is gone on with."""

BY_HAND = (SETTINGS, GRAMMAR)
"""What only a person can put back."""


class Made(NamedTuple):
    """A run that was left alone or killed, its kind, and what it comes to."""

    directory: Path
    kind: str
    end: Ending


def make_runs(directory: Path, kind: str, rng: random.Random) -> list[Made]:
    """A finished run of a kind, and one that was killed."""
    place = directory / kind.replace(" ", "-")
    sample = quick_sample(place / "problem", KINDS[kind], rng.randrange(1000))
    whole = whole_run(sample, place / "whole")
    part = killed(sample, place / "part", after=LAST)
    return [Made(one, kind, ending(whole)) for one in (whole, part)]


def replace(file: Path, data: bytes) -> None:
    """Write a file anew; where it is only overwritten, some file systems wait for the disk."""
    file.unlink()
    file.write_bytes(data)


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """Bytes with one bit turned over."""
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def _flip(file: Path, rng: random.Random) -> None:
    data = file.read_bytes()
    replace(file, flipped(data, rng.randrange(len(data)), rng.randrange(8)))


WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "flipped": _flip,
    "cut": lambda file, rng: replace(file, file.read_bytes()[: rng.randrange(file.stat().st_size)]),
    "zero-filled": lambda file, rng: replace(file, bytes(file.stat().st_size)),
    "emptied": lambda file, rng: replace(file, b""),
    "removed": lambda file, rng: file.unlink(),
}


def by_commands(
    directory: Path, runs: list[Made], rng: random.Random, *, full: bool
) -> Iterator[Measurement]:
    """Every file damaged in every way, before the real commands; the short form some."""
    command = _started if full else forked
    # A setting that is free to change may be another one after a flip, and is obeyed then.
    pairs = [(way, name) for way in WAYS for name in FILES if (way, name) != ("flipped", SETTINGS)]
    pairs = [*pairs, *rng.choices(pairs, k=110 - len(pairs))] if full else [*SHORT, *SHORT]
    tally: Counter[str] = Counter()
    unnamed: Counter[str] = Counter()
    for number, (way, name) in enumerate(pairs):
        run = rng.choice([one for one in runs if _files(one.directory, name)])
        out = Path(shutil.copytree(run.directory, directory / f"spoilt{number}"))
        spoilt = _files(out, name)
        for file in spoilt:
            WAYS[way](file, rng)
        told = command("doctor", str(out)).text
        if not all(file.name in told for file in spoilt):
            unnamed[f"{way} {name}"] += 1
        tally += _judge(run, out, name, number % 2 == 0, command)
        shutil.rmtree(out)
    missed = sum(count for what, count in unnamed.items() if what in TO_BE_NAMED)
    alike = len(pairs) - tally["of races"]
    races = f"{tally['same, of races']} of {tally['of races']}"
    yield Measurement(
        "`gegp doctor` names the snapshot, journal or settings that are damaged, cut or lost",
        f"{len(pairs) - unnamed.total()} of {len(pairs)} damages named, of these files all but "
        f"{missed}; not named: {', '.join(sorted(unnamed))}",
        missed == 0,
    )
    yield Measurement(
        "Whatever file is flipped, cut, filled with zeros, emptied or removed: never a traceback, "
        "no record that is whole is lost, and after `gegp resume`, or `gegp doctor --repair` "
        "where that is told, the run ends as it would have; `settings.toml` and `grammar.bnf` "
        "are put back by hand",
        f"{tally['same']} of {alike} damages, {tally['tracebacks']} tracebacks, "
        f"{tally['lost']} times a record lost; races, which count all that was evaluated, ended "
        f"the same after {races} damages of the journal",
        tally["same"] == alike and tally["tracebacks"] == tally["lost"] == 0,
    )


def by_record(directory: Path, rng: random.Random, *, full: bool) -> Measurement:
    """Each record of the journal lost in turn, where the number of evaluations decides what comes.

    Those of a race, of repeated evaluations, and of a run that ends after so many.
    """
    kinds = {"race": ("race_cap=6", "generations=5"), "budget": ("max_evaluations=24",)}
    kinds |= {"repeats": KINDS["repeats"]} if full else {}
    same = spoilt = 0
    for kind, settings in kinds.items():
        place = directory / f"lost-{kind}"
        sample = quick_sample(place / "problem", settings, rng.randrange(1000))
        end, part = (
            ending(whole_run(sample, place / "whole")),
            killed(sample, place / "part", after=1),
        )
        lines = (part / JOURNAL).read_bytes().splitlines(keepends=True)
        for number in range(len(lines)) if full else rng.sample(range(len(lines)), 5):
            out = Path(shutil.copytree(part, place / "spoilt"))
            damaged = flipped(lines[number], len(lines[number]) // 2, rng.randrange(7))
            replace(out / JOURNAL, b"".join([*lines[:number], damaged, *lines[number + 1 :]]))
            spoilt += 1
            same += forked("resume", str(out), "-q").status == 0 and ending(out) == end
            shutil.rmtree(out)
    return Measurement(
        "A record that is lost from the journal is made up for, also where the number of "
        "evaluations decides what comes: in races, and where it is limited",
        f"{same} of {spoilt} runs of {len(kinds)} kinds ended as they would have",
        same == spoilt,
    )


def _judge(
    run: Made, out: Path, name: str, first: bool, command: Callable[..., Finished]
) -> Counter[str]:
    """What comes of a damaged copy of a run; ``first`` to repair it before it is gone on with."""
    before = read_journal(out / JOURNAL)
    doctor, resume = ("doctor", str(out)), ("resume", str(out), "-q")
    done = [command(*doctor, "--repair")] if first else []
    done.append(command(*resume))
    well = done[-1].status == 0 or done[-1].fails_well()
    if done[-1].status and name in BY_HAND:
        shutil.copy(run.directory / name, out)
        done.append(command(*resume))
    elif done[-1].status:
        well = well and f"gegp doctor {out} --repair" in done[-1].text
        done += [command(*doctor, "--repair"), command(*resume)]
    same = well and done[-1].status == 0 and _same(run.end, ending(out), name)
    # A race goes on from all that was evaluated: nothing tells it how much that was.
    of_race = ", of races" if run.kind == "race" and name == JOURNAL else ""
    return Counter(
        {
            f"same{of_race}": int(same),
            "of races": int(bool(of_race)),
            "tracebacks": sum("Traceback" in one.text for one in done),
            "lost": int(read_journal(out / JOURNAL)[: len(before)] != before),
        }
    )


def _same(expected: Ending, found: Ending, name: str) -> bool:
    """Whether a run came to what it should; what a damaged table held is not known any more."""
    if name == HISTORY:
        expected, found = expected._replace(table=()), found._replace(table=())
    if name == LINEAGE:
        expected, found = expected._replace(lineage=b""), found._replace(lineage=b"")
    return expected == found


def _files(directory: Path, name: str) -> list[Path]:
    """The files that a name stands for, if they are there."""
    snapshots = sorted((directory / SNAPSHOTS).iterdir())
    if name == SNAPSHOTS:
        return snapshots
    folder, _, which = name.partition("/")
    if folder == SNAPSHOTS:
        return [snapshots[("first", "middle", "newest").index(which)]]
    return [directory / name] if (directory / name).exists() else []


def _started(*arguments: str) -> Finished:
    """A gegp command in a new process."""
    done = gegp(*arguments)
    return Finished(done.returncode, done.stdout + done.stderr)
