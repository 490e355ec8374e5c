"""Boolean functions: known solutions, and programs as text and as postfix."""

import re
from itertools import accumulate, product

import numpy as np
import pytest

from gegp import load_problem, run
from gegp.batch.language import read_language
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.outcome import attempt
from gegp.rng import stream

SELECT = "if_(a1, if_(a0, {3}, {2}), if_(a0, {1}, {0}))"
MULTIPLEXER = SELECT.format("d0", "d1", "d2", "d3")
SOLUTIONS = {
    "multiplexer6": MULTIPLEXER,
    "multiplexer11": (f"if_(a2, {SELECT.format('d4', 'd5', 'd6', 'd7')}, {MULTIPLEXER})"),
    "parity3": "not_(xor(d0, xor(d1, d2)))",
    "parity4": "not_(xor(xor(d0, d3), xor(d1, d2)))",
    "parity5": "xor(nand(d4, d4), xor(xor(d0, d3), xor(d1, d2)))",
    "majority5": "or_(and_(d0, or_(and_(d1, or_(d2, or_(d3, d4))), "
    "or_(and_(d2, or_(d3, d4)), and_(d3, d4)))), "
    "or_(and_(d1, or_(and_(d2, or_(d3, d4)), and_(d3, d4))), and_(d2, and_(d3, d4))))",
}
PROFILES = ["", "gates", "multiplexer11", "parity3", "parity4"]


def problem(target):
    return load_problem("boolean", assignments=[f"options.target={target}"])


@pytest.mark.parametrize("target", SOLUTIONS)
def test_a_known_solution_is_never_wrong(target):
    assert attempt(problem(target), SOLUTIONS[target], 0).values == (0.0,)


@pytest.mark.parametrize("target", SOLUTIONS)
def test_the_opposite_is_always_wrong(target):
    found = problem(target)
    rows = found.entry._target.rows
    assert attempt(found, f"nor({SOLUTIONS[target]}, {SOLUTIONS[target]})", 0).values == (rows,)


@pytest.mark.parametrize("target", SOLUTIONS)
def test_an_exported_solution_is_the_function(target):
    entry = problem(target).entry
    space = {}
    exec(entry.export(SOLUTIONS[target], "python"), space)
    names = list(entry._target.inputs)
    for row, bits in enumerate(product([False, True], repeat=len(names))):
        del row
        number = sum(bit << i for i, bit in enumerate(bits))
        assert bool(space["function"](*bits)) == bool(entry._target.table >> number & 1)


def test_wrong_rows_are_the_cases():
    entry = problem("parity3").entry
    found = entry.evaluate("d0", cases=True)
    # Even parity is d0 where exactly one of the others is 1 if d0 is, else both or none are not.
    assert found["wrong"] == sum(found["cases"]) == entry.evaluate("d0")["wrong"] == 4
    assert len(found["cases"]) == 8


@pytest.mark.parametrize("profile", PROFILES)
def test_programs_are_worth_what_their_texts_are(profile):
    found = load_problem("boolean", profile=profile)
    language, reason = read_language(found.grammar, found.entry.vocabulary)
    assert language, reason
    growth = Growth(found.grammar)
    drawn = [growth.grow(stream(5, i), 0, 4 + i % 5) for i in range(300)]
    choices = np.array([c for one in drawn for c in one], np.int32)
    places = np.array([0, *accumulate(map(len, drawn))], np.int64)
    made = found.entry.evaluate_programs(language.programs(choices, places, compiled=False))
    texts = [program(found.grammar, one) for one in drawn]
    assert made.tolist() == [list(found.entry.evaluate(text).values()) for text in texts]
    assert len(np.unique(made)) > 1


def test_the_front_of_the_multiplexer_is_what_the_readme_says():
    """Koza's functions on all inputs, then on these and one call: all that two gates can do."""
    entry = problem("multiplexer6").entry
    calls = [entry._functions[name] for name in ("and_", "or_", "not_", "if_")]

    def with_one_more(tables):
        return {call(*some) for count, call in calls for some in product(tables, repeat=count)}

    def least(tables):
        return min((table ^ entry._target.table).bit_count() for table in tables)

    inputs = list(entry._target.inputs.values())
    one = with_one_more(inputs)
    two = set().union(*(with_one_more([*inputs, table]) for table in one))
    assert (least(inputs), least(one), least(two)) == (24, 16, 8)
    gates = load_problem("boolean", profile="gates").entry
    assert gates.evaluate(SOLUTIONS["multiplexer6"]) == {"wrong": 0.0, "gates": 3.0}


def test_a_search_for_both_finds_small_programs_and_shows_each_trade_off(tmp_path, gegp):
    settings = ["search.population=100", "search.generations=5"]
    problem = load_problem("boolean", profile="gates", assignments=settings)
    found = run(problem, seed=1, out=tmp_path / "run")
    front = sorted({one.fitness.values for one in found.front})
    assert front[-1][1] == 0.0
    assert [gates for _, gates in front] == sorted({gates for _, gates in front}, reverse=True)
    lines = re.findall(r"^  wrong (\d+), gates (\d+): ", gegp("show", "run").out, re.MULTILINE)
    assert [(float(wrong), float(gates)) for wrong, gates in lines] == front


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("and_(a0, 1)", "found '1'"),
        ("a9", "unknown name 'a9'"),
        ("a0 and a1", "found 'a0 and a1'"),
        ("a0 + a1", "found 'a0 \\+ a1'"),
        ("plus(a0)", "unknown function 'plus'"),
    ],
)
def test_what_is_no_boolean_function_is_invalid(text, reason):
    found = attempt(problem("multiplexer6"), text, 0)
    assert found.status == "invalid"
    assert re.search(reason, found.detail)
