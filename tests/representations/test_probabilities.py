import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gegp.representations.probabilities import FLOOR, LARGEST, Intervals, distribution, restored
from gegp.rng import stream
from gegp.testing import seeds

weights = st.lists(st.floats(0.0, 1e300, allow_subnormal=False), min_size=1, max_size=40).filter(
    any
)


@given(weights)
def test_a_distribution_adds_up_to_one_and_keeps_to_the_floor(values):
    probabilities = distribution(values)
    assert math.fsum(probabilities) == pytest.approx(1.0)
    assert min(probabilities) >= 0.999 * FLOOR / len(values)
    assert restored([probabilities]) == (probabilities,)
    order = sorted(range(len(values)), key=values.__getitem__)
    assert sorted(probabilities) == [probabilities[i] for i in order]


def test_negative_weights_count_as_zero():
    assert distribution([-0.5, 1.5]) == distribution([0.0, 1.5])


@example(values=[2.0, 1.0, 1.0], share=LARGEST)  # 0.5 and nearly 0.25 round to 0.75
@given(values=weights, share=st.floats(0.0, LARGEST))
def test_every_part_of_an_interval_is_its_production(values, share):
    intervals = Intervals((distribution(values),))
    for production in range(len(values)):
        codon = intervals.within(0, production, share)
        assert 0.0 <= codon < 1.0
        assert intervals.production(0, codon) == production


@given(weights, seeds)
def test_a_codon_is_drawn_for_the_productions_that_are_asked_for(values, seed):
    intervals = Intervals((distribution(values),))
    some = [i for i in range(len(values)) if (seed >> i) & 1] or [0]
    codon = intervals.draw(stream(seed), 0, some)
    assert intervals.production(0, codon) in some
