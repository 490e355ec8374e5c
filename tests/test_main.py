"""``python -m gegp`` is the command."""

import subprocess
import sys


def module(*arguments):
    command = [sys.executable, "-m", "gegp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_is_the_command_line():
    done = module("--version")
    assert done.returncode == 0
    assert "gegp" in done.stdout
    assert module("show", "nowhere").returncode == 2


def test_workers_do_not_run_it_again(make_problem, tmp_path):
    toml = "[search]\npopulation = 4\ngenerations = 2\n"
    path = make_problem("def evaluate(phenotype):\n    return 1\n", toml=toml)
    done = module("run", path, "--engine", "processes", "--workers", 2, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/snapshots/gen000001.json").exists()
