"""Charts become pictures that show their values where they are."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.reports.axis import fit
from gegp.reports.chart import MOST_POINTS, Chart, Series
from gegp.reports.plot import BOTTOM, LEFT, RIGHT, TOP, plot

numbers = st.floats(-1e30, 1e30)


def chart(*series, **further):
    return Chart("title", "x", "y", series, **further)


@given(st.lists(numbers, min_size=1, max_size=30))
def test_all_values_are_on_the_axis_in_their_order(values):
    axis = fit(values, 0, 100)
    places = [axis(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


@given(st.lists(numbers, min_size=1, max_size=30))
def test_ticks_are_few_round_and_within(values):
    axis = fit(values, 0, 100)
    ticks = axis.ticks()
    assert len(ticks) <= 8
    for value, text in ticks:
        assert axis.low <= value <= axis.high
        assert float(text) == pytest.approx(value, rel=1e-4, abs=1e-4 * (axis.high - axis.low))


def test_many_powers_of_ten_are_logarithmic():
    assert fit([1e-9, 1.0], 0, 100).logarithmic
    assert not fit([0.0, 1.0], 0, 100).logarithmic
    assert [text for _, text in fit([0.01, 100.0], 0, 100).ticks()] == [
        "0.01",
        "0.1",
        "1",
        "10",
        "100",
    ]


@given(st.lists(st.one_of(st.none(), numbers), min_size=1, max_size=400))
def test_lines_stay_small_and_inside(values):
    drawn = plot(chart(Series("one", range(len(values)), values)))
    places = [float(text) for text in re.findall(r"[ML]\S+ (-?[\d.]+)", drawn.marks[0].line)]
    assert len(places) <= MOST_POINTS
    assert all(TOP <= place <= BOTTOM for place in places)
    readings = json.loads(drawn.readings)
    assert readings["x"][0] == 0
    assert readings["x"][-1] == len(values) - 1
    assert all(LEFT <= place <= RIGHT for place in readings["places"])


def test_a_missing_value_interrupts_the_line():
    drawn = plot(chart(Series("one", [0, 1, 2, 3], [1.0, None, 3.0, 4.0])))
    assert drawn.marks[0].line.count("M") == 2


def test_steps_hold_from_half_before_to_half_after():
    drawn = plot(chart(Series("one", [1, 2], [0.5, 0.1]), steps=True))
    assert re.match(rf"M{LEFT}\.0 \S+H346\.0L346\.0 \S+H{RIGHT}\.0$", drawn.marks[0].line)


def test_a_series_of_uneven_lengths_is_refused():
    with pytest.raises(ValueError, match="differ in length"):
        Series("one", [1, 2], [1.0])
