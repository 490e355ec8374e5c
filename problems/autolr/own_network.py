"""The user's own network: a file that Keras has saved, or a function that builds it."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gegp.errors import GegpError

from .own import own_function

if TYPE_CHECKING:
    import keras


def own_network(reference: str, seed: int) -> keras.Model:
    """The network before its training; raises GegpError.

    A function is given the seed if it takes one. If it does not, whatever draws without a
    seed of its own draws by this one all the same, so the same seed gives the same
    weights. A file gives the weights that are in it, whatever the seed.
    """
    import keras

    with _drawing_by(seed):
        model = _built(reference, seed) if ":" in reference else _loaded(Path(reference))
    if not isinstance(model, keras.Model):
        raise GegpError(
            f"options.network: {reference} gave a {type(model).__name__}; expected a keras.Model"
        )
    if not model.built:
        raise GegpError(
            f"options.network: {reference} has no weights yet; let the model begin with "
            "keras.Input(shape), or call its build(input_shape)"
        )
    return model


def _built(reference: str, seed: int) -> Any:
    function = own_function("network", reference)
    try:
        takes_seed = "seed" in inspect.signature(function).parameters
        return function(seed=seed) if takes_seed else function()
    except Exception as error:
        raise GegpError(
            f"options.network: {reference} failed: {type(error).__name__}: {error}"
        ) from error


def _loaded(path: Path) -> Any:
    import keras

    try:
        return keras.saving.load_model(path.expanduser())
    except Exception:
        # Perhaps only its loss or a metric is not known here: the options may name another.
        return _loaded_bare(path)


def _loaded_bare(path: Path) -> Any:
    import keras

    try:
        return keras.saving.load_model(path.expanduser(), compile=False)
    except Exception as error:  # whatever zip files, JSON and Keras find wrong with it
        reason = str(error).strip().split("\n")[0]
        raise GegpError(
            f"options.network: {path} cannot be loaded: {reason}. Classes of your own must be "
            "registered (keras.saving.register_keras_serializable) where the file is loaded; "
            "with those, name a function that builds the model: MODULE:FUNCTION"
        ) from error


@contextmanager
def _drawing_by(seed: int) -> Iterator[None]:
    """Python's, numpy's and the backend's global generators start from a seed meanwhile."""
    import keras
    import numpy as np

    before = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
