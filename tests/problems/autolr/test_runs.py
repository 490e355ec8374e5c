"""Runs of AutoLR: real trainings on real digits, the same run however it is made."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("keras", reason='needs Keras: pip install "gegp[tensorflow]"')

SMALL = [
    "--set", "search.population=4", "--set", "search.generations=3", "--set", "options.epochs=3",
    "--set", "options.train_size=200", "--set", "options.test_size=200",
]  # fmt: skip
DECAY = """\
<policy> ::= learning_rate * <factor> | <rate> | <policy> if epoch < 2 else <policy>
<factor> ::= 0.5 | 0.9 | 1.1
<rate> ::= 0.01 | 0.02 | 0.05
"""


def contents(directory):
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.split(",")[:9] for row in rows]


@pytest.fixture
def reference(gegp, tmp_path):
    done = gegp("run", "autolr", "--seed", 3, *SMALL, "--engine", "serial", "--out", "serial")
    assert done.status == 0, done.err
    return contents(tmp_path / "serial")


def test_the_same_run_in_workers_and_after_a_kill(gegp, tmp_path, reference):
    for workers in (1, 2):
        out = f"workers{workers}"
        gegp("run", "autolr", "--seed", 3, *SMALL, "--workers", workers, "--out", out)
        assert contents(tmp_path / out) == reference
    command = [sys.executable, "-c", "from gegp.cli import main; main()", "run", "autolr"]
    process = subprocess.Popen([*command, "--seed", "3", *SMALL, "--out", "killed", "-q"])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not os.path.exists("killed/snapshots/gen000000.json"):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gegp("resume", "killed").status == 0
    assert contents(tmp_path / "killed") == reference


def test_what_a_person_sees(gegp, tmp_path):
    done = gegp("run", "autolr", "--seed", 3, *SMALL, "--out", "run")
    assert "device: " in done.out
    assert "epochs trained: " in done.out
    assert "learning rate\n" in done.out
    assert (tmp_path / "run/best.png").read_bytes().startswith(b"\x89PNG")
    summary = gegp("show", "run", "--json").json
    assert 0.0 <= summary["best"]["fitness"][0] <= 1.0
    assert summary["problem"]["epochs_trained"] <= summary["problem"]["epochs_asked"]
    for name in ("python", "json", "keras"):
        assert gegp("export", "run", "--format", name).status == 0


def test_another_grammar_needs_no_code(gegp, tmp_path):
    (tmp_path / "decay.bnf").write_text(DECAY)
    done = gegp("run", "autolr", "--grammar", "decay.bnf", "--seed", 1, *SMALL, "--json")
    assert done.status == 0, done.err
    assert done.json["evaluations"]["failed"] < done.json["evaluations"]["evaluated"]
