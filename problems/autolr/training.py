"""Training a network by a schedule, equal to the bit every time.

Keras trains it, on the backend that is installed. Nothing in a training depends on
what the process did before: the model is put back to its initial state (weights,
batch-normalisation statistics, the state of every random layer, optimizer), the order
of the images is drawn from the seed and the epoch, and one thread computes (with two,
TensorFlow's convolutions differ from run to run).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gegp.errors import InvalidProgram

from .prefixes import PrefixStore, Progress

if TYPE_CHECKING:
    import keras
    import numpy as np

    from .data import Part, Splits

EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Result:
    """What a training came to. Accuracies are between 0 and 1."""

    accuracy: float  # on the test part, with the final weights
    validation_accuracy: float  # the best of all epochs
    epochs: int  # until the early stop, or all
    trained: int  # those of them that no other training had done before


class Trainer:
    """One compiled model and its data, for the trainings of a process.

    Compiling costs more than many a training, so the model is made once and put back to
    the initial state of the seed before each training.
    """

    def __init__(
        self, build: Callable[[int], keras.Model], splits: Splits, batch_size: int
    ) -> None:
        import keras

        self._build = build
        self.splits = splits
        self._batch_size = batch_size
        self.model = build(0)
        leave_softmax_to_loss(self.model)
        self.model.compile(
            optimizer=keras.optimizers.SGD(learning_rate=0.0, momentum=0.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        self._initial: tuple[int, list[np.ndarray]] | None = None  # a seed and its values

    def train(
        self,
        table: Sequence[float],
        seed: int,
        patience: int | None,
        store: PrefixStore | None = None,
    ) -> Result:
        """Train by the schedule from the seed's initial weights.

        With a patience (of epochs without a lower validation loss) the training stops
        early and the weights of the best epoch are what the test part sees; with None
        all epochs are trained and the last weights count. With a store, what another
        training has in common with this one is not trained again.

        Raises InvalidProgram if the loss is not a finite number.
        """
        progress = (store.deepest(table, seed) if store else None) or Progress()
        begun = progress.epoch
        if not progress.failure:
            self._reset(seed, progress.variables)
        while not progress.failure and progress.epoch < len(table):
            if patience is not None and progress.epoch - progress.best_epoch >= patience:
                break
            self._go_on(progress, table[progress.epoch], seed, patience is not None)
            if store:
                progress.variables = [_value(variable) for variable in self.model.variables]
                store.save(table, seed, progress)
        if progress.failure:
            raise InvalidProgram(progress.failure)
        if progress.best_weights is not None:
            self.model.set_weights(progress.best_weights)
        accuracy = self.evaluate(self.splits.test)[1]
        return Result(
            accuracy, max(progress.accuracies), progress.epoch, trained=progress.epoch - begun
        )

    def _go_on(self, progress: Progress, rate: float, seed: int, keep_best: bool) -> None:
        """Train one more epoch, and note what came of it."""
        if keep_best and progress.best_weights is None:
            # So far the last epoch is the best one, and its weights are about to change.
            progress.best_weights = self.model.get_weights()
        progress.epoch += 1
        try:
            self._train_epoch(progress.epoch, rate, seed)
            loss, accuracy = self.evaluate(self.splits.validation)
            _require_finite(loss, progress.epoch)
        except InvalidProgram as diverged:
            progress.failure = str(diverged)
            return
        progress.accuracies.append(accuracy)
        if keep_best and loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, progress.epoch
            progress.best_weights = None

    def _train_epoch(self, epoch: int, rate: float, seed: int) -> None:
        """Every image once, in an order drawn for this epoch; what fills no batch is left out."""
        import numpy as np

        x, y = self.splits.train
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        self.model.optimizer.learning_rate = rate
        # Batch by batch, not by fit(): on a small network that costs 40 ms an epoch more
        # than the training itself.
        for start in range(0, len(x) - self._batch_size + 1, self._batch_size):
            batch = order[start : start + self._batch_size]
            loss = self.model.train_on_batch(x[batch], y[batch], return_dict=True)["loss"]
            _require_finite(loss, epoch)

    def evaluate(self, part: Part) -> tuple[float, float]:
        """Loss (the L2 penalties included) and accuracy of the model as it is."""
        loss, right = 0.0, 0
        for start in range(0, len(part.x), EVALUATION_BATCH):
            batch = slice(start, start + EVALUATION_BATCH)
            x, y = part.x[batch], part.y[batch]
            self.model.reset_metrics()  # not every release of Keras does it itself
            logs = self.model.test_on_batch(x, y, return_dict=True)
            loss += float(logs["loss"]) * len(x)
            right += round(float(logs["accuracy"]) * len(x))
        return loss / len(part.x), right / len(part.x)

    def _reset(self, seed: int, values: Sequence[np.ndarray] = ()) -> None:
        """Put every variable of model and optimizer to these values, or where the seed starts."""
        import keras

        if not values:
            if self._initial is None or self._initial[0] != seed:
                self._initial = seed, [_value(one) for one in self._build(seed).variables]
            values = self._initial[1]
        for variable, value in zip(self.model.variables, values, strict=True):
            variable.assign(value)
        # Learning rate and step counter are all that SGD without momentum has.
        for variable in self.model.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable.value))


def leave_softmax_to_loss(model: keras.Model) -> None:
    """Have the network give logits, in which the loss has a gradient everywhere.

    Keras clips probabilities before it takes their logarithm, so a network that is sure
    and wrong learns nothing from them. On TensorFlow it finds the logits behind a softmax
    by itself; on JAX a wide initialisation is then stuck at chance.
    """
    import keras

    last = model.layers[-1]
    if last.activation is keras.activations.softmax:
        last.activation = keras.activations.linear


def _require_finite(loss: float, epoch: int) -> None:
    if not math.isfinite(loss):
        raise InvalidProgram(f"the training diverged: the loss is not finite in epoch {epoch}")


def _value(variable: Any) -> np.ndarray:
    """A copy of a variable's value."""
    import keras
    import numpy as np

    return np.array(keras.ops.convert_to_numpy(variable))
