"""What is installed: the wheel has problems and grammars inside the package, and works alone."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("gegp", "grammars", "problems", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, unpacked into a folder."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PARTS:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, source / name)
    command = ["pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", target, source]
    subprocess.run([sys.executable, "-m", *map(str, command)], check=True)
    (file,) = target.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(target / "unpacked")
    return target / "unpacked"


def test_nothing_but_the_package_is_at_the_top(wheel):
    assert {path.name for path in wheel.iterdir() if "dist-info" not in path.name} == {"gegp"}


def test_every_file_of_the_package_the_problems_and_the_grammars_is_there(wheel):
    for folder, home in (("gegp", ""), ("problems", "gegp"), ("grammars", "gegp")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert (wheel / home / path.relative_to(ROOT)).is_file(), path


def test_it_lists_and_runs_the_problems(wheel, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(wheel)}

    def gegp(*arguments):
        command = [sys.executable, "-c", "from gegp.cli import main; main()", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    listed = gegp("problems")
    assert str(wheel / "gegp/problems/autolr") in listed
    assert str(wheel / "gegp/problems/symbolic_regression") in listed
    found = gegp("run", "symbolic_regression", "--seed", "1", "--set", "search.generations=3")
    assert "done: all 3 generations done" in found
    assert "gegp run mine --seed 1" in gegp("new", "mine")
    found = gegp("run", "mine", "--seed", "1", "--set", "search.generations=3", "--set",
                 "search.target=-1")  # fmt: skip
    assert "done: all 3 generations done" in found
