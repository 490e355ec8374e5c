"""Training a network by a schedule, equal to the bit every time.

Keras trains it, on the backend that is installed. Nothing in a training depends on
what the process did before: the model is put back to its initial state (weights,
batch-normalisation statistics, the state of every random layer, optimizer), the order
of the examples is drawn from the seed and the epoch, and one thread computes (with two,
TensorFlow's convolutions differ from run to run).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gegp.errors import InvalidProgram

from .prefixes import PrefixStore, Progress
from .recalibration import recalibrate

if TYPE_CHECKING:
    import keras
    import numpy as np

    from .parts import Part, Splits

EVALUATION_BATCH = 500
RECALIBRATION_BATCHES = 10

RestoreBest = Literal["always", "if stopped"]


@dataclass(frozen=True)
class Result:
    """What a training came to. Scores are accuracies, or another metric's values."""

    score: float  # on the test part, with the final weights
    validation_score: float  # the best of all epochs
    epochs: int  # until the early stop, or all
    trained: int  # those of them that no other training had done before


@dataclass(frozen=True)
class Conduct:
    """How trainings go, beside the schedule.

    ``restore_best``: when, with an early stop, the weights of the epoch with the lowest
    loss are what counts in the end. ``chance``: the accuracy of guessing; a training that
    is not above it for ``abort_at_chance`` epochs (0: never mind) ends.
    """

    batch_size: int
    restore_best: RestoreBest = "always"
    abort_at_chance: int = 0
    chance: float = 0.0
    recalibrate_batchnorm: bool = False
    maximise: bool = True
    data_on_device: bool = False  # training examples are moved there once, not batch by batch

    def stuck(self, progress: Progress) -> bool:
        """Whether the network has been at chance for too long."""
        last = progress.scores[-self.abort_at_chance :] if self.abort_at_chance else []
        return bool(last) and len(last) == self.abort_at_chance and max(last) <= self.chance

    def restores(self, progress: Progress, patience: int | None) -> bool:
        """Whether the best epoch's weights are put back at the end."""
        return progress.best_weights is not None and (
            self.restore_best == "always" or _stopped(progress, patience)
        )


class Trainer:
    """One compiled model and its data, for the trainings of a process.

    Compiling costs more than many a training, so the model is made once and put back to
    the initial state of the seed before each training. ``fresh`` gives the model of a seed
    before its training.
    """

    def __init__(
        self,
        model: keras.Model,
        fresh: Callable[[int], keras.Model],
        splits: Splits,
        conduct: Conduct,
    ) -> None:
        self.model = model
        self.splits = splits
        self.conduct = conduct
        self._fresh = fresh
        model.optimizer.build(model.trainable_variables)
        self._initial_optimizer = _fresh_optimizer_values(model)
        self._initial: tuple[int, list[np.ndarray]] | None = None  # a seed and its values
        self._train = _on_device(splits.train) if conduct.data_on_device else splits.train

    def warm_up(self) -> None:
        """Take one step of each kind: a backend compiles them when they are first asked for."""
        for x, y in self._batches(epoch=1, seed=0, most=1):
            self.model.train_on_batch(x, y, return_dict=True)
        for part in self.splits.validation, self.splits.test:
            self.evaluate(type(part)(*(examples[:EVALUATION_BATCH] for examples in part)))

    def train(
        self,
        table: Sequence[float],
        seed: int,
        patience: int | None,
        store: PrefixStore | None = None,
    ) -> Result:
        """Train by the schedule from the seed's initial weights, and test.

        With a patience (of epochs without a lower validation loss) the training stops
        early and the weights of the best epoch are what the test part sees; with None
        all epochs are trained and the last weights count. With a store, what another
        training has in common with this one is not trained again.

        Raises InvalidProgram if the loss is not a finite number.
        """
        progress, begun = self.run(table, seed, patience, store)
        if progress.failure:
            raise InvalidProgram(progress.failure)
        score = self.test(progress, patience)
        return Result(score, self.best_score(progress), progress.epoch, progress.epoch - begun)

    def run(
        self,
        table: Sequence[float],
        seed: int,
        patience: int | None,
        store: PrefixStore | None = None,
    ) -> tuple[Progress, int]:
        """Train as far as it goes; also the number of epochs that were known before."""
        progress = (store.deepest(table, seed) if store else None) or Progress()
        begun = progress.epoch
        if not progress.failure:
            self._reset(seed, progress.variables)
        while progress.epoch < len(table) and not self._ended(progress, patience):
            self._go_on(progress, table[progress.epoch], seed, patience is not None)
            if store:
                progress.variables = [_value(variable) for variable in self._variables]
                store.save(table, seed, progress)
        return progress, begun

    def test(self, progress: Progress, patience: int | None) -> float:
        """The score of a training that has come so far, on the test part."""
        if self.conduct.restores(progress, patience):
            self.model.set_weights(progress.best_weights)
        return self.evaluate(self.splits.test)[1]

    def best_score(self, progress: Progress) -> float:
        """The best of all epochs on the validation part."""
        return (max if self.conduct.maximise else min)(progress.scores)

    def evaluate(self, part: Part) -> tuple[float, float]:
        """Loss (the L2 penalties included) and accuracy of the model as it is."""
        loss, right = 0.0, 0
        for start in range(0, len(part.y), EVALUATION_BATCH):
            batch = slice(start, start + EVALUATION_BATCH)
            x, y = part.x[batch], part.y[batch]
            self.model.reset_metrics()  # not every release of Keras does it itself
            logs = self.model.test_on_batch(x, y, return_dict=True)
            loss += float(logs["loss"]) * len(x)
            right += round(float(logs["accuracy"]) * len(x))
        return loss / len(part.y), right / len(part.y)

    def _ended(self, progress: Progress, patience: int | None) -> bool:
        stopped = _stopped(progress, patience)
        return bool(progress.failure) or stopped or self.conduct.stuck(progress)

    def _go_on(self, progress: Progress, rate: float, seed: int, keep_best: bool) -> None:
        """Train one more epoch, and note what came of it."""
        if keep_best and progress.best_weights is None:
            # So far the last epoch is the best one, and its weights are about to change.
            progress.best_weights = self.model.get_weights()
        progress.epoch += 1
        try:
            self._train_epoch(progress.epoch, rate, seed)
            loss, score = self.evaluate(self.splits.validation)
            _require_finite(loss, progress.epoch)
        except InvalidProgram as diverged:
            progress.failure = str(diverged)
            return
        progress.scores.append(score)
        if keep_best and loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, progress.epoch
            progress.best_weights = None

    def _train_epoch(self, epoch: int, rate: float, seed: int) -> None:
        """Every example once, in an order drawn for this epoch."""
        self.model.optimizer.learning_rate = rate
        # Batch by batch, not by fit(): on a small network that costs 40 ms an epoch more
        # than the training itself.
        for x, y in self._batches(epoch, seed):
            loss = self.model.train_on_batch(x, y, return_dict=True)["loss"]
            _require_finite(loss, epoch)
        if self.conduct.recalibrate_batchnorm:
            first = (x for x, _ in self._batches(epoch, seed, most=RECALIBRATION_BATCHES))
            recalibrate(self.model, first)

    def _batches(self, epoch: int, seed: int, most: int | None = None) -> Iterator[Any]:
        """The batches of an epoch; what fills none is left out."""
        import numpy as np

        x, y = self._train
        size = self.conduct.batch_size
        order = np.random.default_rng([seed, epoch]).permutation(len(y))
        for start in range(0, len(y) - size + 1, size)[:most]:
            batch = order[start : start + size]
            yield _taken(x, batch), _taken(y, batch)

    @property
    def _variables(self) -> list[Any]:
        """All that a training changes."""
        return [*self.model.variables, *self.model.optimizer.variables]

    def _reset(self, seed: int, values: Sequence[np.ndarray] = ()) -> None:
        """Put every variable of model and optimizer to these values, or where the seed starts."""
        if not values:
            if self._initial is None or self._initial[0] != seed:
                self._initial = seed, [_value(one) for one in self._fresh(seed).variables]
            values = [*self._initial[1], *self._initial_optimizer]
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)


def _stopped(progress: Progress, patience: int | None) -> bool:
    """Whether the early stop has come."""
    return patience is not None and progress.epoch - progress.best_epoch >= patience


def _on_device(part: Part) -> tuple[Any, Any]:
    import keras

    return keras.ops.convert_to_tensor(part.x), keras.ops.convert_to_tensor(part.y)


def _taken(examples: Any, indices: np.ndarray) -> Any:
    """Some of the examples, from where they are."""
    import keras
    import numpy as np

    if isinstance(examples, np.ndarray):
        return examples[indices]
    return keras.ops.take(examples, indices, axis=0)


def _fresh_optimizer_values(model: keras.Model) -> list[np.ndarray]:
    """The values of the optimizer's variables before its first step."""
    made = type(model.optimizer).from_config(model.optimizer.get_config())
    made.build(model.trainable_variables)
    return [_value(variable) for variable in made.variables]


def _require_finite(loss: float, epoch: int) -> None:
    if not math.isfinite(loss):
        raise InvalidProgram(f"the training diverged: the loss is not finite in epoch {epoch}")


def _value(variable: Any) -> np.ndarray:
    """A copy of a variable's value."""
    import keras
    import numpy as np

    return np.array(keras.ops.convert_to_numpy(variable))
