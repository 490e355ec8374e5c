"""Tasks of program synthesis: inputs, what a right program makes of them, and cases to draw.

Tasks, ranges of inputs and numbers of cases are those of Helmuth and Spector, "General Program
Synthesis Benchmark Suite", GECCO 2015; the cases are drawn here.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

from gegp.rng import Stream

Inputs = tuple[Any, ...]
LABELS = {"small": "small", "large": "large", "nothing": ""}
UNSEEN = 1000


class Task(NamedTuple):
    """``draw`` makes the inputs of a case; ``edges`` are inputs that are always among the cases."""

    solve: Callable[..., Any]
    draw: Callable[[Stream], Inputs]
    training: int
    known: str
    edges: tuple[Inputs, ...] = ()


class Case(NamedTuple):
    """Inputs by their names in0, in1, … and the answer that is right."""

    inputs: dict[str, Any]
    answer: Any


def cases(task: Task, count: int, rng: Stream) -> list[Case]:
    """The edges, and drawn cases up to the count."""
    drawn = [task.draw(rng) for _ in range(count - len(task.edges))]
    return [
        Case({f"in{i}": value for i, value in enumerate(inputs)}, task.solve(*inputs))
        for inputs in (*task.edges, *drawn)
    ]


def _close_integers(count: int, most: int) -> Callable[[Stream], Inputs]:
    """Half of the time out of ten neighbours, so that some are equal."""

    def draw(rng: Stream) -> Inputs:
        if rng.random() < 0.5:
            return tuple(rng.randint(-most, most) for _ in range(count))
        first = rng.randint(-most, most - 9)
        return tuple(rng.randint(first, first + 9) for _ in range(count))

    return draw


def _number_io(rng: Stream) -> Inputs:
    return rng.uniform(-100.0, 100.0), rng.randint(-100, 100)


def _strings(rng: Stream) -> Inputs:
    """Three strings, half of the time from the shortest to the longest."""
    lengths = [rng.randint(0, 49) for _ in range(3)]
    if rng.random() < 0.5:
        lengths.sort()
    return tuple("".join(chr(rng.randint(32, 126)) for _ in range(n)) for n in lengths)


def _vector(rng: Stream, most: int) -> list[int]:
    return [rng.randint(-most, most) for _ in range(rng.randint(1, 50))]


def _with_zeros(rng: Stream) -> Inputs:
    vector = _vector(rng, 50)
    for _ in range(rng.randint(1, 4)):
        vector[rng.randrange(len(vector))] = 0
    return (vector,)


def _mirrored(rng: Stream) -> Inputs:
    """Half of the time mirrored, else with one item changed, the same again, or anything."""
    first = _vector(rng, 1000)
    second = first[::-1]
    kind = rng.randrange(6)
    if kind == 3:
        second[rng.randrange(len(second))] += 1
    elif kind == 4:
        second = list(first)
    elif kind == 5:
        second = _vector(rng, 1000)
    return first, second


def _size_label(number: int) -> str:
    return LABELS["small"] if number < 1000 else LABELS["large"] if number >= 2000 else ""


TASKS = {
    "number_io": Task(lambda a, b: a + b, _number_io, 25, "(in0 + in1)"),
    "small_or_large": Task(
        _size_label,
        lambda rng: (rng.randint(-10000, 10000) if rng.random() < 0.5 else rng.randint(900, 2100),),
        100,
        "(small if in0 < 1000 else (nothing if in0 < 2000 else large))",
        tuple((n,) for n in (-10000, 0, 998, 999, 1000, 1001, 1998, 1999, 2000, 2001, 10000)),
    ),
    "compare_string_lengths": Task(
        lambda a, b, c: len(a) < len(b) < len(c),
        _strings,
        100,
        "(len(in0) < len(in1) and len(in1) < len(in2))",
        (("", "", ""), ("", "a", "bc"), ("a", "b", "cd"), ("", "ab", "cd"), ("abc", "de", "f")),
    ),
    "last_index_of_zero": Task(
        lambda vector: len(vector) - 1 - vector[::-1].index(0),
        _with_zeros,
        150,
        "((len(in0) - index(reverse(in0), 0)) - 1)",
        (([0],), ([0, 7],), ([7, 0],), ([0, 0, 0],)),
    ),
    "mirror_image": Task(
        lambda a, b: a == b[::-1],
        _mirrored,
        100,
        "in0 == reverse(in1)",
        (([], []), ([1], [1]), ([1], [2]), ([1, 2], [1, 2]), ([1, 2], [2, 1])),
    ),
    "smallest": Task(
        min, _close_integers(4, 100), 100, "min(min(in0, in1), min(in2, in3))", ((0, 0, 0, 0),)
    ),
    "median": Task(
        lambda a, b, c: statistics.median((a, b, c)),
        _close_integers(3, 100),
        100,
        "max(min(in0, in1), min(max(in0, in1), in2))",
        ((0, 0, 0),),
    ),
}
