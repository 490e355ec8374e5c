"""Directories and names that cannot be written; full disks are in ``tests/reliability/disk.py``."""

import os

import pytest

from gegp import Run, resume, run
from gegp.errors import StoreError


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
