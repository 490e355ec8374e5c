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


def test_the_narrow_network_has_a_quarter_of_its_widths(network, backend, paper):
    narrow = network.build("narrow", (32, 32, 3), 10, seed=1, augment=False)
    assert narrow.count_params() == 567_597
    for layer, full in zip(narrow.layers[1:-1], paper.layers[1:-1], strict=True):
        assert type(layer) is type(full)
        assert layer.output.shape[-1] == pytest.approx(full.output.shape[-1] / 4, abs=25)


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


@pytest.mark.parametrize(
    ("name", "parameters"), [("small", 21_130), ("narrow", None), ("paper", None)]
)
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


def test_the_affine_transform_is_scipys(augmentation, backend):
    import keras
    import numpy as np
    from scipy import ndimage

    rng = np.random.default_rng(0)
    images = rng.random((8, 32, 24, 3)).astype("float32")
    angle, down, right = (rng.uniform(-b, b, 8).astype("float32") for b in (0.35, 6.4, 4.8))
    flip = np.array([0, 1] * 4, "float32")
    matrices = augmentation.affine_matrices(
        32, 24, *map(keras.ops.convert_to_tensor, (angle, down, right, flip))
    )
    changed = keras.ops.convert_to_numpy(
        augmentation.transformed(keras.ops.convert_to_tensor(images), matrices)
    )
    middle = np.array([15.5, 11.5])
    for i, image in enumerate(images):
        cosine, sine = np.cos(angle[i]), np.sin(angle[i])
        turn = np.array([[cosine, sine], [-sine, cosine]])  # of (row, column)
        back = turn @ np.diag([1, 1 - 2 * flip[i]])
        offset = middle - back @ middle - turn @ [down[i], right[i]]
        for channel in range(3):
            reference = ndimage.affine_transform(
                image[..., channel], back, offset=offset, order=1, mode="nearest"
            )
            np.testing.assert_allclose(changed[i, ..., channel], reference, atol=1e-3)


def test_augmentation_turns_moves_and_mirrors_within_its_bounds(augmentation, backend):
    import keras
    import numpy as np

    # A bright block left of the middle: where its centre lies tells of flip, shift and turn.
    images = np.zeros((400, 32, 32, 1), "float32")
    images[:, 14:18, 8:12] = 1
    layer = augmentation.random_affine(3, 4, 5)
    changed = keras.ops.convert_to_numpy(layer(images, training=True))[..., 0]
    total = changed.sum(axis=(1, 2))
    column = (changed.sum(axis=1) * np.arange(32)).sum(axis=1) / total
    row = (changed.sum(axis=2) * np.arange(32)).sum(axis=1) / total
    mirrored = column > 16
    assert 0.35 < mirrored.mean() < 0.65
    assert np.abs(row - 15.5).max() < 6.4 + 6 * np.sin(0.35) + 0.5
    assert np.abs(row - 15.5).max() > 4
    assert len({round(float(one), 3) for one in column}) > 350


def test_augmentation_changes_training_images_only(network, backend):
    import keras
    import numpy as np

    images = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype("float32")
    model = network.build("small", (8, 8, 1), 10, seed=1, augment=True)
    augmentation = keras.Sequential(model.layers[1:2])
    assert (keras.ops.convert_to_numpy(augmentation(images, training=False)) == images).all()
    assert (keras.ops.convert_to_numpy(augmentation(images, training=True)) != images).any()
