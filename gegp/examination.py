"""The examination of a run directory file by file: each finding with what can be done about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from deap import base

from gegp.csv_files import line_numbers
from gegp.durable import move_aside, set_aside, write_durably
from gegp.history import HISTORY, cut_history, read_history
from gegp.journal import Contents, read_contents
from gegp.lineage import cut_lineage, look_at_lineage
from gegp.problem import Problem
from gegp.snapshots import Damaged, read_snapshot, snapshot_files
from gegp.store import JOURNAL, LINEAGE, LOG, SNAPSHOTS, log_event, read_log
from gegp.vetting import fits


@dataclass(frozen=True)
class Finding:
    """Something that was found in a file, and what can be done about it.

    ``repair`` does it, if it is safe. What is not ``open`` is good to know, and no damage.
    """

    file: str
    text: str
    remedy: str
    repair: Callable[[], None] | None = None
    open: bool = True


class SnapshotFindings(NamedTuple):
    """What is wrong with snapshots, and the generation of the newest sound one, or -1."""

    findings: list[Finding]
    last: int


def examine_snapshots(directory: Path, toolbox: base.Toolbox) -> SnapshotFindings:
    """Whether each snapshot is whole, and its individuals are of this run."""
    findings, last = [], -1
    for file in snapshot_files(directory / SNAPSHOTS):
        found = read_snapshot(file, toolbox)
        if isinstance(found, Damaged):
            name = f"{SNAPSHOTS}/{file.name}"
            remedy = f"set it aside as {name}.damaged; the one before takes its place"
            findings.append(Finding(name, found.reason, remedy, partial(move_aside, file)))
        else:
            last = found.generation
    return SnapshotFindings(findings, last)


def examine_journal(directory: Path, problem: Problem | None) -> Iterator[Finding]:
    """The journal line by line."""
    path = directory / JOURNAL
    contents = read_contents(path)
    if contents.torn:
        yield _torn(path, contents.torn)
    if contents.damaged:
        yield Finding(
            JOURNAL,
            f"{line_numbers(contents.damaged)}: damaged",
            f"set aside in {JOURNAL}.damaged; what was evaluated there is evaluated again",
            partial(_take_lines, path, contents.damaged),
        )
    if contents.unstarted:
        text = f"{line_numbers(contents.unstarted)}: evaluations whose start is not there"
        yield Finding(JOURNAL, text, "they count all the same", open=False)
    if contents.unfinished:
        text = f"{len(contents.unfinished)} evaluations were begun and have not ended"
        yield Finding(JOURNAL, text, "gegp resume makes them, apart from the others", open=False)
    counted = sum(row.evaluated for row in read_history(directory).rows)
    there = sum(done.repeat == 1 and not done.cached for done in contents.done)
    if there < counted:
        text = f"{counted - there} of the {counted} evaluations that {HISTORY} counts are not there"
        yield Finding(JOURNAL, text, "gegp resume makes those again that it needs", open=False)
    if problem:
        yield from _examine_evaluations(contents, problem)


def _examine_evaluations(contents: Contents, problem: Problem) -> Iterator[Finding]:
    """Whether keys and values are those of the problem."""
    strange = [done for done in contents.done if problem.key(done.phenotype) != done.key]
    if strange:
        yield Finding(
            JOURNAL,
            f"{len(strange)} of {len(contents.done)} evaluations have keys that are not those of "
            f"their programs, such as {strange[0].phenotype[:60]!r}",
            "nothing is changed: either the problem's key() is another one now, or the file is "
            "not of this run",
        )
    unfit = [done for done in contents.done if not fits(done.outcome, len(problem.weights))]
    if unfit:
        yield Finding(
            JOURNAL,
            f"{len(unfit)} evaluations have values that the problem cannot have returned",
            "nothing is changed: gegp resume leaves them out and evaluates again",
        )


def examine_history(directory: Path, last: int) -> Iterator[Finding]:
    """The rows of the table against the last sound snapshot."""
    path = directory / HISTORY
    history = read_history(directory)
    cut = partial(_cut_history, directory, last)
    if history.torn:
        yield _torn(path, len(history.torn))
    if history.damaged:
        numbers = [line.number for line in history.damaged]
        remedy = f"set aside in {HISTORY}.damaged, and the table is written from the others"
        yield Finding(HISTORY, f"{line_numbers(numbers)}: damaged", remedy, cut)
    beyond = sum(row.generation > last for row in history.rows)
    if beyond:
        text = f"{beyond} rows are beyond the last sound snapshot, of generation {last}"
        yield Finding(HISTORY, text, "cut off: gegp resume makes them again", cut)
    missing = last + 1 - (len(history.rows) - beyond)
    if missing:
        text = f"{missing} rows are missing before generation {last}"
        yield Finding(HISTORY, text, "they cannot be known any more", open=False)


def examine_lineage(directory: Path, last: int) -> Iterator[Finding]:
    """The lineage against the last sound snapshot."""
    path = directory / LINEAGE
    lineage = look_at_lineage(path)
    cut = partial(cut_lineage, path, last)
    if lineage.torn:
        yield _torn(path, len(lineage.torn))
    if lineage.damaged:
        numbers = [line.number for line in lineage.damaged]
        yield Finding(
            LINEAGE, f"{line_numbers(numbers)}: damaged", f"set aside in {LINEAGE}.damaged", cut
        )
    beyond = sum(row.generation > last for row in lineage.rows)
    if beyond:
        text = f"{beyond} rows are beyond the last sound snapshot, of generation {last}"
        yield Finding(LINEAGE, text, "cut off: gegp resume makes them again", cut)


def examine_log(directory: Path) -> Iterator[Finding]:
    """The log line by line."""
    path = directory / LOG
    data = path.read_bytes() if path.exists() else b""
    end = data.rfind(b"\n") + 1
    if end < len(data):
        yield _torn(path, len(data) - end)
    lines = data[:end].split(b"\n")[:-1]
    damaged = [number for number, line in enumerate(lines, 1) if log_event(line) is None]
    if damaged:
        yield Finding(
            LOG,
            f"{line_numbers(damaged)}: damaged",
            f"set aside in {LOG}.damaged",
            partial(_take_lines, path, damaged),
        )


def examine_leftovers(directory: Path) -> Iterator[Finding]:
    """What an interrupted write, or a run that has ended, has left."""
    for file in sorted([*directory.glob("*.tmp"), *(directory / SNAPSHOTS).glob("*.tmp")]):
        name = file.relative_to(directory).as_posix()
        text = "half of a file that was being written"
        yield Finding(name, text, "removed", partial(file.unlink, missing_ok=True))
    events = read_log(directory)
    scratch = directory / "scratch"
    if scratch.is_dir() and events and events[-1]["event"] == "ended":
        text = "what evaluations kept for each other, of a run that has ended"
        yield Finding("scratch", text, "removed", partial(shutil.rmtree, scratch))


def _torn(path: Path, count: int) -> Finding:
    text = f"{count} bytes of a line that was being written at the end"
    return Finding(path.name, text, "cut off", partial(_cut_end, path))


def _cut_end(path: Path) -> None:
    data = path.read_bytes()
    write_durably(path, data[: data.rfind(b"\n") + 1])


def _cut_history(directory: Path, last: int) -> None:
    cut_history(directory, read_history(directory), last)


def _take_lines(path: Path, numbers: Sequence[int]) -> None:
    """Move lines into the file beside it; a torn end stays as it is."""
    taken = set(numbers)
    lines = path.read_bytes().split(b"\n")
    aside = b"\n".join(line for i, line in enumerate(lines, 1) if i in taken)
    set_aside(path, aside)
    write_durably(path, b"\n".join(line for i, line in enumerate(lines, 1) if i not in taken))
