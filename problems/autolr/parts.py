"""Parts of the data: training, validation and test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Part(NamedTuple):
    """Some examples: x (n, …) and y (n, …).

    Of the shipped images x is (n, height, width, channels) float32 and y (n,) the
    class, an int.
    """

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Splits:
    """The data of a search or of an assessment. Training sees ``train``, early stopping
    ``validation``, and ``test`` gives the accuracy: a search's is the fitness."""

    train: Part
    validation: Part
    test: Part


def is_classes(labels: np.ndarray) -> bool:
    """Whether labels, (n,) or (n, 1), are numbers of classes with examples enough to be split."""
    import numpy as np

    if labels.size != len(labels) or labels.dtype.kind not in "iu" or labels.min() < 0:
        return False
    counts = np.bincount(labels.ravel())
    return bool(counts[counts > 0].min() >= 10)


def standardised(train: Part, validation: Part, test: Part) -> Splits:
    """All parts by the mean and deviation of the training part's channels.

    In slices: as float64, Fashion-MNIST at once takes gigabytes.
    """
    import numpy as np

    mean = train.x.mean(axis=(0, 1, 2), dtype=np.float64)
    squares = sum(((part - mean) ** 2).sum(axis=(0, 1, 2)) for part in _slices(train.x))
    std = np.sqrt(squares / train.x[..., 0].size) + 1e-6

    def one(part: Part) -> Part:
        x = np.empty_like(part.x)
        for old, new in zip(_slices(part.x), _slices(x), strict=True):
            new[:] = (old - mean) / std
        return Part(x, part.y)

    return Splits(one(train), one(validation), one(test))


def _slices(images: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(images), 1000):
        yield images[start : start + 1000]
