"""Runs that were made on another machine, or whose directory was moved."""

import json
import shutil

import pytest

import gegp.runs
from gegp import Observer, Run, load_problem, resume, run
from gegp.errors import ProblemError

CODE = "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
TOML = "[search]\npopulation = 10\ngenerations = 4\nmutation_rate = 0.3\n"


def test_a_run_directory_may_be_moved(make_problem, tmp_path):
    found = run(make_problem(CODE, toml=TOML), seed=1, out=tmp_path / "here")
    best = found.best
    shutil.move(tmp_path / "here", tmp_path / "there")
    moved = Run.load(tmp_path / "there")
    assert moved.best == best
    assert moved.problem.settings.grammar == str(tmp_path / "there/grammar.bnf")


def test_a_problem_that_is_known_by_name_takes_the_place(make_problem, tmp_path, monkeypatch):
    path = make_problem(CODE, toml=TOML)
    run(path, seed=1, out=tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        run(path, seed=1, out=tmp_path / "part", observer=Kill())
    (tmp_path / "elsewhere").mkdir()
    shutil.move(path, tmp_path / "elsewhere/mine")
    monkeypatch.setattr(gegp.runs, "problems", lambda: {"mine": tmp_path / "elsewhere/mine"})
    moved = Run.load(tmp_path / "out")
    assert moved.problem.directory == tmp_path / "elsewhere/mine"
    assert moved.summary["generations"] == 4
    resumed = resume(tmp_path / "part")
    assert resumed.best == moved.best
    lines = (tmp_path / "part/log.jsonl").read_text().splitlines()
    (event,) = [record for record in map(json.loads, lines) if record["event"] == "moved"]
    assert event["problem"] == str(path)
    assert event["found"] == str(tmp_path / "elsewhere/mine")


def test_it_is_assessed_as_well(make_problem, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from gegp.cli import main

    held_out = "def assess(program, *, scenario, seed):\n    return {'length': len(program)}\n"
    path = make_problem(CODE + held_out, toml=TOML)
    found = run(path, seed=1, out=tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    shutil.move(path, tmp_path / "elsewhere/mine")
    monkeypatch.setattr(gegp.runs, "problems", lambda: {"mine": tmp_path / "elsewhere/mine"})
    done = CliRunner().invoke(main, ["assess", "out", "--repeats", "1", "-q", "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["rows"]
    assert row["length"] == [len(found.best.phenotype)]


class Kill(Observer):
    def generation(self, state, row, improved):
        if state.generation == 1:
            raise KeyboardInterrupt


def test_the_directory_that_is_named_comes_first(make_problem, tmp_path, monkeypatch):
    path = make_problem(CODE, toml=TOML)
    run(load_problem(path), seed=1, out=tmp_path / "out")
    other = make_problem(CODE, name="other")
    monkeypatch.setattr(gegp.runs, "problems", lambda: {"mine": other})
    assert Run.load(tmp_path / "out").problem.directory == path


def test_without_either_both_are_named(make_problem, tmp_path):
    path = make_problem(CODE, toml=TOML)
    run(path, seed=1, out=tmp_path / "out")
    shutil.rmtree(path)
    for look in (lambda: Run.load(tmp_path / "out").problem, lambda: resume(tmp_path / "out")):
        with pytest.raises(ProblemError, match=rf"{path}, which is not there, .* 'mine'"):
            look()


def test_the_commands_find_a_shipped_problem(gegp, tmp_path):
    small = ["--set", "search.population=10", "--set", "search.generations=2"]
    gegp("run", "symbolic_regression", "--seed", 1, *small, "--out", "out")
    before = gegp("show", "out").out
    settings = tmp_path / "out/settings.toml"
    lines = settings.read_text().splitlines()
    lines = [
        'problem = "/another/machine/problems/symbolic_regression"'
        if line.startswith("problem = ")
        else line
        for line in lines
    ]
    lines = ['grammar = "/another/out.bnf"' if x.startswith("grammar = ") else x for x in lines]
    settings.write_text("\n".join(lines))
    assert gegp("show", "out").out == before
    assert gegp("export", "out").status == 0
    assert gegp("resume", "out").status == 0
    gone = settings.read_text().replace("problems/symbolic_regression", "problems/gone")
    settings.write_text(gone)
    for command in ("show", "export", "resume"):
        done = gegp(command, "out")
        assert done.status == 2
        assert "/another/machine/problems/gone, which is not there" in done.err
        assert "Traceback" not in done.err
