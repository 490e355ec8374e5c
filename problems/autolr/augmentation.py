"""Random changes of training images: one affine transform an image, inside the compiled step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

ROTATION = math.radians(20)
SHIFT = 0.2
"""Of the image's height and width (Table 1 of the paper)."""


def affine_matrices(height: int, width: int, angle: Any, down: Any, right: Any, flip: Any) -> Any:
    """The transforms of images as eight numbers each, from the output's places to the input's.

    Each image is turned by ``angle`` (radians) around its middle, moved by ``down`` and
    ``right`` (pixels) and, where ``flip`` is 1, mirrored from left to right: tensors of shape
    (n,). The result has shape (n, 8), as ``keras.ops.image.affine_transform`` takes it.
    """
    from keras import ops

    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    cosine, sine, mirror = ops.cos(angle), ops.sin(angle), 1.0 - 2.0 * flip
    # A place (x, y) of the output shows what was, seen from the middle of the input, at
    # (cosine u - sine v, sine u + cosine v): u = mirror (x - middle_x) - right, v = y - middle_y
    # - down. Here are the factors of x and y, and what is added.
    u, v = mirror * middle_x + right, middle_y + down
    nothing = ops.zeros_like(cosine)
    return ops.stack(
        [
            *(cosine * mirror, -sine, middle_x - cosine * u + sine * v),
            *(sine * mirror, cosine, middle_y - sine * u - cosine * v),
            *(nothing, nothing),
        ],
        axis=1,
    )


def transformed(images: Any, matrices: Any) -> Any:
    """Images (n, height, width, channels) under transforms; edges are repeated outwards."""
    from keras import ops

    return ops.image.affine_transform(
        images,
        matrices,
        interpolation="bilinear",
        fill_mode="nearest",
        data_format="channels_last",
    )


def random_affine(turn: int, move: int, mirror: int) -> keras.layers.Layer:
    """A layer that turns, moves and mirrors each image at random in training, and only there.

    Each of the three has a seed of its own; their states are among the model's variables.
    """
    import keras

    class RandomAffine(keras.layers.Layer):
        """Rotation by ±20°, shift by ±0.2 of the size, and horizontal flip (Table 1)."""

        def __init__(self) -> None:
            super().__init__(dtype="float32")
            self.turn, self.move, self.mirror = map(
                keras.random.SeedGenerator, (turn, move, mirror)
            )

        def call(self, images: Any, training: bool = False) -> Any:
            """The images, changed in training."""
            if not training:
                return images
            count, height, width = keras.ops.shape(images)[0], *images.shape[1:3]

            def uniform(bound: float, seed: Any) -> Any:
                return keras.random.uniform((count,), -bound, bound, seed=seed)

            matrices = affine_matrices(
                height,
                width,
                angle=uniform(ROTATION, self.turn),
                down=uniform(SHIFT * height, self.move),
                right=uniform(SHIFT * width, self.move),
                flip=keras.ops.cast(uniform(1.0, self.mirror) < 0, images.dtype),
            )
            return transformed(images, matrices)

    return RandomAffine()
