"""AutoLR: the evolution of learning-rate policies.

A candidate is a policy; its fitness is the accuracy that a fixed network reaches when
it is trained by the policy (Carvalho, Lourenço, Assunção and Machado, GECCO 2020).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from gegp.errors import MissingPackage, SettingsError

from .assessment import Assessor
from .backends import Device, find_backend, prepare_backend
from .baselines import Recipe, baselines, published
from .data import AVAILABLE, SHAPES, Dataset, find_fashion_mnist, load_splits
from .network import Network, build, load_weights
from .policy import Precision, schedule
from .prefixes import PrefixStore
from .training import Trainer

CLASSES = 10


@dataclass(frozen=True)
class AutoLR:
    """The options, and what can be done with a policy under them."""

    dataset: Dataset = "digits"
    data_dir: str = ""  # where Fashion-MNIST lies; "" looks in the usual places
    train_size: int = 400
    validation_size: int = 300
    test_size: int = 1000  # images for the fitness, all from the data set's training images
    split_seed: int = 0

    network: Network = "small"
    initial_weights: str = (
        ""  # a file of Keras' model.save_weights; "" draws fresh ones by the seed
    )
    batch_size: int = 50  # images that fill no batch are left out, others in each epoch
    augment: bool = False  # random rotation, shift and flip of the training images
    epochs: int = 20
    early_stop: bool = False  # on the validation loss; the best epoch's weights count
    patience: int = 3  # epochs without a lower loss

    first_epoch: Literal[0, 1] = 1  # how the policy counts epochs
    initial_rate: float = 0.01  # the learning rate before the first epoch
    rate_precision: Precision = "exact"

    share_prefixes: bool = True  # train what schedules have in common once
    snapshot_space: int = 2000  # megabytes on disk for that, during a run

    threads: int = 1  # more than one: faster on a big network, but not repeatable
    device: Device = "auto"

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

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience", "threads", "snapshot_space"):
            if getattr(self, name) < 1:
                raise SettingsError(f"options.{name} = {getattr(self, name)}: expected at least 1")
        for name in ("train_size", "validation_size", "test_size"):
            if getattr(self, name) < CLASSES:
                raise SettingsError(
                    f"options.{name} = {getattr(self, name)}: expected at least {CLASSES}, "
                    "one image a class"
                )
        if not 0 <= self.initial_rate < float("inf"):
            raise SettingsError(
                f"options.initial_rate = {self.initial_rate}: expected a finite number >= 0"
            )

    def check(self) -> None:
        """Raise MissingPackage or SettingsError if no candidate could be evaluated.

        Imports nothing heavy. Fashion-MNIST may still have to be downloaded.
        """
        self._check_sizes()
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

    def evaluate(self, phenotype: str, seed: int, scratch: Path | None = None) -> dict[str, Any]:
        """Train by the policy; the fitness is the accuracy on the test part.

        The seed decides initial weights, dropout, augmentation and the order of the
        images: candidates with the same seed differ in their learning rates alone.
        What they have in common is trained once, and kept in the scratch directory.
        """
        table = self.schedule(phenotype)
        device, trainer = self.trainer
        result = trainer.train(
            table, seed, self.patience if self.early_stop else None, self._store(scratch)
        )
        return {
            "accuracy": result.accuracy,
            "validation_accuracy": result.validation_accuracy,
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
        """What policies are compared with; the first is the paper's baseline."""
        return baselines(self.epochs)

    @property
    def published(self) -> dict[str, Any]:
        """The paper's Table 3."""
        return published(self.dataset, self.network)

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

    def _store(self, scratch: Path | None) -> PrefixStore | None:
        """What is known of trainings in a scratch directory; one store a process."""
        if not self.share_prefixes or scratch is None:
            return None
        stores = self.__dict__.setdefault("_stores", {})
        if scratch not in stores:
            irrelevant = {"share_prefixes": False, "snapshot_space": 1, "epochs": 1}
            context = f"{replace(self, **irrelevant)!r} {self.trainer[0]}"
            stores[scratch] = PrefixStore(scratch, context, self.snapshot_space * 1_000_000)
        store: PrefixStore = stores[scratch]
        return store

    def _check_sizes(self) -> None:
        """Raise SettingsError if a search cannot have the parts that it asks for.

        Not asked when the options are made: the data of an assessment are others.
        """
        if sum(self._sizes) > AVAILABLE[self.dataset]:
            raise SettingsError(
                f"options: train_size + validation_size + test_size = {sum(self._sizes)}, "
                f"but a search may draw from {AVAILABLE[self.dataset]:,} images of {self.dataset}"
            )
        if self.batch_size > self.train_size:
            raise SettingsError(
                f"options.batch_size = {self.batch_size}: expected at most train_size = "
                f"{self.train_size}; there would be no whole batch"
            )

    def fresh_model(self, seed: int) -> Any:
        """The network before its training: fresh weights of the seed, or those of a file."""
        model = build(self.network, SHAPES[self.dataset], CLASSES, seed, self.augment)
        if self.initial_weights:
            load_weights(model, Path(self.initial_weights).expanduser())
        return model

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return self.train_size, self.validation_size, self.test_size

    @cached_property
    def trainer(self) -> tuple[str, Trainer]:
        """What the backend runs on, and the trainer: made once a process."""
        self._check_sizes()
        device = prepare_backend(self.threads, self.device)
        splits = load_splits(self.dataset, self.data_dir, self._sizes, self.split_seed)
        return device, Trainer(self.fresh_model, splits, self.batch_size)
