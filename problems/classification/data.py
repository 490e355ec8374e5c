"""Data of scikit-learn: instances with features from 0 to 1, and their classes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gegp.errors import MissingPackage

TEST_SHARE = 0.3


class Instances(NamedTuple):
    """``features[k]`` is feature ``k`` of all instances, ``classes`` holds their classes."""

    features: NDArray[np.float64]
    classes: NDArray[np.int64]


class Data(NamedTuple):
    """Instances to learn from, and others that no search sees."""

    training: Instances
    test: Instances


def require_data() -> None:
    """Raise MissingPackage if scikit-learn is not there."""
    if not find_spec("sklearn"):
        raise MissingPackage('scikit-learn is not installed: pip install "gegp[sklearn]"')


def load_data(name: str) -> Data:
    """The data of ``sklearn.datasets.load_NAME``, of which three tenths of each class are the test.

    The split is always the same. Features are scaled so that those of the training data reach from
    0 to 1; those of the test data may lie beyond.
    """
    require_data()
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    table, classes = getattr(datasets, f"load_{name}")(return_X_y=True)
    split = train_test_split(table, classes, test_size=TEST_SHARE, stratify=classes, random_state=0)
    training, test, training_classes, test_classes = split
    least, most = training.min(axis=0), training.max(axis=0)
    width = np.where(most > least, most - least, 1.0)
    return Data(
        Instances(np.ascontiguousarray(((training - least) / width).T), training_classes),
        Instances(np.ascontiguousarray(((test - least) / width).T), test_classes),
    )
