"""Batch normalisation's moving statistics, made anew for the weights as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def recalibrate(model: keras.Model, batches: Iterable[Any]) -> None:
    """Set the moving mean and variance of each layer to their mean over some batches.

    The moving averages of a training lag behind: at a momentum of 0.99 and 7 steps an
    epoch more than half of what they hold after 8 epochs is where they started. This is
    what Wu and Johnson call precise batch normalisation ("Rethinking 'Batch' in
    BatchNorm", 2021, section 3). Nothing else of the model changes; training does not
    look at these statistics.
    """
    import keras

    layers = list(_batch_normalisations(model))
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    statistics = {id(one) for layer in layers for one in (layer.moving_mean, layer.moving_variance)}
    others = [one for one in model.non_trainable_variables if id(one) not in statistics]
    values = [keras.ops.copy(one.value) for one in others]
    for i, x in enumerate(batches):
        for layer in layers:
            layer.momentum = i / (i + 1)  # so that the moving mean is the mean so far
        model(x, training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    for variable, value in zip(others, values, strict=True):
        variable.assign(value)  # the states of dropout and augmentation


def _batch_normalisations(model: keras.Model) -> Iterator[Any]:
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            yield layer
        elif isinstance(layer, keras.Model):
            yield from _batch_normalisations(layer)
