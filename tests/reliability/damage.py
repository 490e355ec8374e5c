"""Damaged run directories: what is damaged is found, and the run ends as it would have.

Most damages are shown to what reads the files, in this process; a sample of them, and whole files
that are lost, to the commands.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
from damaged_runs import Made, by_commands, by_record, flipped, make_runs, replace
from measurement import Measurement
from samples import KINDS

from gegp import Run
from gegp.deciding import deciding
from gegp.doctor import Report, examine
from gegp.history import HISTORY, read_history
from gegp.journal import Done, read_contents
from gegp.lineage import look_at_lineage
from gegp.manifest import SETTINGS, Manifest, read_manifest
from gegp.search import State
from gegp.snapshots import Damaged, load_snapshots, read_snapshot, snapshot_files
from gegp.store import JOURNAL, LINEAGE, LOG, read_log
from gegp.toolbox import build_toolbox

READERS: dict[str, Callable[[Path], Any]] = {
    HISTORY: read_history,
    LINEAGE: lambda directory: look_at_lineage(directory / LINEAGE),
    LOG: read_log,
    "run.lock": lambda directory: None,
}
"""What is read of the files that are for people; the lock is held, not read."""


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """1,000 flips of each kind and all lengths; the short form some dozens."""
    kinds = list(KINDS) if full else ["steady state", "psge"]
    runs = [one for kind in kinds for one in make_runs(directory, kind, rng)]
    yield snapshots_of_every_length(runs[:2], step=1 if full else 41)
    yield flipped_snapshots(runs, rng, 1000 if full else 40)
    yield flipped_journals(runs, rng, 1000 if full else 40)
    yield journals_of_every_length(runs[:2], step=1 if full else 41)
    yield flips_of_settings(runs, rng, 300 if full else 60)
    with_lineage = [one for one in runs if (one.directory / LINEAGE).exists()]
    yield flips_of_tables(with_lineage, rng, 300 if full else 15)
    yield from by_commands(directory, runs, rng, full=full)
    yield by_record(directory, rng, full=full)


def snapshots_of_every_length(runs: list[Made], step: int) -> Measurement:
    """Each snapshot cut after each of its bytes, all but the last."""
    count = found = fallen_back = newest = 0
    for run in runs:
        toolbox = _toolbox(run.directory)
        *_, before, last = snapshot_files(run.directory / "snapshots")
        expected = _contents(read_snapshot(before, toolbox))
        for file in snapshot_files(run.directory / "snapshots"):
            data = file.read_bytes()
            for length in range(0, len(data), step):
                replace(file, data[:length])
                count += 1
                found += not isinstance(read_snapshot(file, toolbox), State)
                if file == last:
                    newest += 1
                    there = load_snapshots(file.parent, toolbox)
                    named = [one.file for one in there.damaged] == [file]
                    fallen_back += named and _contents(there.state) == expected
            replace(file, data)
    return Measurement(
        "A snapshot that is cut at any length is found, and the one before takes its place",
        f"{found} of {count} lengths found; {fallen_back} of {newest} times that of the newest "
        "the state before was read",
        found == count and fallen_back == newest > 0,
    )


def flipped_snapshots(runs: list[Made], rng: random.Random, count: int) -> Measurement:
    """Bits of snapshots turned over."""
    found = named = 0
    for _ in range(count):
        run = rng.choice(runs)
        file = rng.choice(snapshot_files(run.directory / "snapshots"))
        with Flip(file, rng):
            found += not isinstance(read_snapshot(file, _toolbox(run.directory)), State)
            named += f"snapshots/{file.name}" in _named(examine(run.directory))
    return Measurement(
        "A flipped bit of a snapshot is found, and `gegp doctor` names the file",
        f"{found} of {count} flips found, {named} named",
        found == named == count,
    )


def flipped_journals(runs: list[Made], rng: random.Random, count: int) -> Measurement:
    """Bits of journals turned over: what the other lines hold is read as it was."""
    found = named = kept = breaks = 0
    for _ in range(count):
        run = rng.choice(runs)
        file = run.directory / JOURNAL
        lines = file.read_bytes().splitlines(keepends=True)
        before = _done(file)
        with Flip(file, rng) as place:
            number = sum(end <= place for end in accumulate(map(len, lines)))
            at_break = place == sum(map(len, lines[: number + 1])) - 1
            lost = {number, number + at_break}
            breaks += at_break
            contents = read_contents(file)
            found += bool(contents.damaged or contents.torn)
            rest = [done for i, one in enumerate(before) if i not in lost for done in one]
            kept += contents.done == rest
            named += JOURNAL in _named(examine(run.directory))
    return Measurement(
        "A flipped bit of the journal is found, and costs its record alone; a flipped line break "
        "costs the two beside it",
        f"{found} of {count} flips found, {named} named by `gegp doctor`; all other records read "
        f"as they were {kept} times; {breaks} were line breaks",
        found == named == kept == count,
    )


def journals_of_every_length(runs: list[Made], step: int) -> Measurement:
    """The journal cut after each of its bytes."""
    count = kept = 0
    for run in runs:
        file = run.directory / JOURNAL
        data = file.read_bytes()
        lines = data.splitlines(keepends=True)
        ends = list(accumulate(map(len, lines)))
        before = _done(file)
        for length in range(0, len(data), step):
            replace(file, data[:length])
            whole = sum(end <= length for end in ends)
            contents = read_contents(file, repair=True)
            count += 1
            kept += (
                contents.done == [done for one in before[:whole] for done in one]
                and file.read_bytes() == b"".join(lines[:whole])
                and contents.torn == length - file.stat().st_size
            )
        replace(file, data)
    return Measurement(
        "A journal that is cut at any byte is cut back to its last whole record, and all before "
        "is read",
        f"{kept} of {count} lengths",
        kept == count,
    )


def flips_of_settings(runs: list[Made], rng: random.Random, count: int) -> Measurement:
    """Bits of ``settings.toml`` and ``grammar.bnf`` turned over."""
    found: dict[str, Counter[str]] = {SETTINGS: Counter(), "grammar.bnf": Counter()}
    unnoticed: Counter[str] = Counter()
    decided = 0
    for number in range(count):
        directory = runs[number % len(runs)].directory
        manifest, grammar = read_manifest(directory), Run.load(directory).problem.grammar
        for name, seen in found.items():
            with Flip(directory / name, rng):
                if _named(examine(directory)):
                    seen["found"] += 1
                    continue
                after = read_manifest(directory)
                changed = _changed(manifest, after)
                seen["not noticed" if changed else "without a meaning"] += 1
                unnoticed.update(changed)
                decided += Run.load(directory).problem.grammar != grammar
                decided += _deciding(after) != _deciding(manifest)
    return Measurement(
        "A flipped bit of `settings.toml` or `grammar.bnf` is found, or changes nothing but what "
        "may be changed by hand: when the run ends, and where it is evaluated",
        f"{_told(found)}; not noticed in {_counts(unnoticed)}; {decided} changed what decides",
        not decided and all(seen["found"] for seen in found.values()),
    )


def flips_of_tables(runs: list[Made], rng: random.Random, count: int) -> Measurement:
    """Bits turned over in the files that are for people, and have no check."""
    found: dict[str, Counter[str]] = {name: Counter() for name in READERS}
    for number in range(count):
        directory = runs[number % len(runs)].directory
        for name, seen in found.items():
            if not (directory / name).exists():
                continue
            before = READERS[name](directory)
            with Flip(directory / name, rng):
                if name in _named(examine(directory)):
                    seen["found"] += 1
                elif READERS[name](directory) == before:
                    seen["without a meaning"] += 1
                else:
                    seen["not noticed"] += 1
    return Measurement(
        "A flipped bit of the tables, the log or the lock ends nothing; what is no number or no "
        "JSON any more is found, a digit that became another is not",
        _told(found),
        all(found[name]["found"] for name in (HISTORY, LINEAGE, LOG))
        and not found["run.lock"]["found"],
    )


class Flip:
    """A bit of a file turned over, for as long as the block lasts; gives the place of its byte."""

    def __init__(self, file: Path, rng: random.Random) -> None:
        self.file, self.data = file, file.read_bytes()
        self.place, self.bit = rng.randrange(len(self.data)), rng.randrange(8)

    def __enter__(self) -> int:
        replace(self.file, flipped(self.data, self.place, self.bit))
        return self.place

    def __exit__(self, *_: object) -> None:
        replace(self.file, self.data)


def _named(report: Report) -> set[str]:
    """The files that the doctor names as damaged."""
    return {one.file for one in report.remaining}


def _done(file: Path) -> list[list[Done]]:
    """The evaluation of each line of a journal; none for other records."""
    rest = iter(read_contents(file).done)
    lines = file.read_bytes().splitlines()
    return [[next(rest)] if b'{"event":"done"' in line else [] for line in lines]


def _toolbox(directory: Path) -> Any:
    return build_toolbox(Run.load(directory).problem, seed=read_manifest(directory).seed)


def _contents(state: State | Damaged | None) -> list[Any]:
    """All that a snapshot holds of a state."""
    assert isinstance(state, State)
    individuals = [
        (one.genotype, one.derivation, one.fitness.values, one.fitness.cases)
        for one in (*state.population, state.best)
        if one is not None
    ]
    return [state.generation, state.found, state.representation.learned, individuals]


def _deciding(manifest: Manifest) -> tuple[str, str]:
    """What of the settings decides the future of a run."""
    return deciding(manifest.settings, manifest.seed), manifest.grammar_digest


def _changed(before: Manifest, after: Manifest) -> list[str]:
    """The settings that are others, the free ones of the search by their names."""
    tables = [msgspec.to_builtins(one) for one in (before, after)]
    flat = [
        table | table["settings"] | table["settings"]["search"] | {"settings": 0, "search": 0}
        for table in tables
    ]
    return [name for name in flat[0] if flat[0][name] != flat[1][name]]


def _told(found: Mapping[str, Counter[str]]) -> str:
    return "; ".join(f"{name}: {_counts(seen)}" for name, seen in found.items())


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counter.most_common()) or "nothing"
