"""A disk that is full at any place: nothing older is lost, and there is no second-best result."""

import os
import shutil
import subprocess
import sys

import pytest

from gegp import Run, resume, run
from gegp.doctor import examine
from gegp.errors import StoreError

CODE = """\
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True
from gegp.cli import main
from gegp import runner, doctor, evolution, problem, cli
import gegp.cli.progress
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""


def limited(bytes_, *arguments):
    """The gegp command where no file may grow beyond so many bytes."""
    command = [sys.executable, "-c", CODE, str(bytes_), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture
def whole(problem, tmp_path, snapshots):
    return snapshots(run(problem, seed=3, out=tmp_path / "whole").directory)


def test_a_file_that_cannot_grow(problem_directory, problem, whole, snapshots, tmp_path):
    """Sampled over all sizes that a file of the run passes through; the short form of the sweep."""
    sizes = [file.stat().st_size for file in (tmp_path / "whole").rglob("*") if file.is_file()]
    offsets = [round(max(sizes) * i / 20) for i in range(20)]
    begun = 0
    for offset in offsets:
        out = tmp_path / f"out{offset}"
        full = limited(offset, "run", problem_directory, "--seed", 3, "--out", out, "-q")
        assert full.returncode == 2, full.stderr
        assert "File too large" in full.stderr
        assert "Traceback" not in full.stderr
        assert list(out.rglob("*.tmp")) == []
        if (out / "settings.toml").exists():
            begun += 1
            assert f"go on with: gegp resume {out}" in full.stderr
            resume(out)
        else:
            assert "nothing was begun" in full.stderr
            run(problem, seed=3, out=out)
        assert snapshots(out) == whole
        assert examine(out).sound
    assert 5 < begun < len(offsets)


def test_an_interrupted_run_on_a_full_disk(problem, interrupted, whole, snapshots, tmp_path):
    """What is there stays there, at every place where the going on may be stopped."""
    part = interrupted(problem, tmp_path / "part", last=1)
    size = (part / "evaluations.jsonl").stat().st_size
    for offset in [*range(0, size + 400, (size + 400) // 20)]:
        out = shutil.copytree(part, tmp_path / f"out{offset}")
        state = Run.load(out).state
        full = limited(offset, "resume", out, "-q")
        assert full.returncode == 2, full.stderr
        assert f"gegp resume {out}" in full.stderr
        assert "Traceback" not in full.stderr
        assert Run.load(out).state.generation >= state.generation
        assert list(out.rglob("*.tmp")) == []
        resume(out)
        assert snapshots(out) == whole


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission(problem, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(StoreError, match="cannot be written: Permission denied"):
        run(problem, seed=3, out=tmp_path / "closed/out")


@pytest.mark.parametrize(
    "out", ["file", "file/below", "a" * 300, "x/" * 3000, "nul\0", "bad\udcffname/\0"]
)
def test_names_that_cannot_be(problem, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreError, match=r"cannot be written: .*nothing was begun"):
        run(problem, seed=3, out=out)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("out", ["", "file", "a" * 300, "/proc/no/such"])
def test_names_on_the_command_line(problem_directory, gegp, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    done = gegp("run", problem_directory, "--seed", 3, "--out", out)
    assert done.status == 2
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) <= 4
    assert not (tmp_path / "settings.toml").exists()


def test_an_empty_name_in_python(problem):
    with pytest.raises(Exception, match="out: expected the name of a directory"):
        run(problem, seed=3, out="")


def test_a_directory_that_cannot_be_searched_is_one_error(tmp_path):
    with pytest.raises(StoreError):
        resume(tmp_path / ("a" * 300))
    with pytest.raises(StoreError):
        Run.load("nul\0")
