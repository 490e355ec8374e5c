"""Trainings for an assessment: more data than a search has, and images held out for the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gegp.errors import InvalidProgram, SettingsError

from .backends import prepare_backend
from .baselines import Optimizer, Recipe
from .data import load_assessment
from .training import Result, Trainer

if TYPE_CHECKING:
    from .data import Part, Splits
    from .problem import AutoLR

CHANCE = 0.1  # the accuracy of guessing one of ten classes


class Assessor:
    """The data of an assessment, and a trainer for each optimizer that is asked for."""

    def __init__(self, problem: AutoLR) -> None:
        problem.check_packages()
        self.device = prepare_backend(problem.threads, problem.device)
        self.splits = load_assessment(problem.dataset, problem.data_dir, problem.split_seed)
        if problem.batch_size > len(self.splits.train.x):
            raise SettingsError(
                f"options.batch_size = {problem.batch_size}: an assessment trains on "
                f"{len(self.splits.train.x):,} images; there would be no whole batch"
            )
        self._problem = problem
        self._trainers: dict[Optimizer, AssessmentTrainer] = {}

    def assess(self, recipe: Recipe, seed: int) -> dict[str, Any]:
        """Accuracy and epochs by split; the best accuracy of all epochs for validation.

        A training that diverges leaves a network that knows nothing: the test accuracy
        is that of guessing. ``failed`` then says why.
        """
        trainer = self._trainer(recipe.optimizer)
        problem = self._problem
        patience = problem.patience if problem.early_stop else None
        try:
            result = trainer.train(recipe.table, seed, patience)
        except InvalidProgram as diverged:
            seen = trainer.accuracies
            return _by_split(max(seen, default=CHANCE), CHANCE, len(seen)) | {
                "failed": f"{diverged}; the test counts as guessing"
            }
        return _by_split(result.validation_accuracy, result.accuracy, result.epochs)

    def _trainer(self, optimizer: Optimizer) -> AssessmentTrainer:
        if optimizer not in self._trainers:
            self._trainers[optimizer] = AssessmentTrainer(self._problem, self.splits, optimizer)
        return self._trainers[optimizer]


class AssessmentTrainer(Trainer):
    """A trainer with any optimizer that remembers how far its last training came."""

    def __init__(self, problem: AutoLR, splits: Splits, optimizer: Optimizer) -> None:
        import keras

        super().__init__(problem.fresh_model, splits, problem.batch_size)
        self.accuracies: list[float] = []
        if optimizer != "sgd":
            self.model.compile(
                optimizer=keras.optimizers.get(optimizer),
                loss=self.model.loss,
                metrics=["accuracy"],
            )

    def train(self, *arguments: Any) -> Result:
        """As any trainer does."""
        self.accuracies = []
        return super().train(*arguments)

    def evaluate(self, part: Part) -> tuple[float, float]:
        """As any trainer does; validation accuracies are remembered."""
        loss, accuracy = super().evaluate(part)
        if part is self.splits.validation:
            self.accuracies.append(accuracy)
        return loss, accuracy


def _by_split(validation: float, test: float, epochs: int) -> dict[str, Any]:
    return {
        "validation": {"accuracy": validation, "epochs": epochs},
        "test": {"accuracy": test, "epochs": epochs},
    }
