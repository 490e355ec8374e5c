import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_directory(tmp_path, monkeypatch):
    """Every test works in an empty directory: nothing it makes is left in the repository."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def make_problem(tmp_path):
    """Writes a problem directory; returns its path."""

    def make(code, name="mine", grammar="<e> ::= x | y | (<e> + <e>)\n", toml=""):
        directory = tmp_path / name
        directory.mkdir(exist_ok=True)
        (directory / "grammar.bnf").write_text(grammar)
        (directory / "problem.py").write_text(code)
        if "objectives" not in toml:
            toml = 'objectives = ["min length"]\n' + toml
        (directory / "problem.toml").write_text('grammar = "grammar.bnf"\n' + toml)
        return directory

    return make


class Finished:
    """What a command left behind."""

    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def gegp(tmp_path):
    """Runs the gegp command in a process of its own."""

    def run(*arguments, env=None, timeout=240):
        command = [sys.executable, "-c", "from gegp.cli import main; main()", *map(str, arguments)]
        process = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=env,
            timeout=timeout,
            check=False,
        )
        return Finished(process)

    return run
