"""Trainings of real networks on real images."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from gegp.errors import GegpError, InvalidProgram
from gegp.problem import load_problem

ROOT = Path(__file__).parents[3]
AUTOLR = ROOT / "problems" / "autolr"
DIGESTS = Path(__file__).with_name("training_digests.py")
ACCURACIES = Path(__file__).with_name("training_accuracies.py")


@pytest.fixture(scope="module")
def trainer(AutoLR, backend):
    return AutoLR().trainer[1]


def in_other_processes(script: Path, backend: str, *argument_lists: str) -> list[list[str]]:
    """The lines that a script prints, for each list of arguments."""
    environment = os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(AUTOLR), *arguments.split()],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for arguments in argument_lists
    ]
    outputs = [process.communicate()[0] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return [output.split("\n")[:-1] for output in outputs]


@pytest.mark.parametrize(
    ("backend_name", "network", "augment"),
    [
        ("tensorflow", "paper", "true"),
        ("jax", "small", "false"),
        pytest.param("jax", "paper", "true", marks=pytest.mark.slow),
    ],
)
def test_trainings_are_equal_to_the_bit(backend_name, network, augment):
    """In one process, in another order, and in another process."""
    for package in (backend_name, "keras", "sklearn"):
        if not importlib.util.find_spec(package):
            pytest.skip(f"{package} is not installed")
    # The paper's network with augmentation has all that can remember: batch
    # normalisation, dropout and other random layers.
    kind = f"{network} {augment}"
    many, one = in_other_processes(DIGESTS, backend_name, f"{kind} 3 4 3", f"{kind} 4")
    assert many[0].startswith(f"{backend_name} ") and many[0].endswith(" 1 thread")
    assert many[1] == many[3]
    assert many[1] != many[2]
    assert many[2] == one[1]


@pytest.mark.parametrize("backend_name", ["tensorflow", "jax"])
def test_a_rate_that_rises_beats_a_static_one_on_every_backend(backend_name):
    """The first epochs leave the wide weights sure and wrong: only logits get out of that."""
    for package in (backend_name, "keras", "sklearn"):
        if not importlib.util.find_spec(package):
            pytest.skip(f"{package} is not installed")
    (accuracies,) = in_other_processes(ACCURACIES, backend_name, "2")
    static, rising = (float(accuracy) for accuracy in accuracies)
    assert 0.2 < static < 0.75
    assert rising > 0.8


def test_trainings_can_start_from_the_weights_of_a_file(AutoLR, trainer, network, tmp_path):
    alone = trainer.train([0.02] * 2, 1, None)
    assert alone != trainer.train([0.02] * 2, 2, None)
    file = tmp_path / "first.weights.h5"
    network.build("small", (8, 8, 1), 10, seed=1, augment=False).save_weights(file)
    from_file = AutoLR(initial_weights=str(file)).trainer[1]
    # The network has nothing else that is drawn, and the order of the images is the seed's.
    assert from_file.train([0.02] * 2, 1, None) == alone
    assert from_file.train([0.02] * 2, 2, None) != alone


def test_weights_that_cannot_be_read_are_one_clear_error(AutoLR, backend, network, tmp_path):
    file = tmp_path / "broken.weights.h5"
    with pytest.raises(GegpError, match=r"initial_weights: .* is no file"):
        AutoLR(initial_weights=str(file)).check()
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(GegpError, match=r"broken.weights.h5 does not hold weights for .* 'small'"):
        AutoLR(initial_weights=str(file)).trainer  # noqa: B018
    other = network.build("small", (8, 8, 2), 10, seed=1, augment=False)
    other.save_weights(file)
    with pytest.raises(GegpError, match="does not hold weights"):
        AutoLR(initial_weights=str(file)).trainer  # noqa: B018


def test_a_training_does_not_depend_on_those_before(trainer):
    good, poor = [0.01] * 4, [0.0001] * 4
    first = trainer.train(good, 1, None)
    assert trainer.train(poor, 1, None) != first
    with suppress(InvalidProgram):
        trainer.train([3.0] * 2, 1, None)
    assert trainer.train(good, 1, None) == first
    assert trainer.train(good, 2, None) != first


def test_the_accuracy_is_the_fraction_of_images_classified_right(trainer):
    import keras

    result = trainer.train([0.005] * 6, 1, None)
    part = trainer.splits.test
    predicted = keras.ops.convert_to_numpy(trainer.model(part.x)).argmax(axis=1)
    assert result.score == (predicted == part.y).mean()
    assert 0.2 < result.score < 1


def test_keras_own_evaluation_agrees(AutoLR, backend):
    # With penalties on the weights, and parts of more than one batch.
    trainer = AutoLR(network="paper", test_size=777).trainer[1]
    part = trainer.splits.test
    expected = trainer.model.evaluate(part.x, part.y, batch_size=100, verbose=0)
    assert trainer.evaluate(part) == pytest.approx(tuple(expected), rel=1e-4)


def test_the_rate_of_each_epoch_is_the_tables(trainer, monkeypatch):
    seen = []
    original = trainer.model.train_on_batch

    def watched(*args, **kwargs):
        seen.append(round(float(trainer.model.optimizer.learning_rate), 6))
        return original(*args, **kwargs)

    monkeypatch.setattr(trainer.model, "train_on_batch", watched)
    trainer.train([0.01, 0.02, 0.03], 1, None)
    batches = 400 // 50
    assert seen == [0.01] * batches + [0.02] * batches + [0.03] * batches


def test_early_stop_waits_for_its_patience(trainer):
    # At a rate of 0 no epoch is better than the first.
    assert trainer.train([0.0] * 9, 1, patience=3).epochs == 4
    assert trainer.train([0.0] * 9, 1, patience=1).epochs == 2
    assert trainer.train([0.0] * 9, 1, patience=None).epochs == 9
    assert trainer.train([0.01] * 5, 1, patience=3).epochs == 5


def test_early_stop_brings_back_the_best_epochs_weights_and_no_stop_does_not(trainer, monkeypatch):
    table = [0.01] * 5
    after_two = trainer.train(table[:2], 1, None).score
    after_five = trainer.train(table, 1, None).score
    assert after_two != after_five
    evaluate, losses = trainer.evaluate, iter([3.0, 1.0, 2.0, 1.5, 1.0] * 2)

    def scripted(part):
        if part is trainer.splits.validation:
            return next(losses), 0.5
        return evaluate(part)

    monkeypatch.setattr(trainer, "evaluate", scripted)
    stopped = trainer.train(table, 1, patience=3)
    assert (stopped.score, stopped.epochs) == (after_two, 5)
    assert trainer.train(table, 1, patience=None).score == after_five


def test_a_diverged_training_stops_and_says_when(trainer, monkeypatch):
    losses = iter([1.0] * 8 + [2.0, float("nan")])  # eight batches an epoch
    monkeypatch.setattr(
        trainer.model, "train_on_batch", lambda x, y, return_dict: {"loss": next(losses)}
    )
    with pytest.raises(InvalidProgram, match=r"diverged.* in epoch 2"):
        trainer.train([0.01] * 4, 1, None)


def test_epochs_differ_in_their_order_and_in_the_images_left_out(AutoLR, backend, monkeypatch):
    trainer = AutoLR(train_size=110, batch_size=50).trainer[1]
    batches = []
    monkeypatch.setattr(
        trainer.model,
        "train_on_batch",
        lambda x, y, return_dict: batches.append(x.tobytes()) or {"loss": 0.0},
    )
    trainer.train([0.1] * 2, 1, None)
    assert len(batches) == len(set(batches)) == 4
    assert all(len(batch) == 50 * 8 * 8 * 4 for batch in batches)


@pytest.mark.slow
def test_an_epoch_of_the_papers_training(fashion_mnist_directory, backend):
    problem = load_problem(
        AUTOLR, profile="paper-20-epochs", assignments=["options.epochs=1"]
    ).entry
    result = problem.evaluate("0.03541818181818182", seed=1)
    assert result["accuracy"] > 0.2
    assert result["epochs_trained"] == 1
