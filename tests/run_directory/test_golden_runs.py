"""Runs that the first version of a format wrote are read, and resumed to what it made of them."""

import re
import shutil
from pathlib import Path

import pytest

from gegp import Run, resume
from gegp.doctor import examine

FORMATS = Path(__file__).parents[1] / "data"
RUNS = [
    path.with_suffix("") for path in sorted(FORMATS.glob("format*/*.end"))
]  # fmt: skip


@pytest.fixture(params=RUNS, ids=lambda path: f"{path.parent.name}-{path.name}")
def stored(request, tmp_path):
    """A copy of a stored run whose problem is where it is now, and what its end shall be."""
    copy = shutil.copytree(request.param, tmp_path / "run")
    settings = copy / "settings.toml"
    place = f'problem = "{request.param.parent / "problem"}"'
    settings.write_text(re.sub("^problem = .*$", place, settings.read_text(), flags=re.MULTILINE))
    return copy, request.param.with_suffix(".end")


def test_there_are_some():
    assert {path.name for path in RUNS} >= {"dsge", "psge", "lexicase"}


def test_it_is_sound_and_is_shown(stored, gegp):
    directory, _ = stored
    assert examine(directory).findings == ()
    found = Run.load(directory)
    assert found.summary["generations"] == 3
    assert len(found.history) == 3
    assert found.best.phenotype in gegp("show", directory).out


def test_it_is_resumed_to_the_bytes_that_were_stored(stored):
    directory, end = stored
    resume(directory)
    for file in end.iterdir():
        place = directory / file.name if file.suffix == ".csv" else directory / "snapshots"
        made = place if place.is_file() else place / file.name
        assert made.read_bytes() == file.read_bytes(), file.name
    assert examine(directory).sound
