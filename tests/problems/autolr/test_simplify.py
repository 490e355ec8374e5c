"""Simplified policies are the same policies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

RATES = st.sampled_from(["0.0001", "0.01", "0.02", "0.05", "0.1"])
EPOCHS = st.integers(0, 12).map(str)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "≤", "≥"])
CONDITIONS = st.one_of(
    st.tuples(st.just("learning_rate"), SIGNS, RATES),
    st.tuples(st.just("epoch"), SIGNS, EPOCHS),
    st.tuples(EPOCHS, SIGNS, st.just("epoch")),
).map(" ".join)
POLICIES = st.recursive(
    RATES | st.just("learning_rate * 0.5"),
    lambda inner: (
        st.tuples(CONDITIONS, inner, inner)
        .map(lambda parts: f"if_func{parts}")
        .map(lambda text: text.replace("'", "").replace('"', ""))
    ),
    max_leaves=20,
)


@given(text=POLICIES, first_epoch=st.integers(0, 1), initial_rate=st.sampled_from([0.0, 0.01, 0.3]))
def test_the_schedule_stays(policy, simplify, text, first_epoch, initial_rate):
    tree = policy.parse_policy(text)
    simpler = simplify.simplify(tree, first_epoch)
    settings = {"first_epoch": first_epoch, "initial_rate": initial_rate}
    assert policy.schedule(simpler, 15, **settings) == policy.schedule(tree, 15, **settings)
    assert simplify.size(simpler) <= simplify.size(tree)


@given(text=POLICIES, epoch=st.integers(0, 15), rate=st.floats(0, 0.2))
def test_every_answer_stays(policy, simplify, text, epoch, rate):
    tree = policy.parse_policy(text)
    place = {"first_epoch": epoch, "initial_rate": rate}
    assert policy.schedule(simplify.simplify(tree), 1, **place) == policy.schedule(tree, 1, **place)


def test_the_31_rates_of_policy_b_are_5(simplify, policy_b):
    assert policy_b.count("if_func") == 30
    assert (
        simplify.policy_text(policy_b)
        == """\
if epoch < 67:
    0.03541818181818182
elif learning_rate > 0.05156363636363637:
    0.01927272727272727
elif learning_rate < 0.002118181818181818:
    0.08385454545454546
elif epoch < 92:
    0.09192727272727273
else:
    0.09495454545454546"""
    )


def test_a_test_that_always_holds_goes(simplify):
    assert simplify.policy_text("if_func(epoch >= 0, 0.1, 0.2)") == "0.1"
    assert simplify.policy_text("if_func(learning_rate < 0, 0.1, 0.2)") == "0.2"


def test_epochs_before_the_first_do_not_count(simplify):
    assert simplify.policy_text("if_func(epoch < 1, 0.1, 0.2)", first_epoch=1) == "0.2"
    assert simplify.policy_text("if_func(epoch < 1, 0.1, 0.2)", first_epoch=0).startswith("if")


def test_equal_branches_become_one(simplify):
    assert simplify.policy_text("if_func(epoch < 5, 0.1, if_func(epoch > 9, 0.1, 0.1))") == "0.1"


def test_between_two_neighbouring_epochs_there_is_none(simplify):
    text = "if_func(epoch > 3, if_func(epoch < 4, 0.1, 0.2), 0.3)"
    assert simplify.policy_text(text) == "if epoch > 3:\n    0.2\nelse:\n    0.3"
