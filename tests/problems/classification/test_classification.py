"""Rules for classes, as text and as postfix programs, and their assessment."""

from itertools import accumulate

import numpy as np
import pytest

from gegp import load_problem
from gegp.batch.language import read_language
from gegp.grammar.growth import Growth
from gegp.grammar.leftmost import program
from gegp.outcome import attempt
from gegp.postfix import Programs
from gegp.rng import stream

pytest.importorskip("sklearn")

PETALS = "(0 if x[2] < 0.30 else (1 if x[3] < 0.65 and x[2] < 0.69 else 2))"
PROFILES = ["", "wine", "breast_cancer"]


def test_fishers_irises_are_told_apart_by_their_petals():
    found = attempt(load_problem("classification"), PETALS, 0)
    assert found.values[0] < 0.06


@pytest.mark.parametrize("profile", PROFILES)
def test_a_class_for_all_is_as_often_wrong_as_there_are_others(profile):
    problem = load_problem("classification", profile=profile)
    classes = problem.entry._data.training.classes
    assert attempt(problem, "1", 0).values[0] == pytest.approx(np.mean(classes != 1))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("compiled", [False, True])
def test_programs_are_worth_what_their_texts_are(profile, compiled):
    if compiled:
        pytest.importorskip("numba")
    found = load_problem("classification", profile=profile)
    language, reason = read_language(found.grammar, found.entry.vocabulary)
    assert language, reason
    growth = Growth(found.grammar)
    drawn = [growth.grow(stream(5, i), 0, 4 + i % 8) for i in range(300)]
    choices = np.array([c for one in drawn for c in one], np.int32)
    places = np.array([0, *accumulate(map(len, drawn))], np.int64)
    programs = language.programs(choices, places, compiled=compiled)
    made = found.entry.evaluate_programs(programs, compiled=compiled)
    texts = [program(found.grammar, one) for one in drawn]
    assert made[:, 0].tolist() == [found.entry.evaluate(text) for text in texts]
    assert len(np.unique(made)) > 5


def test_what_is_no_program_has_no_value():
    found = load_problem("classification")
    empty = Programs(np.empty(0, np.int32), np.zeros(3, np.int64), np.empty(0))
    assert np.isnan(found.entry.evaluate_programs(empty, compiled=False)).all()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_third_is_held_out_of_every_search(profile):
    training, test = load_problem("classification", profile=profile).entry._data
    assert 0.28 < len(test.classes) / (len(test.classes) + len(training.classes)) < 0.32
    assert training.features.min() == 0.0 and training.features.max() == 1.0
    shares = [np.bincount(one.classes) / len(one.classes) for one in (training, test)]
    assert np.allclose(*shares, atol=0.02)


def test_an_assessment_is_of_both_parts_of_the_data():
    entry = load_problem("classification").entry
    found = entry.assess(PETALS, scenario="classification", seed=0)
    assert found["training"]["accuracy"] == pytest.approx(1.0 - entry.evaluate(PETALS))
    assert 0.9 < found["test"]["accuracy"] <= 1.0
    tree = entry.assess(entry.baselines["decision tree"], scenario="classification", seed=0)
    assert tree["training"]["accuracy"] > 0.97
    majority = entry.assess(entry.baselines["majority"], scenario="classification", seed=0)
    assert majority["test"]["accuracy"] == pytest.approx(1 / 3)
