"""How a training goes: what the options about it do, on real trainings."""

from __future__ import annotations

import math

import pytest

from gegp.errors import SettingsError
from gegp.outcome import attempt

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")

WITH_STATISTICS = {"network": "narrow", "train_size": 100, "batch_size": 20}


def values(model):
    import keras

    return [keras.ops.convert_to_numpy(variable) for variable in model.variables]


def scripted(trainer, monkeypatch, losses, scores=None):
    """Have the validation part give these losses (and scores), whatever the weights."""
    evaluate, losses = trainer.evaluate, iter(losses)
    scores = iter(scores) if scores else None

    def answer(part):
        if part is not trainer.splits.validation:
            return evaluate(part)
        return next(losses), next(scores) if scores else 0.5

    monkeypatch.setattr(trainer, "evaluate", answer)


def test_the_best_weights_come_back_as_in_keras_3_or_as_in_keras_2(AutoLR, backend, monkeypatch):
    table = [0.02] * 4
    for restore_best in "always", "if stopped":
        trainer = AutoLR(restore_best=restore_best).trainer[1]
        best, last = (trainer.train(table[:n], 1, None).score for n in (2, 4))
        assert best != last
        # The loss is lowest after two epochs; a patience of 3 has not run out after four.
        with monkeypatch.context() as patch:
            scripted(trainer, patch, [2.0, 1.0, 3.0, 3.0])
            expected = best if restore_best == "always" else last
            assert trainer.train(table, 1, 3).score == expected
        # A patience of 2 has: both bring the best weights back.
        with monkeypatch.context() as patch:
            scripted(trainer, patch, [2.0, 1.0, 3.0, 3.0])
            assert trainer.train(table, 1, 2).score == best


def test_a_network_at_chance_is_given_up(AutoLR, backend, monkeypatch, tmp_path):
    trainer = AutoLR(abort_at_chance=3).trainer[1]
    chance = np.bincount(trainer.splits.validation.y).max() / 300
    assert trainer.conduct.chance == chance
    with monkeypatch.context() as patch:
        scores = [chance, chance, 0.5, chance, chance - 0.01, chance, 0.9]
        scripted(trainer, patch, [1.0] * 7, scores)
        assert trainer.train([0.01] * 7, 1, None).epochs == 6
    # A dead network: with weights of zero it gives one answer for all, and goes on to.
    dead, file = trainer._fresh(1), str(tmp_path / "dead.weights.h5")
    dead.set_weights([0 * weights for weights in dead.get_weights()])
    dead.save_weights(file)
    given_up = AutoLR(abort_at_chance=3, initial_weights=file).trainer[1]
    assert given_up.train([0.01] * 9, 1, None).epochs == 3
    assert AutoLR(initial_weights=file).trainer[1].train([0.01] * 9, 1, None).epochs == 9


def test_chance_needs_classes(AutoLR, backend):
    with pytest.raises(SettingsError, match=r"options\.abort_at_chance needs"):
        AutoLR(abort_at_chance=2, objective="min loss").trainer  # noqa: B018


def test_recalibration_is_the_mean_of_the_batches_statistics(AutoLR, backend):
    """Only the moving statistics differ, and they are those of the weights as they are."""
    import keras

    plain = AutoLR(**WITH_STATISTICS).trainer[1]
    exact = AutoLR(**WITH_STATISTICS, recalibrate_batchnorm=True).trainer[1]
    for trainer in plain, exact:
        trainer.train([0.02] * 2, 1, None)
    norm = next(x for x in exact.model.layers if isinstance(x, keras.layers.BatchNormalization))
    convolution = exact.model.layers[1]
    mine = {id(norm.moving_mean), id(norm.moving_variance)}
    for one, other in zip(plain.model.variables, exact.model.variables, strict=True):
        same = np.array_equal(*map(keras.ops.convert_to_numpy, (one, other)))
        assert same != (id(other) in mine)
    activations = [keras.ops.convert_to_numpy(convolution(x)) for x, _ in exact._batches(2, seed=1)]
    means = [one.mean(axis=(0, 1, 2)) for one in activations]
    variances = [one.var(axis=(0, 1, 2)) for one in activations]
    found = [keras.ops.convert_to_numpy(x) for x in (norm.moving_mean, norm.moving_variance)]
    assert found[0] == pytest.approx(np.mean(means, axis=0), rel=1e-4, abs=1e-5)
    assert found[1] == pytest.approx(np.mean(variances, axis=0), rel=1e-3, abs=1e-5)
    assert norm.momentum == 0.99


def test_recalibration_lowers_the_first_validation_losses(AutoLR, backend):
    """With fresh statistics the first losses fall, where the lagging ones rise."""
    losses = []
    for recalibrate in False, True:
        options = WITH_STATISTICS | {"recalibrate_batchnorm": recalibrate}
        trainer = AutoLR(**options).trainer[1]
        trainer.train([0.05] * 4, 1, None)
        losses.append(trainer.evaluate(trainer.splits.validation)[0])
    assert losses[1] < losses[0]


def test_mixed_precision_computes_in_bfloat16_and_learns(AutoLR, backend):
    import keras

    trainer = AutoLR(mixed_precision=True, epochs=6).trainer[1]
    layers = trainer.model.layers[1:]
    assert {layer.compute_dtype for layer in layers[:-1]} == {"bfloat16"}
    assert layers[-1].compute_dtype == "float32"
    assert {variable.dtype for variable in trainer.model.trainable_variables} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"
    result = trainer.train([0.005] * 6, 1, None)
    exact = AutoLR(epochs=6).trainer[1].train([0.005] * 6, 1, None)
    assert result != exact
    assert result.score == pytest.approx(exact.score, abs=0.1)
    assert result == trainer.train([0.005] * 6, 1, None)


def test_examples_on_the_device_train_the_same(AutoLR, backend):
    from dataclasses import replace

    options = AutoLR(epochs=2)
    trainer = options.trainer[1]
    alone = trainer.train([0.02] * 2, 1, None)
    before = values(trainer.model)
    conduct = replace(trainer.conduct, data_on_device=True)
    moved = type(trainer)(trainer.model, trainer._fresh, trainer.splits, conduct)
    assert moved.train([0.02] * 2, 1, None) == alone
    assert all(map(np.array_equal, before, values(moved.model)))


def test_a_device_without_memory_is_an_outcome_that_says_what_helps(AutoLR, backend, monkeypatch):
    trainer = AutoLR(epochs=1).trainer[1]

    def fail(*_, **__):
        raise type("ResourceExhaustedError", (Exception,), {})("OOM when allocating tensor")

    problem = AutoLR(epochs=1)
    monkeypatch.setitem(problem.__dict__, "trainer", ("a device", trainer))
    monkeypatch.setattr(trainer.model, "train_on_batch", fail)

    class Once:
        objective_names = ("accuracy",)
        evaluate = problem.evaluate

    outcome = attempt(Once, "0.01", 1)
    assert outcome.status == "memory"
    assert "search.workers" in outcome.detail and "options.batch_size" in outcome.detail


@pytest.mark.parametrize("policy", ["0 / 0", "exp(1000)", "log(0 - 1)", "1e400 - 1e400"])
def test_a_policy_without_a_number_is_an_outcome(AutoLR, policy):
    class Once:
        objective_names = ("accuracy",)
        evaluate = AutoLR(epochs=2).evaluate

    outcome = attempt(Once, policy, 1)
    assert outcome.status == "invalid" and outcome.detail and not outcome.values


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"abort_at_chance": -1}, r"options\.abort_at_chance = -1: expected at least 0"),
        ({"assessment_size": -1}, r"options\.assessment_size = -1: expected at least 0"),
        ({"objective": "accuracy"}, r"options\.objective = 'accuracy': expected 'max METRIC'"),
        ({"train_size": 5}, r"options\.train_size = 5: expected at least 10"),
        ({"initial_rate": math.inf}, r"options\.initial_rate = inf: expected a finite"),
        ({"network": "tiny"}, r"'tiny': expected small, narrow, paper, a file FILE\.keras, or"),
        ({"dataset": "cifar"}, r"'cifar': expected digits, fashion-mnist, a file FILE\.npz, or"),
        ({"dataset": "no.npz"}, r"options\.dataset = 'no\.npz': there is no file"),
        ({"network": "no.py:build"}, r"options\.network = 'no\.py:build': there is no file"),
        ({"loss": "no.py:loss"}, r"options\.loss = 'no\.py:loss': there is no file"),
        ({"network": "keras:"}, r"expected the name of a function after the colon"),
        ({"network": "math:sin", "augment": True}, r"options\.augment is for the shipped"),
    ],
)
def test_options_that_cannot_be(AutoLR, options, message):
    with pytest.raises(SettingsError, match=message):
        AutoLR(**options)


def test_a_share_of_what_there_is(AutoLR, backend):
    splits = AutoLR(train_size=0, validation_size=0, test_size=0).trainer[1].splits
    sizes = [len(part.y) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [1190, 255, 255]


def test_a_smaller_assessment(AutoLR, backend):
    splits = AutoLR(assessment_size=400).assessor.splits
    sizes = [len(part.y) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [350, 50, 96]
    with pytest.raises(SettingsError, match=r"options\.assessment_size = 2000: expected at most"):
        AutoLR(assessment_size=2000).assessor  # noqa: B018
