"""The artificial ant: known trails and programs, trails of one's own, and what is no program."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp import GegpError, load_problem, run
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.outcome import attempt
from gegp.rng import stream

KOZA = load_problem("ant").entry.baselines["Koza"]
NAIVE = "if_food_ahead(move, right)"


def own_trail(path, text, steps=1000):
    path.write_text(text, encoding="utf-8")
    return load_problem("ant", assignments=[f"options.trail={path}", f"options.steps={steps}"])


def naive_walk(code, text, steps):
    """What an ant eats that is simulated step by step, with the program as nested calls."""
    field = [list(row) for row in text.split()]
    state = {"row": 0, "column": 0, "down": 0, "right": 1, "steps": 0, "eaten": 0}

    def ahead():
        row = (state["row"] + state["down"]) % len(field)
        return row, (state["column"] + state["right"]) % len(field[0])

    def step(change):
        if state["steps"] < steps:
            state["steps"] += 1
            change()

    def move():
        state["row"], state["column"] = row, column = ahead()
        state["eaten"] += field[row][column] == "#"
        field[row][column] = "."

    def left():
        state["down"], state["right"] = -state["right"], state["down"]

    def right():
        state["down"], state["right"] = state["right"], -state["down"]

    def do(tree):
        name, parts = tree
        if name == "if_food_ahead":
            row, column = ahead()
            do(parts[0] if field[row][column] == "#" else parts[1])
        elif parts:
            for part in parts:
                do(part)
        else:
            step({"move": move, "left": left, "right": right}[name])

    def read(words):
        name = words.pop(0)
        parts = []
        if words and words[0] == "(":
            while words.pop(0) != ")":
                parts.append(read(words))
        return name, parts

    tree = read(re.findall(r"\w+|[(),]", code))
    while state["steps"] < steps:
        do(tree)
    return state["eaten"]


def test_kozas_program_eats_all_of_santa_fe():
    assert attempt(load_problem("ant"), KOZA, 0).values == (0.0,)


@pytest.mark.parametrize(("steps", "left"), [(545, 0.0), (544, 1.0)])
def test_kozas_program_needs_545_steps(steps, left):
    problem = load_problem("ant", assignments=[f"options.steps={steps}"])
    assert attempt(problem, KOZA, 0).values == (left,)


def test_los_altos_is_longer():
    assert attempt(load_problem("ant", profile="los_altos"), KOZA, 0).values == (157.0 - 116.0,)


TEXT = ".#.#\n...#\n#..#\n.##.\n"


@given(seed=st.integers(0, 10**6), depth=st.integers(2, 6), steps=st.integers(1, 80))
def test_any_ant_eats_what_a_plain_simulation_says(tmp_path_factory, seed, depth, steps):
    problem = own_trail(tmp_path_factory.mktemp("trail") / "trail.txt", TEXT, steps)
    code = program(problem.grammar, Growth(problem.grammar).grow(stream(seed), 0, depth))
    left = TEXT.count("#") - naive_walk(code, TEXT, steps)
    assert attempt(problem, code, 0).values == (left,)


def test_an_ant_that_does_not_get_on_is_given_up(tmp_path):
    problem = own_trail(tmp_path / "trail.txt", "...\n..#\n...\n", steps=10**12)
    assert attempt(problem, "left", 0).values == (1.0,)


def test_sides_touch(tmp_path):
    problem = own_trail(tmp_path / "trail.txt", "...\n...\n#..\n", steps=2)
    assert attempt(problem, "prog2(left, move)", 0).values == (0.0,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected lines of # and ., found an empty file"),
        ("..#\n..\n", r"trail.txt:2: expected 3 cells as in line 1, found 2"),
        ("..#\n.x.\n", r"trail.txt:2: expected # and . only, found 'x'"),
        ("...\n", "there is no food on this trail"),
    ],
)
def test_what_is_no_trail(tmp_path, text, message):
    with pytest.raises(GegpError, match=message):
        run(own_trail(tmp_path / "trail.txt", text), seed=1, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_trail_that_is_not_there(tmp_path):
    problem = load_problem("ant", assignments=["options.trail=santa_fee"])
    with pytest.raises(GegpError, match="santa_fee: expected a text file or one of santa_fe"):
        run(problem, seed=1, out=tmp_path / "run")


@pytest.mark.parametrize(
    "code", ["move(left)", "prog2(move)", "if_food_ahead(move, jump)", "prog2(move, right", "1"]
)
def test_what_is_no_program(code):
    assert attempt(load_problem("ant"), code, 0).status == "invalid"


def test_assessment_is_on_all_trails():
    found = load_problem("ant").entry.assess(KOZA, scenario="trails", seed=0)
    assert found["santa_fe"] == {"eaten": 89.0, "food": 89.0}
    assert found["los_altos"] == {"eaten": 116.0, "food": 157.0}


def test_ants_learn(tmp_path):
    problem = load_problem("ant", assignments=["search.population=200", "search.generations=10"])
    naive = attempt(problem, NAIVE, 0).values[0]
    assert run(problem, seed=1, out=tmp_path / "run").best.fitness.values[0] < naive
