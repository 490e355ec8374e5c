"""Trainings for an assessment: more data than a search has, and images held out for the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gegp.errors import InvalidProgram

from .backends import memory_errors, prepare_backend
from .baselines import Recipe
from .data import load_assessment
from .trainers import make_trainer

if TYPE_CHECKING:
    from .prefixes import Progress
    from .problem import AutoLR
    from .training import Trainer


class Assessor:
    """The data of an assessment, and a trainer for each optimizer that is asked for."""

    def __init__(self, problem: AutoLR) -> None:
        problem.check_packages()
        self.device = prepare_backend(problem.threads, problem.device)
        self.splits = load_assessment(
            problem.dataset, problem.data_dir, problem.split_seed, problem.assessment_size
        )
        problem.require_batch(len(self.splits.train.y))
        self._problem = problem
        self._trainers: dict[str, Trainer] = {}

    def assess(self, recipe: Recipe, seed: int) -> dict[str, Any]:
        """Score and epochs by split; the best score of all epochs for validation.

        A training that diverges leaves a network that knows nothing: the test accuracy
        is that of guessing. ``failed`` then says why. What guessing comes to by another
        metric nobody knows: then InvalidProgram is raised.
        """
        patience = self._problem.patience if self._problem.early_stop else None
        with memory_errors():
            trainer = self.trainer(recipe.optimizer)
            progress, _ = trainer.run(recipe.table, seed, patience)
            if progress.failure:
                return self._diverged(progress)
            test = trainer.test(progress, patience)
        return self._by_split(trainer.best_score(progress), test, progress.epoch)

    def trainer(self, optimizer: str = "") -> Trainer:
        """The trainer with an optimizer of Keras', or with what the options say."""
        if optimizer not in self._trainers:
            self._trainers[optimizer] = make_trainer(
                self._problem, self.splits, self.device, optimizer
            )
        return self._trainers[optimizer]

    def _diverged(self, progress: Progress) -> dict[str, Any]:
        if self._problem.objective != "max accuracy":
            raise InvalidProgram(progress.failure)
        chance = 1 / len(set(self.splits.test.y.tolist()))
        best = max(progress.scores, default=chance)
        return self._by_split(best, chance, len(progress.scores)) | {
            "failed": f"{progress.failure}; the test counts as guessing"
        }

    def _by_split(self, validation: float, test: float, epochs: int) -> dict[str, Any]:
        metric = self._problem.metric
        return {
            "validation": {metric: validation, "epochs": epochs},
            "test": {metric: test, "epochs": epochs},
        }
