"""How long an epoch takes: gegp's trainer against Keras' fit() with its legacy generator.

The command is in autolr_gpu.py. All variants train in one process, with the same number of
threads, in interleaved rounds: each variant once, then each again. A round trains for one
epoch and then for some more; the difference, divided by the number more, is an epoch with
its validation, without what a training costs once. Every measurement is a line of
``epochs.jsonl``: those that are there, from the same kind of machine, are not made again.
"""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autolr_machine import machine

from gegp import load_problem
from gegp.errors import SettingsError
from gegp.tables import Table

LEGACY = "fit() with the legacy generator"
VARIANTS: Mapping[str, Sequence[str]] = {
    "gegp, no augmentation": ("options.augment=false",),
    "gegp, augmented": ("options.augment=true",),
    "gegp, augmented, mixed precision": ("options.augment=true", "options.mixed_precision=true"),
}
SIZES = {7_000: (1_500, 1_500), 53_000: (3_500, 3_500)}  # images for validation and test
SMALL_SIZES = {500: (100, 100)}
SMALL = ("options.network=narrow", "options.batch_size=100")
SECONDS = 2.0  # how long the epochs of a round should take, at least
LONG = 10.0  # an epoch of so many seconds is measured by one
FEWEST_EPOCHS, MOST_EPOCHS = 4, 30

Training = Callable[[int], object]
"""Trains from the start for a number of epochs."""


@dataclass(frozen=True)
class Benchmark:
    """What is measured: every variant at each number of images, in so many rounds."""

    directory: Path
    sizes: Mapping[int, tuple[int, int]]
    rounds: int
    assignments: Sequence[str]

    def run(self, deadline: float) -> bool:
        """Measure until all is done or the time is over; whether all is done."""
        done = {(one["images"], one["variant"], one["round"]) for one in self.lines()}
        trainings = Trainings(self.sizes, self.assignments)
        for images, variant, number in self._measurements():
            if (images, variant, number) in done:
                continue
            if time.monotonic() > deadline:
                return False
            training = trainings.find(images, variant)
            if training:
                line = {"images": images, "variant": variant, "round": number}
                line |= {**measure(training), **memory(), **self.setting}
                print(f"{images:,} images, {variant}: {line['seconds']:.3f} s", flush=True)
                with self.file.open("a") as file:
                    file.write(json.dumps(line) + "\n")
        return True

    @property
    def file(self) -> Path:
        """One measurement a line."""
        return self.directory / "epochs.jsonl"

    @cached_property
    def setting(self) -> dict[str, Any]:
        """What measurements must have in common to stand in one table."""
        return {"machine": machine(), "assignments": list(self.assignments)}

    def lines(self) -> list[dict[str, Any]]:
        """The measurements that are there with this setting; a torn line is none."""
        found = []
        for line in self.file.read_text().splitlines() if self.file.exists() else ():
            with suppress(ValueError):
                found.append(json.loads(line))
        return [one for one in found if all(one[name] == x for name, x in self.setting.items())]

    def table(self) -> Table:
        """Medians and ratios."""
        lines = self.lines()
        rows = []
        for images in self.sizes:
            here = [one for one in lines if one["images"] == images]
            seconds = {
                variant: [one["seconds"] for one in here if one["variant"] == variant]
                for variant in (LEGACY, *VARIANTS)
            }
            medians = {name: statistics.median(found) for name, found in seconds.items() if found}
            for name, median in medians.items():
                spread = f"{min(seconds[name]):.3f}–{max(seconds[name]):.3f}"
                faster = f"{medians[LEGACY] / median:.2f}" if LEGACY in medians else "–"
                rows.append(
                    [name, f"{images:,}", f"{median:.3f}", spread, str(len(seconds[name])), faster]
                )
        headings = ["variant", "images", "s an epoch", "range", "rounds", "times as fast"]
        return Table(headings, rows, notes=list(_notes(lines)))

    def _measurements(self) -> Iterator[tuple[int, str, int]]:
        for images in self.sizes:
            for number in range(1, self.rounds + 1):
                for variant in (LEGACY, *VARIANTS):
                    yield images, variant, number


class Trainings:
    """The trainings of a process by number of images and variant, made when they are asked for."""

    def __init__(self, sizes: Mapping[int, tuple[int, int]], assignments: Sequence[str]) -> None:
        self._sizes = sizes
        self._assignments = assignments
        self._made: dict[tuple[int, str], Training | None] = {}

    def find(self, images: int, variant: str) -> Training | None:
        """The training, warmed up; None if this gegp has not got such an option."""
        place = images, variant
        if place not in self._made:
            try:
                training = self._make(images, variant)
            except SettingsError as error:
                print(f"{variant} is left out: {error}", flush=True)
                training = None
            # What is compiled is compiled here, and the first training after it is slow too.
            if training and _seconds(training, 1) < LONG:
                training(1)
            self._made[place] = training
        return self._made[place]

    def _make(self, images: int, variant: str) -> Training:
        if variant == LEGACY:
            entry = self._entry(images, "options.augment=false")
            sizes = images, self._sizes[images][0]
            return legacy_training(entry.trainer[1].model, sizes, entry.batch_size)
        _, trainer = self._entry(images, *VARIANTS[variant]).trainer
        return lambda epochs: trainer.train((0.01,) * epochs, 1, None)

    def _entry(self, images: int, *assignments: str) -> Any:
        parts = zip(("train", "validation", "test"), (images, *self._sizes[images]), strict=True)
        sizes = [f"options.{name}_size={size}" for name, size in parts]
        assignments = (*sizes, *self._assignments, *assignments)
        return load_problem("autolr", profile="paper-20-epochs", assignments=assignments).entry


def legacy_training(network: Any, sizes: Sequence[int], batch_size: int) -> Training:
    """What a user of Keras' legacy preprocessing writes, for a copy of a network.

    ``sizes`` are the numbers of images for training and validation. How long it takes does
    not depend on what they show: they are noise.
    """
    import keras
    import numpy as np
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    model = keras.models.clone_model(network)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, metrics=["accuracy"])
    random = np.random.default_rng(1)
    shape = network.input_shape[1:]
    x, held = (random.random((n, *shape), np.float32) for n in sizes)
    y, classes = (random.integers(10, size=n) for n in sizes)
    generator = ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.2,
        height_shift_range=0.2,
        horizontal_flip=True,
        featurewise_center=True,
        featurewise_std_normalization=True,
        fill_mode="nearest",
    )
    generator.fit(x)
    held = generator.standardize(held)

    def train(epochs: int) -> object:
        flow = generator.flow(x, y, batch_size=batch_size, seed=1)
        return model.fit(flow, epochs=epochs, validation_data=(held, classes), verbose=0)

    return train


def measure(training: Training) -> dict[str, Any]:
    """The seconds of an epoch, and over how many they were measured."""
    one = _seconds(training, 1)
    fewest = FEWEST_EPOCHS if one < LONG else 1
    more = max(fewest, min(MOST_EPOCHS, round(SECONDS / one)))
    return {"seconds": (_seconds(training, 1 + more) - one) / more, "epochs": more}


def memory() -> dict[str, float]:
    """The most that this process has held so far, in megabytes: all variants together."""
    import keras

    found = {"peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}
    if keras.config.backend() == "jax":
        import jax

        statistics_ = jax.devices()[0].memory_stats() or {}
        return found | {"peak_device_megabytes": statistics_.get("peak_bytes_in_use", 0) / 1e6}
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.get_visible_devices("GPU")[:1]:
            name = gpu.name.removeprefix("/physical_device:")
            peak = tf.config.experimental.get_memory_info(name)["peak"]
            return found | {"peak_device_megabytes": peak / 1e6}
    return found


def _seconds(training: Training, epochs: int) -> float:
    start = time.perf_counter()
    training(epochs)
    return time.perf_counter() - start


def _notes(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not lines:
        return
    here = lines[-1]["machine"]
    yield f"{here['cpu']}, {here['cores']} cores; GPUs: {', '.join(here['gpus']) or 'none'}"
    yield ", ".join(f"{name} {number}" for name, number in here["versions"].items())
    yield f"backend {here['backend']}; {' '.join(lines[-1]['assignments'])}"
    for name, what in (("peak_megabytes", "process"), ("peak_device_megabytes", "device")):
        peak = max((one.get(name, 0) for one in lines), default=0)
        if peak:
            yield f"peak memory of the {what}, all variants together: {peak:,.0f} MB"
