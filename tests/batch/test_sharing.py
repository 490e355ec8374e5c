"""Programs that are rewritten so that equal parts are computed once."""

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp.postfix import Programs

pytest.importorskip("numba")
from gegp.batch.sharing import share

OPERANDS = np.array([1, 2, 3, 1], np.int32)
COSTS = np.array([1.0, 1.0, 1.0, 12.0])
LEAVES = 3


def joined(*parts):
    return [code for part in parts for code in part]


def grown(parts):
    return st.one_of(
        st.builds(lambda a: joined(a, [0]), parts),
        st.builds(lambda a: joined(a, [3]), parts),
        st.builds(lambda a, b: joined(a, b, [1]), parts, parts),
        st.builds(lambda a, b, c: joined(a, b, c, [2]), parts, parts, parts),
        st.builds(lambda a: joined(a, a, [1]), parts),
    )


def in_arrays(made):
    places = np.array([0, *accumulate(map(len, made))], np.int64)
    return Programs(np.array(joined(*made), np.int32), places, np.empty(0))


TREES = st.recursive(st.sampled_from([[-1], [-2], [-3]]), grown, max_leaves=12)
PROGRAMS = st.lists(TREES | st.just([]), max_size=8)


def read(codes, rows):
    """The tree of a program, and how many operations it takes; rows are kept and taken."""
    stack, operations = [], 0
    for code in codes:
        if code >= len(OPERANDS):
            rows[code - len(OPERANDS)] = stack[-1]
        elif code >= 0:
            count = OPERANDS[code]
            stack[-count:] = [(code, *stack[-count:])]
            operations += 1
        else:
            row = -1 - code - LEAVES
            stack.append(rows[row] if row >= 0 else code)
    assert len(stack) == bool(len(codes))
    return stack, operations


def parts(tree):
    """All operations of a tree."""
    return {tree}.union(*map(parts, tree[1:])) if isinstance(tree, tuple) else set()


@settings(deadline=None)
@given(PROGRAMS, st.integers(0, 6) | st.just(1000))
def test_a_rewritten_program_is_the_same(made, most):
    programs = in_arrays(made)
    codes, places, used = share(OPERANDS, COSTS, programs, 0, len(made), LEAVES, most)
    assert used <= most
    rows = {}
    for i, program in enumerate(made):
        rewritten = codes[places[i] : places[i + 1]].tolist()
        assert read(rewritten, rows)[0] == read(program, {})[0]
    assert len(rows) == used


@settings(deadline=None)
@given(PROGRAMS)
def test_what_is_dear_is_computed_once(made):
    programs = in_arrays(made)
    codes, places, _ = share(OPERANDS, COSTS + 2.0, programs, 0, len(made), LEAVES, 1000)
    rows = {}
    taken = sum(read(codes[begin:end].tolist(), rows)[1] for begin, end in pairwise(places))
    trees = [tree for program in made for tree in read(program, {})[0]]
    assert taken == len(set().union(*map(parts, trees)))


@settings(deadline=None)
@given(PROGRAMS.filter(len), st.data())
def test_some_of_the_programs_are_rewritten_by_themselves(made, data):
    first = data.draw(st.integers(0, len(made) - 1))
    last = data.draw(st.integers(first, len(made)))
    found = share(OPERANDS, COSTS, in_arrays(made), first, last, LEAVES, 9)
    alone = share(OPERANDS, COSTS, in_arrays(made[first:last]), 0, last - first, LEAVES, 9)
    assert found[0].tolist() == alone[0].tolist()
    assert found[1].tolist() == alone[1].tolist()
