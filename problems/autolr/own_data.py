"""The user's own data: arrays in a file, or a function that returns them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gegp.errors import GegpError

from .own import own_function
from .parts import Part

if TYPE_CHECKING:
    import numpy as np

FEWEST = 20
NAMES = ("x_train", "y_train", "x_test", "y_test")


def own_data(reference: str) -> tuple[Part, Part]:
    """What a search may draw from, and what is held out for the test of an assessment.

    A file is numpy's .npz with arrays ``x`` and ``y``, or with ``x_train``, ``y_train``,
    ``x_test`` and ``y_test``, as Keras' mnist.npz; a function returns ``(x, y)`` or
    ``((x_train, y_train), (x_test, y_test))``, as Keras' ``load_data`` functions do. Without
    a test part every tenth example, in an order that is always the same, is held out.
    Raises GegpError.
    """
    if ":" in reference:
        arrays = _from_function(reference)
    else:
        arrays = _from_file(Path(reference).expanduser())
    names = NAMES if len(arrays) == len(NAMES) else ("x", "y")
    named = zip(names, arrays, strict=True)
    x, y, *test = (_checked(f"{reference}: {name}", array) for name, array in named)
    pool = _part(reference, x, y)
    if test:
        held_out = _part(reference, *test)
        if test[0].shape[1:] != x.shape[1:] or test[1].shape[1:] != y.shape[1:]:
            raise GegpError(f"{reference}: training and test part have arrays of other shapes")
        return pool, held_out
    return _without_a_tenth(pool)


def _from_file(path: Path) -> Sequence[Any]:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as file:
            names = set(file.files)
            if names >= set(NAMES):
                return [file[name] for name in NAMES]
            if names >= {"x", "y"}:
                return [file["x"], file["y"]]
    except Exception as error:  # whatever zip files and arrays can be damaged by
        raise GegpError(
            f"{path} cannot be read: {error}; expected a file that numpy.savez has written"
        ) from None
    raise GegpError(
        f"{path}: expected arrays x and y, or {', '.join(NAMES)}; found {', '.join(sorted(names))}"
    )


def _from_function(reference: str) -> Sequence[Any]:
    function = own_function("dataset", reference)
    try:
        result = function()
    except Exception as error:
        raise GegpError(f"{reference} failed: {type(error).__name__}: {error}") from error
    try:
        first, second = result
        if isinstance(first, tuple | list) and len(first) == 2 and isinstance(second, tuple | list):
            return [*first, *second]
        return [first, second]
    except (TypeError, ValueError):
        raise GegpError(
            f"{reference}: expected it to return (x, y) or ((x_train, y_train), (x_test, y_test)); "
            f"found {type(result).__name__}"
        ) from None


def _checked(name: str, values: Any) -> np.ndarray:
    """An array of float32, or of the whole numbers that it has. Raises GegpError."""
    import numpy as np

    try:
        array = np.asarray(values)
    except ValueError as error:
        raise GegpError(f"{name}: {error}") from None
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    if array.dtype.kind not in "fiu" or array.ndim == 0:
        raise GegpError(f"{name}: expected an array of numbers, found one of {array.dtype}")
    if array.dtype.kind == "f":
        array = array.astype(np.float32)
        bad = int((~np.isfinite(array)).sum())
        if bad:
            raise GegpError(f"{name}: {bad:,} of {array.size:,} numbers are NaN or too large")
    return array


def _part(reference: str, x: np.ndarray, y: np.ndarray) -> Part:
    if len(x) != len(y) or len(x) < FEWEST:
        raise GegpError(
            f"{reference}: expected as many labels as examples, at least {FEWEST}; "
            f"found {len(x)} examples and {len(y)} labels"
        )
    return Part(x, y)


def _without_a_tenth(pool: Part) -> tuple[Part, Part]:
    import numpy as np

    order = np.random.default_rng(0).permutation(len(pool.y))
    rest, held_out = np.sort(order[len(order) // 10 :]), np.sort(order[: len(order) // 10])
    return Part(pool.x[rest], pool.y[rest]), Part(pool.x[held_out], pool.y[held_out])
