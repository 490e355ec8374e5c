"""Candidates that are evaluated several times."""

import json

import pytest

from gegp import load_problem, resume, run
from gegp.errors import SettingsError
from gegp.outcome import Outcome, failure
from gegp.repetition import combine, repeat_seed
from gegp.rng import seed_for

GRAMMAR = "<s> ::= <b><b><b><b>\n<b> ::= 0 | 1\n"
CODE = """
import random
def evaluate(phenotype, seed):
    return phenotype.count("1") + random.Random(seed).gauss(0, 1)
"""
TOML = """objectives = ["max ones"]
[search]
population = 10
generations = 4
mutation_rate = 0.2
"""


def ok(*values):
    return Outcome("ok", values, seconds=1.0)


def done(run):
    return {(one.key, one.repeat): one for one in run.evaluations}


def test_the_first_repeat_has_the_seed_that_it_has_without_repeats():
    assert repeat_seed(7, 1) == 7
    assert repeat_seed(7, 2) == seed_for(7, "repeat 2")
    assert len({repeat_seed(7, repeat) for repeat in range(1, 100)}) == 99


def test_fitness_is_the_mean_of_each_objective():
    outcome = combine([ok(1.0, 5.0), ok(2.0, 6.0), ok(6.0, 1.0)], (1.0, -1.0), 0.0)
    assert outcome.values == (3.0, 4.0)
    assert outcome.seconds == 3.0


def test_the_spread_makes_every_objective_worse():
    """The sample standard deviation of 1, 2 and 3 is 1."""
    outcome = combine([ok(1.0, 1.0), ok(2.0, 2.0), ok(3.0, 3.0)], (1.0, -1.0), 0.5)
    assert outcome.values == (1.5, 2.5)


def test_one_outcome_stands_as_it_is():
    outcome = Outcome("ok", (0.1,), cases=(1.0,), extra={"n": 1})
    assert combine([outcome], (1.0,), 3.0) is outcome


def test_one_failure_is_the_outcome():
    outcomes = [ok(1.0), failure("timeout", "slow"), ok(2.0)]
    assert combine(outcomes, (1.0,), 0.0) == outcomes[1]


def test_every_candidate_has_its_repeats_with_different_seeds(make_problem, tmp_path):
    path = make_problem(CODE, grammar=GRAMMAR, toml=TOML)
    one = run(load_problem(path), seed=3, out=tmp_path / "one")
    three = run(load_problem(path, assignments=["search.repeats=3"]), seed=3, out=tmp_path / "3")
    records = done(three)
    keys = {key for key, _ in records}
    assert set(records) == {(key, repeat) for key in keys for repeat in (1, 2, 3)}
    for key in keys:
        assert len({records[key, repeat].values for repeat in (1, 2, 3)}) == 3
    for key in keys & {key for key, _ in done(one)}:
        assert records[key, 1].values == done(one)[key, 1].values
    counts = three.summary["evaluations"]
    assert counts["evaluated"] == len(keys)
    assert counts["repeats"] == 2 * len(keys)
    assert counts["candidates"] == counts["evaluated"] + counts["from_cache"]
    assert "repeats" not in one.summary["evaluations"]
    best = three.problem.key(three.best.phenotype)
    mean = sum(records[best, repeat].values[0] for repeat in (1, 2, 3)) / 3
    assert three.best.fitness.values[0] == pytest.approx(mean, abs=1e-12)
    rows = three.history
    assert sum(row["evaluated"] for row in rows) == len(keys)


def test_a_run_without_repeats_writes_what_it_always_wrote(make_problem, tmp_path):
    path = make_problem(CODE, grammar=GRAMMAR, toml=TOML)
    found = run(load_problem(path), seed=3, out=tmp_path / "out")
    for line in (found.directory / "evaluations.jsonl").read_text().splitlines():
        assert not {"repeat", "cached"} & set(json.loads(line))
    counts = {"candidates", "evaluated", "from_cache", "failed"}
    assert set(found.summary["evaluations"]) == counts


def test_a_failure_is_not_repeated(make_problem, tmp_path):
    code = """
def evaluate(phenotype, seed):
    if phenotype.startswith("0"):
        raise ValueError("zero")
    if phenotype.startswith("10") and seed % 2:
        raise ValueError("odd")
    return phenotype.count("1")
"""
    path = make_problem(code, grammar=GRAMMAR, toml=TOML + "repeats = 4\n")
    found = run(load_problem(path), seed=3, out=tmp_path / "out")
    samples = {}
    for one in found.evaluations:
        samples.setdefault(one.phenotype, []).append(one.status)
    assert any(statuses == ["error"] for statuses in samples.values())
    for phenotype, statuses in samples.items():
        assert "error" not in statuses[:-1]
        if phenotype.startswith("0"):
            assert statuses == ["error"]
        elif statuses[-1] == "ok":
            assert len(statuses) == 4
    failed = [statuses for statuses in samples.values() if statuses[-1] == "error"]
    assert found.summary["evaluations"]["failed"] == len(failed)


def test_a_first_generation_whose_later_repeats_all_fail_ends_the_run(make_problem):
    from gegp.errors import RunFailed

    code = """
seen = set()
def evaluate(phenotype):
    if phenotype in seen:
        raise ValueError("again")
    seen.add(phenotype)
    return 1
"""
    path = make_problem(code, grammar=GRAMMAR, toml=TOML + "repeats = 2\n")
    with pytest.raises(RunFailed, match="ValueError: again"):
        run(load_problem(path), seed=1)


def test_the_budget_of_evaluations_counts_candidates(make_problem):
    path = make_problem(CODE, grammar=GRAMMAR, toml=TOML + "max_evaluations = 12\n")
    one = run(load_problem(path), seed=3)
    many = run(load_problem(path, assignments=["search.repeats=5"]), seed=3)
    for found in (one, many):
        candidates = {key for key, _ in done(found)}
        before = {
            record.key
            for record in found.evaluations
            if record.generation < max(record.generation for record in found.evaluations)
        }
        assert len(before) < 12 <= len(candidates)


@pytest.mark.parametrize("damaged", [1, 2, 3])
def test_a_lost_line_of_the_journal_is_made_again(make_problem, tmp_path, damaged):
    from gegp import Observer

    class Kill(Observer):
        def generation(self, state, row, improved):
            if state.generation == 1:
                raise KeyboardInterrupt

    path = make_problem(CODE, grammar=GRAMMAR, toml=TOML + "repeats = 3\n")
    whole = run(load_problem(path), seed=3, out=tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(load_problem(path), seed=3, out=tmp_path / "part", observer=Kill())
    journal = tmp_path / "part/evaluations.jsonl"
    best = load_problem(path).key(whole.best.phenotype)
    lines = journal.read_text().splitlines()
    parsed = [json.loads(line) for line in lines]
    lost = [
        line
        for line, record in zip(lines, parsed, strict=True)
        if record.get("key") == best and record.get("repeat", 1) == damaged
    ]
    journal.write_text("".join(f"{line}\n" for line in lines if line not in lost))
    resumed = resume(tmp_path / "part")
    assert resumed.best.fitness == whole.best.fitness
    last = "snapshots/gen000003.json"
    assert (tmp_path / "part" / last).read_bytes() == (tmp_path / "whole" / last).read_bytes()


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["search.repeats=0"], "search.repeats = 0: expected int >= 1"),
        (["search.spread_penalty=-1"], "search.spread_penalty = -1: expected float >= 0"),
        (["search.spread_penalty=inf"], "search.spread_penalty = inf: expected float <= 1000000"),
        (["search.spread_penalty=1"], "spread_penalty = 1 needs search.repeats of 2 or more"),
        (["search.race_cap=1"], "search.race_cap = 1: expected at least 2"),
        (["search.race_cap=4", "search.repeats=5"], "search.race_cap = 4: expected at least 5"),
        (["search.race_level=2"], "search.race_level = 2: expected float <= 1"),
    ],
)
def test_impossible_settings_are_refused(make_problem, assignments, message):
    path = make_problem(CODE, grammar=GRAMMAR, toml=TOML)
    with pytest.raises(SettingsError, match=message):
        load_problem(path, assignments=assignments)
