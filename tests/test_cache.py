"""Outcomes that runs share through a directory."""

import json
import os
import threading

import pytest

from gegp import Observer, load_problem, resume, run
from gegp.cache import Cache
from gegp.errors import InputError
from gegp.outcome import Outcome, failure
from gegp.store import read_evaluations

GRAMMAR = "<s> ::= <b><b><b><b><b><b>\n<b> ::= 0 | 1\n"
CODE = """
import pathlib
import random
def evaluate(phenotype, seed):
    with (pathlib.Path(__file__).parent / "count").open("a") as file:
        file.write(f"{phenotype} {seed}\\n")
    if phenotype.startswith("00"):
        raise ValueError("zero")
    return {"ones": phenotype.count("1") + random.Random(seed).gauss(0, 1), "work": 3}
"""
TOML = """objectives = ["max ones"]
[search]
population = 10
generations = 5
mutation_rate = 0.2
"""


@pytest.fixture
def path(make_problem):
    return make_problem(CODE, grammar=GRAMMAR, toml=TOML)


def count(path):
    file = path / "count"
    return len(file.read_text().splitlines()) if file.exists() else 0


def contents(directory):
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.split(",")[:9] for row in rows]


def files(directory):
    return sorted(file for file in directory.rglob("*") if file.is_file())


def test_an_outcome_comes_back_as_it_was(tmp_path):
    outcome = Outcome("ok", (1 / 3, -0.0), (0.1, 0.2), 1.25, extra={"n": 3, "text": "é", "l": [1]})
    Cache(tmp_path, "context").keep("key", 7, outcome)
    assert Cache(tmp_path, "context").find("key", 7) == outcome
    assert Cache(tmp_path, "other").find("key", 7) is None
    assert Cache(tmp_path, "context").find("key", 8) is None
    assert Cache(tmp_path, "context").find("other", 7) is None


def test_only_what_the_program_decides_is_kept(tmp_path):
    cache = Cache(tmp_path, "context")
    for status in ("error", "timeout", "crashed", "memory"):
        cache.keep(status, 1, failure(status, "why"))
    assert files(tmp_path) == []
    cache.keep("invalid", 1, failure("invalid", "why"))
    assert cache.find("invalid", 1) == failure("invalid", "why")


def test_a_damaged_file_is_an_outcome_that_is_not_known(tmp_path):
    cache = Cache(tmp_path, "context")
    cache.keep("key", 1, Outcome("ok", (0.25,)))
    (file,) = files(tmp_path)
    data = file.read_bytes()
    for place in range(len(data)):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert cache.find("key", 1) is None
        file.write_bytes(data[:place])
        assert cache.find("key", 1) is None
    file.write_bytes(data)
    assert cache.find("key", 1) is not None


def test_a_file_in_the_place_of_another_is_not_taken_for_it(tmp_path):
    cache = Cache(tmp_path, "context")
    cache.keep("one", 1, Outcome("ok", (0.25,)))
    (one,) = files(tmp_path)
    cache.keep("two", 1, Outcome("ok", (0.75,)))
    (two,) = [file for file in files(tmp_path) if file != one]
    two.write_bytes(one.read_bytes())
    assert cache.find("two", 1) is None


def test_many_may_write_at_once(tmp_path):
    def work():
        cache = Cache(tmp_path, "context")
        for i in range(50):
            cache.keep("key", i % 5, Outcome("ok", (i % 5 / 3,)))
            assert cache.find("key", i % 5) == Outcome("ok", (i % 5 / 3,))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(tmp_path)) == 5
    assert not [file for file in files(tmp_path) if file.suffix == ".tmp"]


def test_a_disk_that_gets_full_stops_nothing(path, tmp_path, monkeypatch):
    from pathlib import Path

    whole = run(path, seed=3, out=tmp_path / "whole")
    write = Path.write_bytes

    def full(self, data):
        if data:
            write(self, data[:5])
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    found = run(path, seed=3, out=tmp_path / "out", cache=tmp_path / "cache")
    assert contents(found.directory) == contents(whole.directory)
    assert files(tmp_path / "cache") == []


@pytest.mark.parametrize("search", [[], ["search.repeats=2", "search.race_cap=5"]])
def test_a_run_with_a_cache_is_the_run_without(path, tmp_path, search):
    if search:
        pytest.importorskip("scipy.stats")
    problem = load_problem(path, assignments=search)
    without = run(problem, seed=3, out=tmp_path / "without")
    first = run(problem, seed=3, out=tmp_path / "first", cache=tmp_path / "cache")
    before = count(path)
    again = run(problem, seed=3, out=tmp_path / "again", cache=tmp_path / "cache")
    for found in (first, again):
        assert contents(found.directory) == contents(without.directory)
    # Failures are tried again, and nothing else.
    failed = without.summary["evaluations"]["failed"]
    assert failed
    assert count(path) - before == failed
    assert first.summary["evaluations"] == without.summary["evaluations"]
    counts = again.summary["evaluations"]
    assert counts["evaluated"] + counts.get("repeats", 0) == failed
    assert counts["from_other_runs"] == len(without.evaluations) - failed
    assert counts["candidates"] == without.summary["evaluations"]["candidates"]
    assert counts["from_cache"] == counts["candidates"] - counts["evaluated"]
    assert counts["failed"] == failed
    assert sum(row["evaluated"] for row in again.history) == counts["evaluated"]
    assert first.summary["problem"] == {"work": 3 * (len(first.evaluations) - failed)}
    assert again.summary["problem"] == {"work": 0}


def test_a_run_directory_stands_without_the_cache(path, tmp_path):
    run(path, seed=3, out=tmp_path / "first", cache=tmp_path / "cache")
    again = run(path, seed=3, out=tmp_path / "again", cache=tmp_path / "cache")
    lines = (again.directory / "evaluations.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    cached = [one for one in records if one.get("cached")]
    assert cached
    first = run(path, seed=3, out=tmp_path / "other")
    known = {one.key: one.outcome for one in first.evaluations}
    for one in again.evaluations:
        assert one.values == known[one.key].values
        assert one.extra == known[one.key].extra


def test_an_interrupted_run_goes_on_with_a_cache(path, tmp_path):
    class Kill(Observer):
        def generation(self, state, row, improved):
            if state.generation == 1:
                raise KeyboardInterrupt

    whole = run(path, seed=3, out=tmp_path / "whole", cache=tmp_path / "cache")
    for options in ({"cache": tmp_path / "cache"}, {}):
        part = tmp_path / f"part{len(options)}"
        with pytest.raises(KeyboardInterrupt):
            run(path, seed=3, out=part, observer=Kill(), **options)
        before = count(path)
        resume(part, cache=tmp_path / "cache")
        assert contents(part) == contents(whole.directory)
        assert count(path) - before <= whole.summary["evaluations"]["failed"]
        resume(part)


def test_other_seeds_and_changed_problems_have_other_outcomes(path, tmp_path):
    run(path, seed=3, out=tmp_path / "3", cache=tmp_path / "cache")
    found = run(path, seed=4, out=tmp_path / "4", cache=tmp_path / "cache")
    assert "from_other_runs" not in found.summary["evaluations"]
    (path / "problem.py").write_text(CODE + "\n# changed\n")
    changed = run(load_problem(path), seed=3, out=tmp_path / "5", cache=tmp_path / "cache")
    assert "from_other_runs" not in changed.summary["evaluations"]


def test_runs_of_a_problem_that_draws_nothing_share_all_outcomes(make_problem, tmp_path):
    code = "def evaluate(phenotype):\n    return phenotype.count('1')\n"
    problem = load_problem(make_problem(code, grammar=GRAMMAR, toml=TOML))
    cache = tmp_path / "cache"
    run(problem, seed=1, out=tmp_path / "one", cache=cache)
    run(problem, seed=2, out=tmp_path / "two", cache=cache)
    done = read_evaluations(tmp_path / "two")
    known = {one.key for one in read_evaluations(tmp_path / "one")}
    assert {one.key for one in done if one.cached} == {one.key for one in done} & known != set()


def test_runs_with_one_evaluation_seed_have_outcomes_in_common(path, tmp_path):
    problem = load_problem(path, assignments=["search.evaluation_seed=1"])
    run(problem, seed=3, out=tmp_path / "3", cache=tmp_path / "cache")
    found = run(problem, seed=4, out=tmp_path / "4", cache=tmp_path / "cache")
    assert found.summary["evaluations"]["from_other_runs"] > 5


def test_the_command_line(gegp, path, tmp_path):
    one = gegp("run", path, "--seed", 3, "--out", "one", "--cache", "cache", "--json")
    assert (tmp_path / "cache").is_dir()
    two = gegp("run", path, "--seed", 3, "--out", "two", "--cache", "cache", "-v")
    assert two.status == 0
    assert "evaluations found in the cache: " in two.out
    shown = gegp("show", "two", "--json").json
    assert shown["best"] == one.json["best"]
    assert two.out.count("\n  ok ") == 0
    assert gegp("resume", "two", "--cache", "cache", "--json").json == shown


def test_a_directory_that_cannot_be_written_to_is_said_at_once(gegp, path, tmp_path):
    (tmp_path / "file").write_text("")
    cases = ["file", "file/cache"] + ([] if os.geteuid() == 0 else ["closed"])
    (tmp_path / "closed").mkdir(mode=0o500)
    for place in cases:
        done = gegp("run", path, "--seed", 3, "--out", "out", "--cache", place)
        assert done.status == 2
        assert "Traceback" not in done.err
        assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match=r"file/cache cannot be written to: Not a directory"):
        Cache(tmp_path / "file/cache", "context")
