"""The networks that policies train."""

from __future__ import annotations

import math

import pytest

PAPER_SHAPES = [
    (16, 16, 73),
    (16, 16, 73),
    (13, 13, 108),
    (5, 5, 105),
    (2625,),
    (1822,),
    (1822,),
    (634,),
    (1806,),
    (874,),
    (10,),
]
PAPER_PARAMETERS = [3577, 292, 126252, 283605, 0, 4784572, 0, 1155148, 1145004, 1579318, 8750]


@pytest.fixture(scope="module")
def paper(network, backend):
    return network.build("paper", (32, 32, 3), 10, seed=1, augment=False)


def weights(model):
    import keras

    return [keras.ops.convert_to_numpy(variable).tolist() for variable in model.trainable_variables]


def test_the_papers_network_layer_for_layer(paper):
    layers = paper.layers[1:]
    assert [layer.output.shape[1:] for layer in layers] == PAPER_SHAPES
    assert [layer.count_params() for layer in layers] == PAPER_PARAMETERS
    assert paper.count_params() == 9_086_518
    assert sum(math.prod(variable.shape) for variable in paper.trainable_variables) == 9_086_372


def test_the_papers_layers_have_its_activations_and_no_other_bias(paper):
    trained = [layer for layer in paper.layers if hasattr(layer, "kernel")]
    assert [layer.activation.__name__ for layer in trained] == (
        ["relu"] * 5 + ["linear", "sigmoid", "softmax"]
    )
    assert [layer.use_bias for layer in trained] == [True] * 4 + [False, False, True, True]


def test_the_papers_network_is_penalised_on_every_kernel(paper):
    # 5e-4 times the sum of squares of He-normal kernels: 2 a unit, 5432 units.
    assert float(sum(paper.losses)) == pytest.approx(5e-4 * 2 * 5432, rel=0.01)
    assert len(paper.losses) == 8


@pytest.mark.parametrize(("name", "parameters"), [("small", 21_130), ("paper", None)])
def test_the_seed_decides_the_initial_weights(network, backend, name, parameters):
    def build(seed, augment=False):
        return network.build(name, (8, 8, 1), 10, seed, augment)

    model = build(1)
    assert parameters in (None, model.count_params())
    assert weights(model) == weights(build(1)) == weights(build(1, augment=True))
    assert weights(model) != weights(build(2))


def test_layers_of_one_shape_start_with_different_weights(network, backend):
    model = network.build("small", (8, 8, 1), 10, seed=1, augment=False)
    kernels = [str(value) for value in weights(model)[6:12:2]]
    assert len(set(kernels)) == 3


def test_augmentation_changes_training_images_only(network, backend):
    import keras
    import numpy as np

    images = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype("float32")
    model = network.build("small", (8, 8, 1), 10, seed=1, augment=True)
    augmentation = keras.Sequential(model.layers[1:4])
    assert (keras.ops.convert_to_numpy(augmentation(images, training=False)) == images).all()
    assert (keras.ops.convert_to_numpy(augmentation(images, training=True)) != images).any()
