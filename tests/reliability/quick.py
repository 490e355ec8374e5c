"""Samples whose evaluations take no time, and gegp commands that start in a few milliseconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from samples import CODE, WITHIN_A_PROCESS, Sample, make_problem

import gegp.cli.progress
import gegp.doctor
import gegp.outcome
import gegp.runner
from gegp import Observer, load_problem
from gegp.cli import main
from gegp.csv_files import read_lines
from gegp.snapshots import snapshot_files
from gegp.toolbox import build_toolbox

_SLEEP = "    time.sleep(0.01 + random.SystemRandom().random() * 0.02)\n"


class Finished(NamedTuple):
    """A command that has ended; ``text`` is all that it printed."""

    status: int
    text: str

    def fails_well(self, *names: str) -> bool:
        """Whether it ended in one error, with status 2, that says all this."""
        errors = self.text.count("Error: ")
        return self.status == 2 and errors == 1 and all(name in self.text for name in names)


def quick_sample(directory: Path, settings: tuple[str, ...], seed: int) -> Sample:
    """A run of the usual problem without its sleeping."""
    problem = make_problem(directory)
    quick = CODE.replace(_SLEEP, "")
    assert quick != CODE
    (problem / "problem.py").write_text(quick)
    # What this loads, and the parsers that it makes, a forked process has from the beginning.
    build_toolbox(load_problem(problem, dialect="gegp", assignments=_search(settings)), seed=seed)
    return Sample(problem.resolve(), settings, seed)


def _search(settings: tuple[str, ...]) -> list[str]:
    return [f"search.{text}" for text in settings]


def forked(*arguments: str, before: Callable[[], None] | None = None) -> Finished:
    """A gegp command in a process of its own, forked from this one: gegp is loaded already.

    ``before`` is called in that process first. What it prints goes through a pipe, which is
    no file: a limit of files does not touch it.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os._exit(_command(arguments, before))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    return Finished(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text)


def _command(arguments: tuple[str, ...], before: Callable[[], None] | None) -> int:
    """The exit status of a command in this process, which has nothing else to do."""
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    os.fsync = lambda file: None  # Nothing here is about power cuts, and it takes most of the time.
    try:
        if before:
            before()
        main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def steady_clock() -> None:
    """From now on every evaluation in this process takes 20 ms by its clock.

    Records of the journal have the same length in every run then, and each is written at once.
    """
    ticks = iter(range(10**9))
    gegp.outcome.time = SimpleNamespace(perf_counter=lambda: next(ticks) * 0.02)


def killed(sample: Sample, out: Path, *, after: int) -> Path:
    """A run whose process was killed once it had saved a generation; -1 for before the first."""

    class Kill(Observer):
        def begun(self, *_):
            if after < 0:
                os._exit(9)

        def generation(self, state, *_):
            if state.generation == after:
                os._exit(9)

    def be_watched() -> None:
        steady_clock()
        real = gegp.runner.go_on
        gegp.runner.go_on = lambda *given: real(*given[:4], Kill(), *given[5:])

    done = forked(*sample.arguments(out), before=be_watched)
    assert done.status == 9, done.text
    return out


def whole_run(sample: Sample, out: Path) -> Path:
    """The run without any trouble."""
    done = forked(*sample.arguments(out), before=steady_clock)
    assert done.status == 0, done.text
    return out


class Ending(NamedTuple):
    """What a run has come to: its newest snapshot, its table but for times, its lineage."""

    name: str
    state: bytes
    table: tuple[tuple[str, ...], ...]
    lineage: bytes


def ending(directory: Path) -> Ending:
    """What a run has come to."""
    newest = snapshot_files(directory / "snapshots")[-1]
    lines = read_lines(directory / "generations.csv").whole
    table = tuple(tuple(line.fields[: -len(WITHIN_A_PROCESS)]) for line in lines)
    lineage = directory / "lineage.csv"
    text = lineage.read_bytes() if lineage.exists() else b""
    return Ending(newest.name, newest.read_bytes(), table, text)
