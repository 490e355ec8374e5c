"""A disk that is full at any byte: nothing older is lost, and the run goes on to the same end.

The evaluations take no time, but for the clock of the process; what is written is written by the
real commands, and it is the system that refuses it.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import accumulate
from pathlib import Path

from measurement import Measurement
from quick import forked, killed, quick_sample, steady_clock, whole_run
from samples import KINDS, Sample, history_hash

import gegp.store
from gegp.doctor import examine
from gegp.journal import read_journal
from gegp.store import JOURNAL

SHORT = ("replacement=steady_state", "lineage=true", "generations=5")
TOLD = "go on with: gegp resume"


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """200 bytes of snapshots and every record of the journal; the short form twelve each."""
    samples = [
        quick_sample(directory / f"problem{i}", settings, rng.randrange(1000))
        for i, settings in enumerate(KINDS.values() if full else [SHORT])
    ]
    yield at_snapshots(directory, samples, 200 if full else 12)
    yield at_records(directory, samples[0], rng, full=full)
    yield at_sizes(directory, samples[0], 100 if full else 8)
    yield on_small_disks(directory, samples[0], full=full)


def at_snapshots(directory: Path, samples: list[Sample], count: int) -> Measurement:
    """The disk is full from some byte of a snapshot on."""
    good = twice = 0
    for number in range(count):
        sample = samples[number % len(samples)]
        whole = _whole(directory, sample)
        # The last three snapshots of the run are known; each of them comes up.
        files = sorted((whole / "snapshots").iterdir())
        file = files[number // len(samples) % len(files)]
        generation, size = int(file.stem[3:]), file.stat().st_size
        offset = round((size - 1) * number / (count - 1))
        out = _copy(_part(directory, sample, generation - 1), directory / f"snapshot{number}")
        before = _files(out / "snapshots")
        done = forked("resume", str(out), "-q", before=partial(_full_from, generation, offset))
        told = done.fails_well(file.name, "File too large", f"{TOLD} {out}")
        kept = _files(out / "snapshots") == before and not list(out.rglob("*.tmp"))
        journal = read_journal(out / JOURNAL)
        good += told and kept and _goes_on(out, whole)
        twice += _made_twice(out) + (read_journal(out / JOURNAL)[: len(journal)] != journal)
    return Measurement(
        "A disk that is full at any byte of a snapshot: one error that names the file and the "
        "command that goes on, status 2, the snapshots before are whole; with room again the run "
        "ends as it would have",
        f"{good} of {count} sampled bytes, {len(samples)} kinds of runs; {twice} evaluations "
        "that were written were lost or made again",
        good == count and twice == 0,
    )


def at_records(directory: Path, sample: Sample, rng: random.Random, *, full: bool) -> Measurement:
    """The disk is full at the end of a record of the journal, or a byte before or after it."""
    whole, begun = _whole(directory, sample), _part(directory, sample, -1)
    lines = (whole / JOURNAL).read_bytes().splitlines(keepends=True)
    ends = list(accumulate(map(len, lines)))
    places = [end + beside for end in [0, *ends[:-1]] for beside in (-1, 0, 1)][1:]
    places = places if full else rng.sample(places, 12)
    good = lost = twice = 0
    for place in places:
        out = _copy(begun, directory / f"record{place}")
        done = forked("resume", str(out), "-q", before=partial(_full_at, place))
        told = done.fails_well("cannot be written: File too large", f"{TOLD} {out}")
        fitted = [line for line, end in zip(lines, ends, strict=True) if end <= place]
        written = (out / JOURNAL).read_bytes().splitlines(keepends=True)
        # The log may be longer than the journal: then the disk is full before any record.
        lost += JOURNAL in done.text and written[: len(fitted)] != fitted
        good += told and _snapshots_are_whole(out) and _goes_on(out, whole)
        twice += _made_twice(out)
    return Measurement(
        "A disk that is full at the end of any record of the journal, or a byte before or after: "
        "the same, and every record that fitted is there and not made again",
        f"{good} of {len(places)} places at {len(lines)} records; records lost at {lost}, "
        f"{twice} evaluations made again",
        good == len(places) and lost == twice == 0,
    )


def at_sizes(directory: Path, sample: Sample, count: int) -> Measurement:
    """No file may grow beyond a size, in new runs and in interrupted ones by turns."""
    whole, part = _whole(directory, sample), _part(directory, sample, 1)
    largest = max(file.stat().st_size for file in whole.rglob("*") if file.is_file())
    good = begun = 0
    for number in range(count):
        out, size = directory / f"size{number}", largest * (number - number % 2) // count
        new = number % 2 == 0
        arguments = sample.arguments(out) if new else ["resume", str(_copy(part, out)), "-q"]
        done = forked(*arguments, before=partial(_full_at, size))
        begun += new and (out / "settings.toml").exists()
        told = done.fails_well("File too large", _remedy(out))
        good += told and not list(out.rglob("*.tmp")) and _ends_well(sample, out, whole)
    return Measurement(
        "A disk that is full from the beginning on: where nothing was begun the error says so, "
        "and the same command starts again; else as above",
        f"{good} of {count} sizes of the largest file, 0 to {largest} bytes, by turns for a new "
        f"run, of which {begun} were begun, and one that was interrupted",
        good == count and begun < count // 2,
    )


def on_small_disks(directory: Path, sample: Sample, *, full: bool) -> Measurement:
    """A run on real small disks, each a page larger than the one before."""
    promise = (
        "A small disk (tmpfs) that is full: status 2 and one error; when it has grown the run "
        "goes on to the same end"
    )
    mount = directory / "disk"
    mount.mkdir()
    if not _can_mount(mount):
        return Measurement(promise, "left out: only root may mount one", holds=True)
    whole = _whole(directory, sample)
    good = tried = begun = pages = 0
    status = 2
    while status != 0:
        pages += 1 if full else 3
        with _disk(mount, pages):
            out = mount / "out"
            done = forked(*sample.arguments(out), before=steady_clock)
            status = done.status
            if status != 0:
                tried += 1
                begun += (out / "settings.toml").exists()
                told = done.fails_well("No space left on device", _remedy(out))
                subprocess.run(["mount", "-o", "remount,size=4m", mount], check=True)
                good += told and _ends_well(sample, out, whole)
    return Measurement(
        promise,
        f"{good} of {tried} sizes up to {pages * resource.getpagesize() >> 10} KiB, of which "
        f"{begun} hold the beginning of a run",
        good == tried and begun > 1,
    )


def _whole(directory: Path, sample: Sample) -> Path:
    """The directory of the run without trouble, made when first asked for."""
    out = directory / f"{sample.problem.name}-whole"
    return out if out.exists() else whole_run(sample, out)


def _part(directory: Path, sample: Sample, last: int) -> Path:
    """The directory of the run killed after a generation, made when first asked for."""
    out = directory / f"{sample.problem.name}-part{last}"
    return out if out.exists() else killed(sample, out, after=last)


def _copy(part: Path, out: Path) -> Path:
    return Path(shutil.copytree(part, out))


def _remedy(out: Path) -> str:
    """What the error says of going on."""
    return f"{TOLD} {out}" if (out / "settings.toml").exists() else "nothing was begun"


def _ends_well(sample: Sample, out: Path, whole: Path) -> bool:
    """Whether the run can be begun or gone on with now, and ends as the one without trouble."""
    if (out / "settings.toml").exists():
        return _goes_on(out, whole)
    done = forked(*sample.arguments(out), before=steady_clock)
    return done.status == 0 and history_hash(out) == history_hash(whole)


def _goes_on(out: Path, whole: Path) -> bool:
    """Whether the run goes on now, and ends as the one without trouble."""
    done = forked("resume", str(out), "-q", before=steady_clock)
    same = history_hash(out) == history_hash(whole)
    return done.status == 0 and same and examine(out).sound


def _snapshots_are_whole(out: Path) -> bool:
    return not any(one.file.startswith("snapshots") for one in examine(out).findings)


def _made_twice(out: Path) -> int:
    """How many evaluations of a run were made again although they were written."""
    made = Counter((done.key, done.repeat) for done in read_journal(out / JOURNAL))
    return made.total() - len(made)


def _full_at(size: int) -> None:
    """From now on no file of this process may grow beyond a size."""
    steady_clock()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _full_from(generation: int, offset: int) -> None:
    """The disk will be full when a generation is saved, from a byte of its snapshot on."""
    steady_clock()
    real: Callable[..., None] = gegp.store.save_snapshot

    def save(folder, state):
        if state.generation == generation:
            _full_at(offset)
        real(folder, state)

    gegp.store.save_snapshot = save


def _files(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()}


def _can_mount(mount: Path) -> bool:
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    try:
        with _disk(mount, 1):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def _disk(mount: Path, pages: int) -> Iterator[None]:
    """A disk of so many pages of memory in a directory."""
    options = f"size={pages * resource.getpagesize()}"
    command = ["mount", "-t", "tmpfs", "-o", options, "gegp", str(mount)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", mount], check=True)
