"""Simplified policies are the same policies, and the shortest of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gegp.grammar.membership import find_derivation
from gegp.grammar.reader import read_grammar
from gegp.sampling import sample_programs

GRAMMARS = Path(__file__).parents[3] / "grammars"
FIRST_EPOCHS = st.integers(0, 1)

RATES = st.sampled_from(["0.0001", "0.01", "0.02", "0.05", "0.1"])
EPOCHS = st.integers(0, 12).map(str)
SIGNS = st.sampled_from(["<", "<=", ">", ">="])
ORDERS = st.one_of(
    st.tuples(st.just("learning_rate"), SIGNS, RATES),
    st.tuples(st.just("epoch"), SIGNS, EPOCHS),
    st.tuples(EPOCHS, SIGNS, st.just("epoch")),
).map(" ".join)
OTHER_TESTS = st.one_of(
    ORDERS,
    st.tuples(st.just("epoch"), st.sampled_from(["==", "!="]), EPOCHS).map(" ".join),
    st.tuples(ORDERS, st.sampled_from(["and", "or"]), ORDERS).map(" ".join),
    st.just("epoch * learning_rate < 0.1"),
)


def policies(tests, leaves, most):
    return st.recursive(
        leaves,
        lambda inner: st.tuples(tests, inner, inner).map(
            lambda parts: f"if_func({', '.join(parts)})"
        ),
        max_leaves=most,
    )


POLICIES = policies(OTHER_TESTS, RATES | st.just("learning_rate * 0.5"), 20)


@cache
def grammar(name):
    return read_grammar(GRAMMARS / name)


@st.composite
def programs(draw):
    """A shipped grammar, and one of its programs."""
    name = draw(st.sampled_from(["autolr.bnf", "autolr_authors.bnf"]))
    depth, uniform = draw(st.sampled_from([(4, True), (6, True), (8, False), (17, False)]))
    seed = draw(st.integers(0, 2**32))
    options = {"seed": seed, "max_depth": depth, "uniform": uniform}
    return grammar(name), next(sample_programs(grammar(name), 1, **options)).phenotype


def places(tree, first_epoch):
    """(epoch, rate) of every range between the thresholds, and of the thresholds."""
    found = {"epoch": {first_epoch}, "learning_rate": {0.0, 1.0}}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            name, value = sorted((node.left, *node.comparators), key=lambda n: hasattr(n, "value"))
            around = (-1, 0, 1) if name.id == "epoch" else (-1e-6, 0, 1e-6)
            found[name.id] |= {value.value + step for step in around}
    epochs = sorted(epoch for epoch in found["epoch"] if epoch >= first_epoch)
    return [(epoch, rate) for epoch in epochs for rate in found["learning_rate"] if rate >= 0]


def answers(policy, tree, places):
    return [policy.schedule(tree, 1, first_epoch=e, initial_rate=r)[0] for e, r in places]


# --- It is the same policy


@given(
    program=programs(),
    first_epoch=FIRST_EPOCHS,
    precision=st.sampled_from(["exact", "float32"]),
)
@settings(deadline=None)
def test_programs_of_the_grammars_keep_their_table(
    policy, simplify, program, first_epoch, precision
):
    where, text = program
    options = {"first_epoch": first_epoch, "precision": precision}
    simpler = simplify.policy_expression(text, first_epoch)
    assert policy.schedule(simpler, 120, **options) == policy.schedule(text, 120, **options)
    assert find_derivation(where, simpler).member


@given(text=POLICIES, first_epoch=FIRST_EPOCHS, initial_rate=st.sampled_from([0.0, 0.01, 0.3]))
@settings(deadline=None)
def test_the_schedule_stays(policy, simplify, text, first_epoch, initial_rate):
    tree = policy.parse_policy(text)
    simpler = simplify.simplify(tree, first_epoch)
    options = {"first_epoch": first_epoch, "initial_rate": initial_rate}
    assert policy.schedule(simpler, 15, **options) == policy.schedule(tree, 15, **options)
    assert simplify.size(simpler) <= simplify.size(tree)
    again = simplify.policy_expression(text, first_epoch)
    assert policy.schedule(again, 15, **options) == policy.schedule(tree, 15, **options)


@given(text=POLICIES, epoch=st.integers(0, 15), rate=st.floats(0, 0.2))
@settings(deadline=None)
def test_every_answer_stays(policy, simplify, text, epoch, rate):
    tree = policy.parse_policy(text)
    place = {"first_epoch": epoch, "initial_rate": rate}
    assert policy.schedule(simplify.simplify(tree), 1, **place) == policy.schedule(tree, 1, **place)


# --- It is the shortest


@given(text=policies(ORDERS, RATES, 12), first_epoch=FIRST_EPOCHS)
@settings(deadline=None)
def test_no_branch_can_be_removed(policy, simplify, text, first_epoch):
    tree = policy.parse_policy(text)
    everywhere = places(tree, first_epoch)
    simpler = simplify.simplify(tree, first_epoch)
    expected = answers(policy, tree, everywhere)
    assert answers(policy, simpler, everywhere) == expected
    for shorter in without_one_test(simpler):
        assert answers(policy, shorter, everywhere) != expected


def without_one_test(tree):
    if isinstance(tree, ast.IfExp):
        yield from (tree.body, tree.orelse)
        yield from (ast.IfExp(tree.test, body, tree.orelse) for body in without_one_test(tree.body))
        yield from (ast.IfExp(tree.test, tree.body, rest) for rest in without_one_test(tree.orelse))


@given(text=policies(ORDERS, RATES, 7), first_epoch=FIRST_EPOCHS)
@settings(deadline=None)
def test_no_equal_policy_has_fewer_leaves(policy, simplify, text, first_epoch):
    tree = policy.parse_policy(text)
    everywhere = places(tree, first_epoch)
    rates = dict(zip(everywhere, answers(policy, tree, everywhere), strict=True))
    simpler = ast.dump(simplify.simplify(tree, first_epoch))
    count = simpler.count("IfExp") + 1
    assert can_be_told_apart(rates, count)
    assert not can_be_told_apart(rates, count - 1)


def can_be_told_apart(rates, leaves):
    """Whether some tree of so many leaves gives these rates: all of its cuts are tried."""
    if len(set(rates.values())) > leaves:
        return False
    if len(set(rates.values())) == 1:
        return True
    for axis in (0, 1):
        for border in sorted({place[axis] for place in rates})[1:]:
            before = {place: rate for place, rate in rates.items() if place[axis] < border}
            behind = {place: rate for place, rate in rates.items() if place[axis] >= border}
            for share in range(1, leaves):
                if can_be_told_apart(before, share) and can_be_told_apart(behind, leaves - share):
                    return True
    return False


def test_the_31_rates_of_policy_b_are_5(policy, simplify, policy_b):
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
    tree = policy.parse_policy(policy_b)
    everywhere = places(tree, 0)
    simpler = simplify.simplify(tree)
    assert answers(policy, simpler, everywhere) == answers(policy, tree, everywhere)


@pytest.mark.parametrize(
    ("text", "simpler"),
    [
        ("if_func(epoch >= 0, 0.1, 0.2)", "0.1"),
        ("if_func(learning_rate < 0, 0.1, 0.2)", "0.2"),
        ("if_func(epoch < 5, 0.1, if_func(epoch > 9, 0.1, 0.1))", "0.1"),
        # One test says what two did.
        ("if_func(epoch < 5, 0.1, if_func(epoch < 9, 0.1, 0.2))", "if_func(epoch < 9, 0.1, 0.2)"),
        # There is no whole number between 3 and 4.
        (
            "if_func(epoch > 3, if_func(epoch < 4, 0.1, 0.2), 0.3)",
            "if_func(epoch > 3, 0.2, 0.3)",
        ),
        # The same test in both branches is asked once, first.
        (
            "if_func(epoch < 5, if_func(learning_rate < 0.1, 0.01, 0.02), "
            "if_func(learning_rate < 0.1, 0.01, 0.03))",
            "if_func(learning_rate < 0.1, 0.01, if_func(epoch < 5, 0.02, 0.03))",
        ),
        ("if_func(epoch ≥ 3, if_func(epoch ≤ 2, 0.1, 0.2), 0.3)", "if_func(epoch ≥ 3, 0.2, 0.3)"),
        ("0.1 if epoch < 3 else 0.1 if epoch < 4 else 0.2", "0.1 if epoch < 4 else 0.2"),
        (
            "learning_rate * if_func(epoch < 3, 1, 0.5)",
            "learning_rate * if_func(epoch < 3, 1, 0.5)",
        ),
        # Rates above every threshold; numbers that no epoch and no rate reaches.
        ("if_func(learning_rate > 1e20, 0.1, 0.2)", "if_func(learning_rate > 1e+20, 0.1, 0.2)"),
        ("if_func(epoch < 1e999, if_func(learning_rate > 1e999, 0.1, 0.2), 0.3)", "0.2"),
    ],
)
def test_examples(simplify, text, simpler):
    assert simplify.policy_expression(text) == simpler


def test_epochs_before_the_first_do_not_count(simplify):
    assert simplify.policy_text("if_func(epoch < 1, 0.1, 0.2)", first_epoch=1) == "0.2"
    assert simplify.policy_text("if_func(epoch < 1, 0.1, 0.2)", first_epoch=0).startswith("if")


def chequered(size):
    """Alternating rates over so many times so many ranges."""
    text = "0.01"
    for step in range(size, 0, -1):
        rates = "0.02"
        for rung in range(size, 0, -1):
            rates = f"if_func(learning_rate < {rung / 1000}, 0.0{(step + rung) % 3 + 1}, {rates})"
        text = f"if_func(epoch < {step * 2}, {rates}, {text})"
    return text


def test_a_policy_with_very_many_ranges_is_simplified_part_by_part(policy, simplify):
    text = f"if_func(epoch < 100, {chequered(17)}, if_func(epoch < 99, 0.03, 0.04))"
    simpler = simplify.policy_expression(text)
    assert "99" not in simpler and len(simpler) < len(text)
    for rate in (0.0, 0.0105, 0.0248, 0.1):
        place = {"first_epoch": 0, "initial_rate": rate}
        assert policy.schedule(simpler, 110, **place) == policy.schedule(text, 110, **place)
