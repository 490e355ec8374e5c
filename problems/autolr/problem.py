"""AutoLR: the evolution of learning-rate policies.

A candidate is a policy; its fitness is the accuracy that a fixed network reaches when
it is trained by the policy (Carvalho, Lourenço, Assunção and Machado, GECCO 2020).
"""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from gegp.errors import MissingPackage, SettingsError

from .assessment import Assessor
from .backends import find_backend, memory_errors, prepare_backend
from .baselines import Recipe, baselines, published
from .data import AVAILABLE, load_splits
from .fashion import find_fashion_mnist
from .network import NETWORKS
from .options import Options
from .own import digest
from .policy import schedule
from .prefixes import PrefixStore
from .trainers import make_trainer
from .training import Trainer

# Options that change no training by given rates.
_INDIFFERENT = {
    "data_dir": "",
    "assessment_size": 0,
    "epochs": 1,
    "first_epoch": 1,
    "initial_rate": 0.0,
    "rate_precision": "exact",
    "share_prefixes": False,
    "snapshot_space": 1,
}


@dataclass(frozen=True)
class AutoLR(Options):
    """The options, and what can be done with a policy under them."""

    formats: ClassVar[tuple[str, ...]] = (
        "python",
        "json",
        "simplified",
        "keras",
        "pytorch",
        "optax",
    )

    scenarios: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "1": {"epochs": 100, "early_stop": True, "patience": 3},
        "2": {"epochs": 20, "early_stop": False, "patience": 3},
        "3": {"epochs": 100, "early_stop": False, "patience": 3},
    }

    @property
    def objectives(self) -> tuple[str, ...]:
        """What is measured, and which way it is better."""
        return (self.objective,)

    def check(self) -> None:
        """Raise MissingPackage or SettingsError if no candidate could be evaluated.

        Imports nothing heavy. Fashion-MNIST may still have to be downloaded.
        """
        self.require_sizes()
        self.check_packages()

    def check_packages(self) -> None:
        """Raise MissingPackage or SettingsError if no network can be trained here."""
        backend = find_backend()
        if not importlib.util.find_spec("sklearn"):
            extra = "jax" if backend == "jax" else "tensorflow"
            raise MissingPackage(f'scikit-learn is not installed: pip install "gegp[{extra}]"')
        if self.dataset == "fashion-mnist":
            find_fashion_mnist(self.data_dir)
        if self.initial_weights and not Path(self.initial_weights).expanduser().is_file():
            raise SettingsError(
                f"options.initial_weights: {self.initial_weights} is no file; expected one that "
                "Keras' model.save_weights has written (.weights.h5)"
            )

    def schedule(self, phenotype: str) -> tuple[float, ...]:
        """The learning rate of every epoch."""
        return schedule(
            phenotype,
            self.epochs,
            first_epoch=self.first_epoch,
            initial_rate=self.initial_rate,
            precision=self.rate_precision,
        )

    # Policies that agree in every epoch are the same candidate.
    key = schedule

    def context(self) -> str:
        """What a training depends on, beside the rates and the seed."""
        backend = find_backend()
        references = (self.network, self.dataset, self.initial_weights, self.loss, self.optimizer)
        files = [digest(reference) for reference in references]
        versions = [version(name) for name in ("keras", "numpy", "scikit-learn")]
        machine = platform.machine()
        return f"{replace(self, **_INDIFFERENT)!r} {files} {backend} {versions} {machine}"

    def prepare(self) -> None:
        """Import the backend, read the data, and compile, before a candidate's time is taken.

        What goes wrong here goes wrong in an evaluation too, which then says so.
        """
        _, trainer = self.trainer
        trainer.warm_up()

    def evaluate(self, phenotype: str, seed: int, scratch: Path | None = None) -> dict[str, Any]:
        """Train by the policy; the fitness is the accuracy, or other metric, on the test part.

        The seed decides initial weights, dropout, augmentation and the order of the
        images: candidates with the same seed differ in their learning rates alone.
        What they have in common is trained once, and kept in the scratch directory.
        """
        table = self.schedule(phenotype)
        patience = self.patience if self.early_stop else None
        with memory_errors():
            device, trainer = self.trainer  # network and data may be too much already
            result = trainer.train(table, seed, patience, self._store(scratch))
        return {
            self.metric: result.score,
            f"validation_{self.metric}": result.validation_score,
            "epochs_asked": result.epochs,
            "epochs_trained": result.trained,
            "device": device,
        }

    def assess(self, candidate: str | Recipe, *, scenario: str, seed: int) -> dict[str, Any]:
        """Train as Table 2 of the paper says, and test on the images held out.

        The options are those of the scenario already. The candidate is a policy or one
        of the baselines. Raises InvalidProgram if a policy's rates are none.
        """
        recipe = Recipe(self.schedule(candidate)) if isinstance(candidate, str) else candidate
        return self.assessor.assess(recipe, seed)

    def baselines(self) -> dict[str, Recipe]:
        """What policies are compared with; the first is the rate that never changes."""
        return baselines(self.epochs, self.initial_rate)

    @property
    def published(self) -> dict[str, Any]:
        """The paper's Table 3; nothing beside what is the user's own."""
        own = self.network not in NETWORKS or self.dataset not in AVAILABLE
        return {} if own else published(self.dataset, self.network)

    @cached_property
    def assessor(self) -> Assessor:
        """The trainers of an assessment, made once a process."""
        return Assessor(self)

    def export(self, phenotype: str, format: str) -> str:
        """The policy for use elsewhere: simplified, as JSON, or as a module (see export.py)."""
        from .export import EXPORTS

        return EXPORTS[format](self, phenotype)

    def describe(self, phenotype: str) -> str:
        """The policy for a reader, and its schedule drawn in text."""
        from .drawing import draw
        from .simplify import policy_text

        text = policy_text(phenotype, self.first_epoch)
        return f"{text}\n\n{draw(self.schedule(phenotype), self.first_epoch)}"

    def plot(self, phenotype: str, path: str | Path) -> None:
        """The schedule as a picture (PNG, or what the path's ending says)."""
        from .drawing import plot

        plot(self.schedule(phenotype), self.first_epoch, path)

    def figures(self, phenotype: str) -> list[dict[str, Any]]:
        """The schedule over the epochs, baselines in grey: Figures 7 and 8 of the paper."""
        epochs = list(range(self.first_epoch, self.first_epoch + self.epochs))
        others = {
            name: recipe.table
            for name, recipe in self.baselines().items()
            if not recipe.optimizer and name != "policy B"
        }
        return [
            {
                "title": "Schedule",
                "x_label": "epoch",
                "y_label": "learning rate",
                "steps": True,
                "series": [
                    *(
                        {"name": name, "x": epochs, "y": rates, "style": "grey"}
                        for name, rates in others.items()
                    ),
                    {"name": "policy", "x": epochs, "y": self.schedule(phenotype)},
                ],
                "caption": "In grey, the schedules that policies are compared with.",
            }
        ]

    @cached_property
    def trainer(self) -> tuple[str, Trainer]:
        """What the backend runs on, and the trainer: made once a process."""
        self.require_sizes()
        device = prepare_backend(self.threads, self.device)
        splits = load_splits(self.dataset, self.data_dir, self.sizes, self.split_seed)
        self.require_batch(len(splits.train.y))
        return device, make_trainer(self, splits, device)

    def _store(self, scratch: Path | None) -> PrefixStore | None:
        """What is known of trainings in a scratch directory; one store a process."""
        if not self.share_prefixes or scratch is None:
            return None
        stores = self.__dict__.setdefault("_stores", {})
        if scratch not in stores:
            context = f"{self.context()} {self.trainer[0]}"
            stores[scratch] = PrefixStore(scratch, context, self.snapshot_space * 1_000_000)
        store: PrefixStore = stores[scratch]
        return store
