"""The networks that the policies train."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gegp.errors import GegpError

from .augmentation import random_affine

if TYPE_CHECKING:
    import keras

Shipped = Literal["small", "narrow", "paper"]


def build(
    name: Shipped,
    input_shape: tuple[int, int, int],
    classes: int,
    seed: int,
    augment: bool,
    mixed_precision: bool = False,
) -> keras.Model:
    """A network with fresh weights: images in, the probabilities of the classes out.

    Every layer that draws has a seed of its own, made from ``seed``, so the same seed
    gives the same initial weights, dropout and augmentation (on one backend). With mixed
    precision layers compute in bfloat16; weights, augmentation and output stay float32.
    """
    import keras

    seeds = _seeds(seed)
    images = keras.Input(input_shape)
    # The seeds of the augmentation come first whether it is used or not: initial weights
    # do not depend on it.
    augmentation = random_affine(next(seeds), next(seeds), next(seeds))
    with _computing_in("mixed_bfloat16" if mixed_precision else "float32"):
        layers = NETWORKS[name](classes, seeds)
    hidden = images
    for layer in [*([augmentation] if augment else []), *layers]:
        hidden = layer(hidden)
    return keras.Model(images, hidden, name=name)


@contextmanager
def _computing_in(policy: str) -> Iterator[None]:
    """Layers made meanwhile have this policy of Keras."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def load_weights(model: keras.Model, path: Path) -> None:
    """Give a network the weights of a file that Keras' ``model.save_weights`` has written.

    Raises GegpError if the file cannot be read or is of another network.
    """
    try:
        model.load_weights(path)
    except Exception as error:  # whatever HDF5 and Keras find wrong with it
        reason = str(error).strip().split("\n")[0]
        raise GegpError(
            f"{path} does not hold weights for the network {model.name!r}: {reason}"
        ) from None


def _seeds(seed: int) -> Iterator[int]:
    import numpy as np

    generator = np.random.default_rng(seed)
    while True:
        yield int(generator.integers(2**31))


def _paper(classes: int, seeds: Iterator[int], width: float = 1.0) -> list[Any]:
    """The paper's network (its Figure 5), which DENSER evolved for CIFAR-10.

    He initialisation and an L2 penalty of 5e-4 on the kernel of every layer, the last
    one included. With 32×32×3 images and 10 classes it has 9,086,518 parameters.
    ``width`` is the share of filters and units that each layer has.
    """
    from keras import initializers, layers, regularizers

    def size(full: int) -> int:
        return round(full * width)

    def kernel() -> dict[str, Any]:
        return {
            "kernel_initializer": initializers.HeNormal(next(seeds)),
            "kernel_regularizer": regularizers.L2(5e-4),
        }

    return [
        layers.Conv2D(size(73), 4, strides=2, padding="same", activation="relu", **kernel()),
        layers.BatchNormalization(momentum=0.99, epsilon=1e-3),
        layers.Conv2D(size(108), 4, padding="valid", activation="relu", **kernel()),
        layers.Conv2D(size(105), 5, strides=3, padding="same", activation="relu", **kernel()),
        layers.Flatten(),
        layers.Dense(size(1822), activation="relu", **kernel()),
        layers.Dropout(0.471227540082, seed=next(seeds)),
        layers.Dense(size(634), activation="relu", use_bias=False, **kernel()),
        layers.Dense(size(1806), use_bias=False, **kernel()),
        layers.Dense(size(874), activation="sigmoid", **kernel()),
        layers.Dense(classes, activation="softmax", dtype="float32", **kernel()),
    ]


def _narrow(classes: int, seeds: Iterator[int]) -> list[Any]:
    """The paper's network with a quarter of the filters and units, for a CPU.

    With 32×32×3 images and 10 classes it has 567,597 parameters and a sixteenth of the
    multiplications.
    """
    return _paper(classes, seeds, width=0.25)


def _small(classes: int, seeds: Iterator[int]) -> list[Any]:
    """A small network for small images: 21,130 parameters on 8×8 digits.

    Its initial weights are wider than He's (variance 6 / inputs, not 2), so that the
    learning rate matters: at a high one the first epochs diverge, at a low one there is
    not enough time, and one that rises after some epochs beats every static one.
    """
    from keras import initializers, layers

    def options() -> dict[str, Any]:
        wide = initializers.VarianceScaling(6.0, "fan_in", seed=next(seeds))
        return {"activation": "relu", "kernel_initializer": wide}

    return [
        layers.Conv2D(8, 3, padding="same", **options()),
        layers.Conv2D(16, 3, strides=2, padding="same", **options()),
        layers.Flatten(),
        *(layers.Dense(48, **options()) for _ in range(4)),
        layers.Dense(classes, **options() | {"activation": "softmax", "dtype": "float32"}),
    ]


NETWORKS = {"small": _small, "narrow": _narrow, "paper": _paper}
