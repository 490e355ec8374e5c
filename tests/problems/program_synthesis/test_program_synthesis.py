"""Program synthesis: right and wrong programs of each task, and the cases they are tried on."""

import statistics

import pytest

from gegp import load_problem, run
from gegp.grammar.membership import find_derivation
from gegp.outcome import attempt

TASKS = {
    "median": "",
    "number_io": "number_io",
    "smallest": "smallest",
    "compare_string_lengths": "compare_string_lengths",
    "mirror_image": "mirror_image",
    "last_index_of_zero": "last_index_of_zero",
    "small_or_large": "small_or_large",
}
NEARLY = {
    "median": "max(min(in0, in1), in2)",
    "number_io": "((in0 + in1) if in1 > 0 else in0)",
    "smallest": "min(min(in0, in1), in2)",
    "compare_string_lengths": "(len(in0) < len(in1) and len(in0) < len(in2))",
    "mirror_image": "in0 == in1",
    "last_index_of_zero": "index(in0, 0)",
    "small_or_large": "(small if in0 <= 1000 else (nothing if in0 < 2000 else large))",
}
COUNTS = {"number_io": 25, "last_index_of_zero": 150}

every_task = pytest.mark.parametrize("task", TASKS)


@pytest.fixture
def load():
    return lambda task, *settings: load_problem(
        "program_synthesis", profile=TASKS[task], assignments=settings
    )


@every_task
def test_the_known_program_is_in_the_grammar_and_never_wrong(load, task):
    problem = load(task)
    known = problem.entry.baselines["known"]
    assert find_derivation(problem.grammar, known).member
    assert attempt(problem, known, 0).values == (0.0,)
    assert problem.entry.assess(known, scenario="unseen", seed=0) == {
        "training": {"right": 1.0},
        "unseen": {"right": 1.0},
    }


@every_task
def test_nearly_right_is_wrong_somewhere(load, task):
    problem = load(task)
    assert 0 < attempt(problem, NEARLY[task], 0).values[0] < COUNTS.get(task, 100)
    assert 0 < problem.entry.assess(NEARLY[task], scenario="unseen", seed=0)["unseen"]["right"] < 1


@every_task
def test_there_is_a_case_for_each_error(load, task):
    found = load(task).entry.evaluate(NEARLY[task], cases=True)
    assert len(found["cases"]) == COUNTS.get(task, 100)
    assert sum(found["cases"]) == found["wrong"]
    assert set(found["cases"]) == {0.0, 1.0}


@every_task
def test_another_seed_draws_other_cases(load, task):
    first, again, other = (load(task, f"options.data_seed={seed}") for seed in (0, 0, 1))
    assert first.entry._training == again.entry._training != other.entry._training


def test_answers_are_what_the_tasks_say(load):
    for case in load("median").entry._training:
        assert case.answer == statistics.median(case.inputs.values())
    for case in load("smallest").entry._training:
        assert case.answer == min(case.inputs.values())
    for case in load("last_index_of_zero").entry._training:
        vector = case.inputs["in0"]
        assert vector[case.answer] == 0
        assert 0 not in vector[case.answer + 1 :]


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("last_index_of_zero", "index(in0, 9999)"),
        ("median", "(in0 // 0)"),
        ("median", "min(in0, len)"),
        ("mirror_image", "len(in0) == len(7)"),
    ],
)
def test_what_fails_on_a_case_is_wrong_or_no_program(load, task, text):
    found = attempt(load(task), text, 0)
    assert found.status != "ok" or found.values == (100.0 + 50.0 * (task[0] == "l"),)


def test_it_finds_the_median(tmp_path, load):
    found = run(load("median"), seed=1, out=tmp_path / "run").best
    assert found.fitness.values == (0.0,)
