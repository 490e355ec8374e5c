import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.edit_distance import edit_distance


def table(first, second):
    """The distance by the whole table of the definition."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row = row, [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("ab", "ba", 2),
        ("aXa", "aa", 1),
        ("aa", "aaa", 1),
        (("x", "+", "long_name"), ("x", "+", "y"), 1),
    ],
)
def test_examples(first, second, distance):
    assert edit_distance(first, second) == distance


sequences = st.lists(st.sampled_from("abc"), max_size=90)


@given(sequences, sequences)
def test_is_that_of_the_definition(first, second):
    assert edit_distance(first, second) == table(first, second)


@given(sequences, sequences, sequences)
def test_common_ends_do_not_count(first, second, ends):
    longer = (ends + first + ends, ends + second + ends)
    assert edit_distance(*longer) == table(first, second) == table(*longer)


def test_very_long_sequences_take_no_time():
    first = "ab" * 5_000
    assert edit_distance("x" + first, first + "y") == 2
