"""The compiled model that is trained: a shipped network, or the user's own."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gegp.errors import GegpError, SettingsError

from .network import NETWORKS, Shipped, build, load_weights
from .own import own_function
from .own_network import own_network

if TYPE_CHECKING:
    import keras
    import numpy as np

    from .options import Options
    from .parts import Splits


def fresh_model(options: Options, splits: Splits, seed: int) -> keras.Model:
    """The network before its training: fresh weights of the seed, or those of a file."""
    if options.network in NETWORKS:
        model = _shipped(options, splits, seed)
    else:
        model = own_network(options.network, seed)
    if options.initial_weights:
        load_weights(model, Path(options.initial_weights).expanduser())
    return model


def compiled(
    model: keras.Model, options: Options, splits: Splits, optimizer: str = ""
) -> keras.Model:
    """The same network with loss, optimizer and metric.

    A network of the user's own that is compiled already keeps what the options do not
    replace. ``optimizer`` is a name of Keras', for an assessment's baselines, and comes
    before the options. Raises GegpError if model, metric and data do not fit.
    """
    chosen = optimizer or options.optimizer
    if model.compiled and not options.loss:
        # Not compiled anew: its metrics, which nobody else may know, are to stay.
        model.optimizer = _optimizer(model, chosen)
    else:
        model.compile(
            optimizer=_optimizer(model, chosen),
            loss=_loss(model, options),
            metrics=[options.metric] if options.metric != "loss" else [],
        )
    if isinstance(model.optimizer.get_config()["learning_rate"], dict):
        raise SettingsError(
            "the optimizer has a learning-rate schedule already, which a policy would replace: "
            "compile the model with a plain rate"
        )
    if options.network not in NETWORKS:
        _require_fit(model, options, splits)
    return model


def leave_softmax_to_loss(model: keras.Model) -> bool:
    """Have the network give logits, in which the loss has a gradient everywhere.

    Keras clips probabilities before it takes their logarithm, so a network that is sure
    and wrong learns nothing from them. On TensorFlow it finds the logits behind a softmax
    by itself; on JAX a wide initialisation is then stuck at chance. False if the network
    does not end with a softmax.
    """
    import keras

    last = model.layers[-1]
    if getattr(last, "activation", None) is not keras.activations.softmax:
        return False
    last.activation = keras.activations.linear
    return True


def _shipped(options: Options, splits: Splits, seed: int) -> keras.Model:
    x, y = splits.train
    if x.ndim != 4 or y.size != len(y) or y.dtype.kind not in "iu":
        raise SettingsError(
            f"options.network = {options.network!r} takes images (n, height, width, channels) and "
            f"the number of a class for each; {options.dataset} has x ({shape_text(x)}) and y "
            f"({shape_text(y)}) of {y.dtype}. Name a network of your own"
        )
    classes = int(max(part.y.max() for part in (splits.train, splits.validation, splits.test))) + 1
    name = cast(Shipped, options.network)
    return build(name, x.shape[1:], classes, seed, options.augment, options.mixed_precision)


def shape_text(array: np.ndarray) -> str:
    """The shape of examples, however many: ``n, 32, 32, 3``."""
    return ", ".join(map(str, ("n", *array.shape[1:])))


def _optimizer(model: keras.Model, chosen: str) -> Any:
    """The optimizer of that name or function; else the model's own; else plain SGD."""
    import keras

    if not chosen and not model.compiled:
        return keras.optimizers.SGD(learning_rate=0.0, momentum=0.0)
    if not chosen:
        return model.optimizer
    if ":" in chosen:
        made = own_function("optimizer", chosen)()
        if not isinstance(made, keras.optimizers.Optimizer):
            raise GegpError(f"options.optimizer: {chosen} gave a {type(made).__name__}")
        return made
    try:
        return keras.optimizers.get(chosen)
    except ValueError:
        raise SettingsError(
            f"options.optimizer = {chosen!r}: expected a name that Keras knows, such as adam, or "
            "MODULE:FUNCTION"
        ) from None


def _loss(model: keras.Model, options: Options) -> Any:
    """The loss of that name or function; else the model's own; else cross-entropy."""
    import keras

    if ":" in options.loss:
        function = own_function("loss", options.loss)
        return function() if inspect.isclass(function) else function
    if options.loss:
        try:
            return keras.losses.get(options.loss)
        except ValueError:
            raise SettingsError(
                f"options.loss = {options.loss!r}: expected a name that Keras knows, such as mse, "
                "or MODULE:FUNCTION"
            ) from None
    if model.compiled:
        return model.loss
    if not leave_softmax_to_loss(model):
        raise SettingsError(
            f"options.network: {options.network} is not compiled and does not end with a softmax: "
            "compile it, or say what its loss is: options.loss"
        )
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _require_fit(model: keras.Model, options: Options, splits: Splits) -> None:
    """Raise GegpError if the model cannot be evaluated on the data, or not by the metric."""
    _require_shape(model, options, splits)
    logs = _first_logs(model, options, splits)
    if options.metric in logs:
        _require_classes(options, splits)
        return
    if options.metric == "accuracy":
        raise SettingsError(
            f"options.objective = 'max accuracy', but {options.network} was compiled with "
            f"{', '.join(sorted(logs))}: name one of these, such as 'min loss', or compile it with "
            "the metric accuracy"
        )
    model.compile(optimizer=model.optimizer, loss=model.loss, metrics=[options.metric])
    try:
        logs_now = _first_logs(model, options, splits)
    except GegpError:
        logs_now = {}
    if options.metric not in logs_now:
        raise SettingsError(
            f"options.objective = {options.objective!r}: {options.metric} is neither a metric that "
            f"the model was compiled with ({', '.join(logs)}) nor one that Keras knows by name"
        )


def _require_classes(options: Options, splits: Splits) -> None:
    """Raise SettingsError if accuracy is asked for where labels are measurements."""
    y = splits.train.y
    if options.metric == "accuracy" and (y != y.round()).any():
        raise SettingsError(
            f"options.objective = 'max accuracy', but the labels of {options.dataset} are no "
            "classes: name another metric, such as 'min loss' or 'min mean_absolute_error'"
        )


def _require_shape(model: keras.Model, options: Options, splits: Splits) -> None:
    """Raise SettingsError if the network takes examples of another shape, as far as it says."""
    x = splits.train.x
    wanted = getattr(model, "input_shape", None)
    if not isinstance(wanted, tuple) or not all(n is None or isinstance(n, int) for n in wanted):
        return
    fits = len(wanted) == x.ndim and all(
        size in (None, found) for size, found in zip(wanted[1:], x.shape[1:], strict=True)
    )
    if not fits:
        sizes = ", ".join("any" if size is None else str(size) for size in wanted[1:])
        raise SettingsError(
            f"options.network: {options.network} takes examples of the shape (n, {sizes}), but "
            f"those of {options.dataset} have the shape ({shape_text(x)})"
        )


def _first_logs(model: keras.Model, options: Options, splits: Splits) -> dict[str, float]:
    x, y = splits.train
    try:
        logs: dict[str, float] = model.evaluate(x[:2], y[:2], verbose=0, return_dict=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise GegpError(
            f"options.network: {options.network} does not fit the data {options.dataset} "
            f"(x ({shape_text(x)}), y ({shape_text(y)})): {type(error).__name__}: {reason}"
        ) from error
    return logs
