"""Policies and their schedules."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gegp.errors import InvalidProgram

TRAP = "if_func(learning_rate < 0.01, 0.1, 0.01)"


def test_a_constant_is_the_rate_of_every_epoch(policy):
    assert policy.schedule("0.0354", 4) == (0.0354,) * 4


def test_epochs_are_counted_from_first_epoch(policy):
    assert policy.schedule("if_func(epoch <= 1, 0.5, 0.25)", 3) == (0.5, 0.25, 0.25)
    assert policy.schedule("if_func(epoch <= 1, 0.5, 0.25)", 3, first_epoch=0) == (0.5, 0.5, 0.25)


def test_learning_rate_is_that_of_the_epoch_before(policy):
    assert policy.schedule("learning_rate * 0.5", 3, initial_rate=1.0) == (0.5, 0.25, 0.125)


def test_the_papers_comparison_signs_are_read(policy):
    printed = "if_func(epoch ≤ 2, if_func(learning_rate ≥ 0.01, 0.2, 0.3), 0.4)"
    typed = printed.replace("≤", "<=").replace("≥", ">=")
    assert policy.schedule(printed, 4) == policy.schedule(typed, 4) == (0.2, 0.2, 0.4, 0.4)


def test_float32_rounds_the_rate_between_epochs_and_exact_does_not(policy):
    assert policy.schedule(TRAP, 4) == (0.01, 0.01, 0.01, 0.01)
    assert policy.schedule(TRAP, 4, precision="float32") == (0.1, 0.01, 0.1, 0.01)


def test_float32_is_what_keras_does(policy, backend):
    import keras
    import numpy as np

    seen = []

    def ask(epoch: int, learning_rate: float) -> float:
        rate = policy.schedule(TRAP, 1, first_epoch=epoch, initial_rate=learning_rate)[0]
        seen.append(rate)
        return rate

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    callback = keras.callbacks.LearningRateScheduler(ask)
    model.fit(np.ones((2, 1)), np.ones((2, 1)), epochs=6, callbacks=[callback], verbose=0)

    assert tuple(seen) == policy.schedule(TRAP, 6, first_epoch=0, precision="float32")
    assert tuple(seen) != policy.schedule(TRAP, 6, first_epoch=0, precision="exact")


def test_every_constant_of_the_grammar_is_rounded(policy):
    import numpy as np

    constants = [float(rate) for rate in np.linspace(0.0001, 0.1, 100)]
    moved = [policy.through_float32(rate) - rate for rate in constants]
    assert (sum(m > 0 for m in moved), sum(m < 0 for m in moved)) == (46, 54)


def test_policy_b_of_the_paper(policy, policy_b):
    table = policy.schedule(policy_b, 100, first_epoch=0)
    assert table[:67] == (0.03541818181818182,) * 67
    assert table[67:71] == (0.09192727272727273, 0.01927272727272727) * 2
    assert table[-2:] == (0.01927272727272727, 0.09495454545454546)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("min(0.3, 0.2)", 0.2),
        ("max(0.3, 0.2, epoch)", 1.0),
        ("abs(-0.5)", 0.5),
        ("exp(-epoch)", math.exp(-1)),
        ("log(exp(0.5))", 0.5),
        ("sqrt(0.25)", 0.5),
        ("sin(0) + cos(0)", 1.0),
        ("pow(2, -1)", 0.5),
        ("2 ** -1", 0.5),
        ("pdiv(1, 0)", 1.0),
        ("prot_div(1, 4)", 0.25),
        ("0.1 if epoch == 1 else 0.2", 0.1),
        ("if_func(epoch < 2 and not learning_rate > 1, 0.1, 1 / 0)", 0.1),
    ],
)
def test_other_grammars_may_use_arithmetic_and_functions(policy, text, rate):
    assert policy.schedule(text, 1)[0] == pytest.approx(rate)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-0.1", "epoch 1: the learning rate is -0.1"),
        ("learning_rate * 1e300", "epoch 1: the learning rate is 1.0000000000000001e\\+298"),
        ("if_func(epoch < 3, 0.1, 1 / 0)", "epoch 3: .*division by zero"),
        ("(0 - 1) ** 0.5", "epoch 1: "),
        ("9 ** 9 ** 9 ** 9", "epoch 1: "),
        ("if_func(epoch < 3, 0.1)", "if_func takes 3 arguments"),
        ("gradient", "unknown name 'gradient'"),
        ("__import__('os')", "unknown function"),
        ("0.1,", "not allowed"),
        ("if_func(epoch <", "not an expression"),
    ],
)
def test_what_is_no_policy_says_why(policy, text, message):
    with pytest.raises(InvalidProgram, match=message):
        policy.schedule(text, 5)


@given(rate=st.floats(0, 1e38), epochs=st.integers(0, 30))
def test_float32_of_a_constant_changes_nothing_in_its_table(policy, rate, epochs):
    table = policy.schedule(repr(rate), epochs, precision="float32")
    assert table == (rate,) * epochs
