"""The options of AutoLR, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gegp.errors import SettingsError

from .backends import Device
from .data import AVAILABLE, resolved_sizes
from .network import NETWORKS
from .own import require_own
from .policy import Precision
from .training import RestoreBest

FEWEST = 10
AT_LEAST_1 = ("epochs", "batch_size", "patience", "threads", "snapshot_space")
AT_LEAST_0 = ("abort_at_chance", "assessment_size")


@dataclass(frozen=True)
class Options:
    """What ``[options]`` may set. README.md says what each does."""

    dataset: str = "digits"
    data_dir: str = ""  # where Fashion-MNIST lies; "" looks in the usual places
    train_size: int = 400
    validation_size: int = 300
    test_size: int = 1000  # for the fitness, all from the data set's training part
    split_seed: int = 0
    assessment_size: int = 0  # for training and validation of an assessment; 0: Table 2

    network: str = "small"
    initial_weights: str = ""  # a file of Keras' model.save_weights; "": fresh ones
    loss: str = ""
    optimizer: str = ""
    objective: str = "max accuracy"
    batch_size: int = 50  # examples that fill no batch are left out, others in each epoch
    augment: bool = False  # random rotation, shift and flip of the training images
    mixed_precision: bool = False
    recalibrate_batchnorm: bool = False
    epochs: int = 20
    early_stop: bool = False  # on the validation loss
    patience: int = 3  # epochs without a lower loss
    restore_best: RestoreBest = "always"
    abort_at_chance: int = 0  # epochs

    first_epoch: Literal[0, 1] = 1  # how the policy counts epochs
    initial_rate: float = 0.01  # the learning rate before the first epoch
    rate_precision: Precision = "exact"

    share_prefixes: bool = True  # train what schedules have in common once
    snapshot_space: int = 2000  # megabytes on disk for that, during a run

    threads: int = 1  # more than one: faster on a big network, but not repeatable
    device: Device = "auto"

    def __post_init__(self) -> None:
        for bound, names in (1, AT_LEAST_1), (0, AT_LEAST_0):
            for name in names:
                if getattr(self, name) < bound:
                    raise SettingsError(
                        f"options.{name} = {getattr(self, name)}: expected at least {bound}"
                    )
        for name in ("train_size", "validation_size", "test_size"):
            self._require_size(name)
        if not 0 <= self.initial_rate < float("inf"):
            raise SettingsError(
                f"options.initial_rate = {self.initial_rate}: expected a finite number >= 0"
            )
        if not re.fullmatch(r"(max|min) \w+", self.objective):
            raise SettingsError(
                f"options.objective = {self.objective!r}: expected 'max METRIC' or 'min METRIC'"
            )
        self._require_shipped_or_own()

    @property
    def metric(self) -> str:
        """The name of what is measured, as Keras has it."""
        return self.objective.split()[1]

    @property
    def maximise(self) -> bool:
        """Whether more of it is better."""
        return self.objective.startswith("max")

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Of training, validation and test part."""
        return self.train_size, self.validation_size, self.test_size

    def require_sizes(self) -> None:
        """Raise SettingsError if a search cannot have the parts that it asks for.

        Not asked when the options are made: the data of an assessment are others. How
        much own data there is shows when they are read.
        """
        if self.dataset in AVAILABLE:
            train, *_ = resolved_sizes(self.dataset, self.sizes, AVAILABLE[self.dataset])
            self.require_batch(train)

    def require_batch(self, examples: int) -> None:
        """Raise SettingsError if so many training examples fill no batch."""
        if self.batch_size > examples:
            raise SettingsError(
                f"options.batch_size = {self.batch_size}: expected at most {examples:,}, which is "
                "how many examples there are to train on; there would be no whole batch"
            )

    def _require_size(self, name: str) -> None:
        size = getattr(self, name)
        if size and size < FEWEST:
            raise SettingsError(
                f"options.{name} = {size}: expected at least {FEWEST}, one image a class (or 0, "
                "for a share of what there is)"
            )

    def _require_shipped_or_own(self) -> None:
        if self.dataset not in AVAILABLE:
            require_own("dataset", self.dataset, ".npz", tuple(AVAILABLE))
        for name in "loss", "optimizer":
            if ":" in getattr(self, name):
                require_own(name, getattr(self, name), "")
        if self.network in NETWORKS:
            return
        require_own("network", self.network, ".keras", tuple(NETWORKS))
        for name in "augment", "mixed_precision":
            if getattr(self, name):
                raise SettingsError(
                    f"options.{name} is for the shipped networks: "
                    f"build it into {self.network} instead"
                )
