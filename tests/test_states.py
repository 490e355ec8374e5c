"""A search in the hands of a Python program gives the states that a run saves."""

import json
import random

import pytest

import gegp

CODE = """
def evaluate(phenotype, seed):
    if phenotype.count("y") > 6:
        raise ValueError("too many y")
    return abs(len(phenotype) - 41) + seed % 2
"""
TOML = "[search]\npopulation = 12\ngenerations = 5\n"
SEARCHES = [
    "",
    "search.representation=ge",
    "search.replacement=steady_state",
    "search.islands=3",
    "search.repeats=2",
    "search.algorithm=hill_climbing",
]


def told(states):
    return [
        [(one.phenotype, one.fitness.values, one.genotype) for one in state.population]
        for state in states
    ]


@pytest.fixture(params=SEARCHES)
def problem(make_problem, request):
    assignments = [request.param] if request.param else []
    return gegp.load_problem(make_problem(CODE, toml=TOML), assignments=assignments)


def test_states_are_those_of_a_run(problem):
    seen = []
    run = gegp.run(problem, seed=3, out="run", on_generation=seen.append)
    states = list(gegp.states(problem, seed=3))
    assert told(states) == told(seen)
    assert states[-1].best == run.best


def test_asking_and_telling_gives_the_same_states(problem):
    search = gegp.Search(problem, seed=3)
    draw = random.Random(1)
    while tasks := search.ask():
        # In any order, and not all at once: what is missing is asked for again.
        for task in draw.sample(tasks, draw.randint(1, len(tasks))):
            try:
                result = problem.evaluate(task.phenotype, task.seed)
            except ValueError as error:
                result = error
            search.tell(task, result)
    *_, last = gegp.states(problem, seed=3)
    assert told([search.state]) == told([last])
    assert search.best == last.best
    assert search.ask() == []


def test_programs_are_compiled_here_too():
    problem = gegp.load_problem(
        "symbolic_regression",
        assignments=["search.population=40", "search.generations=4", "options.target=quartic"],
    )
    *_, last = gegp.states(problem, seed=1)
    assert last.best == gegp.run(problem, seed=1, out="run").best


def test_workers_are_gone_when_the_generator_is(make_problem):
    problem = gegp.load_problem(make_problem(CODE, toml="isolate = true\n" + TOML))
    states = gegp.states(problem, seed=3)
    first = next(states)
    states.close()
    assert told([first]) == told([next(gegp.states(problem, seed=3))])


def test_improvements_and_an_end_by_an_exception(make_problem):
    problem = gegp.load_problem(make_problem(CODE, toml=TOML))
    better = []
    run = gegp.run(problem, seed=3, out="whole", on_improvement=better.append)
    values = [state.best.fitness.values[0] for state in better]
    assert values == sorted(values, reverse=True)
    assert len(values) == len(set(values))
    assert better[-1].best == run.best

    class Enough(Exception):
        pass

    def stop(state):
        if state.generation == 2:
            raise Enough

    with pytest.raises(Enough):
        gegp.run(problem, seed=3, out="begun", on_generation=stop)
    again = []
    assert gegp.resume("begun", on_generation=again.append).best == run.best
    assert [state.generation for state in again] == [3, 4]


def test_a_result_that_is_none_is_a_failure(make_problem):
    search = gegp.Search(make_problem(CODE, toml=TOML), seed=1)
    for number, task in enumerate(search.ask()):
        search.tell(task, [float("nan"), 1.0, "text"][number % 3] if number % 3 != 1 else 1.0)
    search.ask()
    assert search.best.fitness.values == (1.0,)


def test_history_is_a_table_and_a_notebook_shows_the_run(make_problem):
    run = gegp.run(make_problem(CODE, toml=TOML), seed=3, out="run")
    assert [row["generation"] for row in run.history] == [0, 1, 2, 3, 4]
    json.dumps(run.history)
    html = run._repr_html_()
    assert run.best.phenotype in html
    assert "<svg" in html
    assert len(html) < 20_000
