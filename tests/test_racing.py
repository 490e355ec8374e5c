"""Racing: who drops out, what a race changes in a search, and that it repeats to the bit."""

import random
import statistics
import sys
from itertools import pairwise

import msgspec
import pytest

from gegp import Observer, Run, build_toolbox, load_problem, resume, run
from gegp.errors import MissingPackage, SettingsError
from gegp.outcome import Outcome
from gegp.racing import contenders
from gegp.search import evolve

pytest.importorskip("scipy.stats")

GRAMMAR = "<s> ::= <b><b><b><b><b><b><b><b>\n<b> ::= 0 | 1\n"
LUCK = """
import random
def evaluate(phenotype, seed):
    rng = random.Random(seed)
    luck = 12 if rng.random() < 0.05 else 0
    return phenotype.count("1") + rng.gauss(0, 1) + luck
"""
TOML = """objectives = ["max ones"]
[search]
population = 12
generations = 8
mutation_rate = 0.15
"""


@pytest.fixture
def path(make_problem):
    return make_problem(LUCK, grammar=GRAMMAR, toml=TOML)


def contents(directory):
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.split(",")[:9] for row in rows]


def samples(directory):
    """What was evaluated, and when it was asked for first."""
    done = Run.load(directory).evaluations
    assert len({(one.key, one.repeat) for one in done}) == len(done)
    return {(one.key, one.repeat, one.generation, one.values) for one in done}


def test_those_that_are_clearly_worse_drop_out():
    found = contenders({"a": [9, 8, 7, 9.5], "b": [1, 2, 3, 1.5], "c": [8.5, 9.2, 7.1, 8]}, 0.05)
    assert found == {"a", "c"}


def test_too_few_values_say_nothing():
    assert contenders({"a": [9.0], "b": [1.0]}, 0.05) == {"a", "b"}
    assert contenders({"a": [9.0, 8.0, 7.0], "b": [1.0, 2.0, 3.0]}, 0.05) == {"a", "b"}


def test_values_that_are_all_the_same_say_nothing():
    assert contenders({"a": [1.0] * 5, "b": [1.0] * 5, "c": [1.0] * 5}, 0.05) == {"a", "b", "c"}
    assert contenders({"a": [1.0]}, 0.05) == {"a"}
    assert contenders({}, 0.05) == set()


def test_without_a_difference_among_all_nobody_drops_out():
    """Two of many samples that differ by chance are no evidence."""
    rng = random.Random(1)
    drawn = {str(i): [rng.gauss(0, 1) for _ in range(5)] for i in range(30)}
    assert contenders(drawn, 0.05) == set(drawn)


def test_the_best_mean_is_always_in():
    rng = random.Random(2)
    for _ in range(50):
        drawn = {str(i): [rng.gauss(i, 2) for _ in range(6)] for i in range(6)}
        best = max(drawn, key=lambda key: statistics.fmean(drawn[key]))
        assert best in contenders(drawn, 0.5)


def raced_states(path, count, evaluate, race, **search):
    problem = load_problem(path)
    settings = msgspec.structs.replace(problem.settings.search, **search)
    states = evolve(build_toolbox(problem, seed=1), settings, evaluate, seed=1, race=race)
    return [next(states) for _ in range(count)]


def scores(score):
    return lambda generation, texts: [Outcome("ok", (float(score(generation, t)),)) for t in texts]


@pytest.mark.parametrize("elitism", [0, 1, 3])
def test_a_lucky_elite_loses_its_luck(path, elitism):
    """What looked best in generation 0 is worth nothing when it is looked at again."""

    def value(generation, text):
        return 100 * text.startswith("1") if generation == 0 else text.count("0")

    plain = raced_states(path, 4, scores(value), None, elitism=elitism)
    raced = raced_states(path, 4, scores(value), scores(value), elitism=elitism)
    assert plain[-1].best.fitness.values == (100.0,)
    assert plain[-1].found == 0
    assert raced[0].best.fitness.values == (100.0,)
    for state in raced[1:]:
        values = [one.fitness.values[0] for one in state.population]
        assert values == [one.phenotype.count("0") for one in state.population]
        assert state.best.fitness.values[0] == max(values)


def test_a_race_leaves_the_state_before_as_it_was(path):
    def value(generation, text):
        return text.count("1") - generation

    states = raced_states(path, 5, scores(value), scores(value), elitism=4)
    for state in states:
        for one in (*state.population, state.best):
            assert one.fitness.values[0] == value(state.generation, one.phenotype)


def test_a_best_that_stays_was_found_when_it_came_up(path):
    def value(generation, text):
        return text.count("1") + generation / 1000

    states = raced_states(path, 8, scores(value), scores(value))
    for before, after in pairwise(states):
        if after.best.phenotype == before.best.phenotype:
            assert after.found == before.found
        else:
            assert after.found == after.generation
    assert any(state.found < state.generation for state in states)


def test_racing_finds_better_programs_where_evaluations_are_noisy(path):
    plain, raced = [], []
    for seed in range(10):
        racing = load_problem(path, assignments=["search.race_cap=10"])
        plain.append(run(load_problem(path), seed=seed).best)
        raced.append(run(racing, seed=seed).best)
    ones = [[one.phenotype.count("1") for one in bests] for bests in (plain, raced)]
    assert statistics.fmean(ones[1]) > statistics.fmean(ones[0]) + 0.5
    # The luck of a single evaluation is not what is reported.
    assert statistics.fmean(one.fitness.values[0] for one in plain) > 14
    assert statistics.fmean(one.fitness.values[0] for one in raced) < 11


def test_the_evaluations_of_a_race(path, tmp_path):
    assignments = ["search.race_cap=9", "search.repeats=2"]
    found = run(load_problem(path, assignments=assignments), seed=4, out=tmp_path / "out")
    numbers = {}
    for one in found.evaluations:
        numbers.setdefault(one.key, []).append(one.repeat)
    for repeats in numbers.values():
        assert repeats == list(range(1, len(repeats) + 1))
        assert 2 <= len(repeats) <= 9
    assert {len(repeats) for repeats in numbers.values()} > {9}
    counts = found.summary["evaluations"]
    assert counts["evaluated"] == len(numbers)
    assert counts["repeats"] == len(found.evaluations) - len(numbers)
    assert counts["candidates"] == counts["evaluated"] + counts["from_cache"]
    state = found.state
    values = {}
    for one in found.evaluations:
        values.setdefault(one.key, []).append(one.values[0])
    for one in state.population:
        sample = values[found.problem.key(one.phenotype)]
        assert one.fitness.values == (statistics.fmean(sample),)


def test_to_minimise_is_to_maximise_the_opposite(make_problem, path):
    code = LUCK.replace("return", "result =") + "    return -result\n"
    other = make_problem(code, "other", GRAMMAR, TOML.replace("max", "min"))
    search = ["search.race_cap=10", "search.repeats=2", "search.spread_penalty=0.5"]
    one = run(load_problem(path, assignments=search), seed=4)
    two = run(load_problem(other, assignments=search), seed=4)
    assert [each.phenotype for each in one.state.population] == [
        each.phenotype for each in two.state.population
    ]
    assert [each.fitness.values[0] for each in one.state.population] == [
        -each.fitness.values[0] for each in two.state.population
    ]


def test_a_contender_that_fails_in_a_race_fails(make_problem, tmp_path):
    code = LUCK.replace(
        "    luck =", "    if rng.random() < 0.1:\n        raise ValueError('unstable')\n    luck ="
    )
    path = make_problem(code, grammar=GRAMMAR, toml=TOML)
    problem = load_problem(path, assignments=["search.race_cap=9"])
    found = run(problem, seed=4, out=tmp_path / "out")
    failed = {one.key for one in found.evaluations if one.status == "error"}
    late = {one.key for one in found.evaluations if one.status == "error" and one.repeat > 1}
    assert late
    for one in found.state.population:
        assert one.fitness.failed == (problem.key(one.phenotype) in failed)
    for key in failed:
        statuses = [one.status for one in found.evaluations if one.key == key]
        assert statuses.count("error") == 1
        assert statuses[-1] == "error"


class Kill(Observer):
    """Ends a run as if it were killed, after so many evaluations."""

    def __init__(self, after):
        self.left = after

    def evaluated(self, phenotype, outcome):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [1, 11, 13, 30, 61, 100, 150])
def test_an_interrupted_race_goes_on_to_the_same_end(path, tmp_path, after):
    problem = load_problem(path, assignments=["search.race_cap=8", "search.repeats=2"])
    whole = run(problem, seed=4, out=tmp_path / "whole")
    assert len(whole.evaluations) > 150
    with pytest.raises(KeyboardInterrupt):
        run(problem, seed=4, out=tmp_path / "part", observer=Kill(after))
    with pytest.raises(KeyboardInterrupt):
        resume(tmp_path / "part", observer=Kill(17))
    resumed = resume(tmp_path / "part")
    assert contents(tmp_path / "part") == contents(tmp_path / "whole")
    assert samples(tmp_path / "part") == samples(tmp_path / "whole")
    same = {"run_dir": "", "seconds": 0}
    assert resumed.summary | same == whole.summary | same


def test_a_race_falls_back_to_the_snapshot_before(path, tmp_path):
    class Stop(Observer):
        def generation(self, state, row, improved):
            if state.generation == 5:
                raise KeyboardInterrupt

    problem = load_problem(path, assignments=["search.race_cap=8"])
    run(problem, seed=4, out=tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(problem, seed=4, out=tmp_path / "part", observer=Stop())
    (tmp_path / "part/snapshots/gen000005.json").write_bytes(b"")
    resume(tmp_path / "part")
    assert contents(tmp_path / "part") == contents(tmp_path / "whole")
    assert samples(tmp_path / "part") == samples(tmp_path / "whole")


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_runs_the_same_race(path, tmp_path, workers):
    search = ["search.race_cap=6", "search.generations=4"]
    run(load_problem(path, assignments=search), seed=4, out=tmp_path / "here")
    search += ["search.engine=processes", f"search.workers={workers}"]
    run(load_problem(path, assignments=search), seed=4, out=tmp_path / "there")
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert samples(tmp_path / "here") == samples(tmp_path / "there")


def test_several_objectives_are_not_raced(make_problem, tmp_path):
    toml = TOML.replace('"max ones"', '"max ones", "min length"') + "race_cap = 5\n"
    path = make_problem("def evaluate(phenotype):\n    return 1, 2\n", toml=toml)
    message = "race needs one objective, this problem has 2: ones, length"
    with pytest.raises(SettingsError, match=message):
        run(path, seed=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_scipy_the_extra_is_named(path, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingPackage, match=r'pip install "gegp\[racing\]"'):
        run(load_problem(path, assignments=["search.race_cap=5"]), seed=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    run(path, seed=1)
