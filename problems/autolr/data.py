"""The data: what a search may draw from, what is held out, and how both are split.

Shipped are scikit-learn's digits and Fashion-MNIST (fashion.py); any other name is the
user's own file or function (own_data.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from gegp.errors import SettingsError

from .fashion import fashion_mnist
from .own_data import own_data
from .parts import Part, Splits, is_classes, standardised

if TYPE_CHECKING:
    import numpy as np

# How many labelled images a search may draw from. Those held out are not among them:
# Fashion-MNIST's 10,000 official test images, and 96 of the 1,797 digits.
AVAILABLE = {"digits": 1_701, "fashion-mnist": 60_000}

# Of these images, how many an assessment trains on and how many it validates on: Table 2
# of the paper, and as much for the digits.
ASSESSMENT = {"digits": (1_500, 200), "fashion-mnist": (52_500, 7_500)}

# The shares of training, validation and test part in own data, where no sizes are given.
SHARES = (0.7, 0.15, 0.15)


def load_splits(
    dataset: str, data_dir: str, sizes: tuple[int, int, int], split_seed: int
) -> Splits:
    """Train, validation and test part of a search, stratified by class, the same for one seed.

    A size of 0 stands for a share of what there is. Shipped images are standardised by the
    training part's mean and standard deviation, one of each a channel; own data stay as
    they are.
    """
    pool = searchable(dataset, data_dir)
    train, validation, test = resolved_sizes(dataset, sizes, len(pool.y))
    kept, last = _divided(pool, range(len(pool.y)), (train + validation, test), split_seed)
    first, middle = _divided(pool, kept, (train, validation), split_seed)
    return _finished(dataset, *(_taken(pool, part) for part in (first, middle, last)))


def load_assessment(dataset: str, data_dir: str, split_seed: int, size: int = 0) -> Splits:
    """The parts of an assessment, scaled alike.

    Train and validation part are drawn from what a search may draw from, stratified by
    class, the same for one seed; ``size`` is how many they have together, seven to one,
    and 0 stands for Table 2's numbers. The test part is all that is held out.
    """
    pool, test = _both(dataset, data_dir)
    if size > len(pool.y):
        raise SettingsError(
            f"options.assessment_size = {size}: expected at most {len(pool.y):,}, "
            f"which is what {dataset} has"
        )
    share = size or len(pool.y)
    seven_to_one = share - share // 8, share // 8
    sizes = seven_to_one if size else ASSESSMENT.get(dataset, seven_to_one)
    first, middle = _divided(pool, range(len(pool.y)), sizes, split_seed)
    parts = (_taken(pool, part) for part in (first, middle))
    return _finished(dataset, *parts, test)


def resolved_sizes(
    dataset: str, sizes: tuple[int, int, int], available: int
) -> tuple[int, int, int]:
    """The sizes of a search's parts. Raises SettingsError if there is not so much."""
    train, validation, test = (
        size or int(available * share) for size, share in zip(sizes, SHARES, strict=True)
    )
    if train + validation + test > available:
        raise SettingsError(
            f"options: train_size + validation_size + test_size = {train + validation + test}, "
            f"but a search may draw from {available:,} images of {dataset}"
        )
    return train, validation, test


def searchable(dataset: str, data_dir: str) -> Part:
    """What a search may draw from, and the trainings of an assessment."""
    if dataset == "digits":
        return digits("search")
    return fashion_mnist(data_dir, "train") if dataset == "fashion-mnist" else own_data(dataset)[0]


def held_out(dataset: str, data_dir: str) -> Part:
    """What only the test of an assessment sees, whatever the split seed."""
    if dataset == "digits":
        return digits("held out")
    return fashion_mnist(data_dir, "t10k") if dataset == "fashion-mnist" else own_data(dataset)[1]


def _both(dataset: str, data_dir: str) -> tuple[Part, Part]:
    """What is searchable and what is held out; own data are read, or made, only once."""
    if dataset in AVAILABLE:
        return searchable(dataset, data_dir), held_out(dataset, data_dir)
    return own_data(dataset)


def _divided(pool: Part, indices: Any, sizes: tuple[int, int], seed: int) -> Sequence[np.ndarray]:
    """Two disjoint draws of some of the pool's indices, stratified if there are classes."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    indices = np.asarray(indices)
    labels = pool.y[indices]
    try:
        parts: Sequence[np.ndarray] = train_test_split(
            indices,
            train_size=sizes[0],
            test_size=sizes[1],
            stratify=labels if is_classes(pool.y) else None,
            random_state=seed,
        )
    except ValueError as error:  # too few for the number of classes, say
        raise SettingsError(
            f"options: parts of {sizes[0]} and {sizes[1]} examples: {error}"
        ) from None
    return parts


def _taken(pool: Part, indices: np.ndarray) -> Part:
    return Part(pool.x[indices], pool.y[indices])


def _finished(dataset: str, train: Part, validation: Part, test: Part) -> Splits:
    return (standardised if dataset in AVAILABLE else Splits)(train, validation, test)


def digits(which: Literal["search", "held out"]) -> Part:
    """scikit-learn's handwritten digits, 8×8×1, from 0 to 1: 1,701 for searches, 96 held out.

    They come without a test part, so every eighteenth image of each class is kept
    apart. That is a rule and not a draw: no seed and no version of a library changes it.
    """
    import numpy as np
    from sklearn.datasets import load_digits

    bunch = load_digits()
    chosen = np.zeros(len(bunch.target), bool)
    for label in range(10):
        chosen[np.flatnonzero(bunch.target == label)[17::18]] = True
    if which == "search":
        chosen = ~chosen
    images = bunch.images[chosen, :, :, None]
    return Part(images.astype(np.float32) / 16, bunch.target[chosen])
