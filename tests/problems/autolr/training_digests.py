"""Prints the backend and digests of trained weights: the other process of test_training.py.

Usage: python training_digests.py DIRECTORY NETWORK AUGMENT SEED...
"""

from __future__ import annotations

import hashlib
import sys

from gegp.problem import load_problem

TABLE = (0.01, 0.03)


def digest(model) -> str:
    """Of every variable: weights, batch-normalisation statistics, states of random layers."""
    import keras

    sha = hashlib.sha256()
    for variable in model.variables:
        sha.update(keras.ops.convert_to_numpy(variable).tobytes())
    return sha.hexdigest()[:16]


def digests(directory: str, network: str, augment: str, seeds: list[int]) -> list[str]:
    """The backend, then the digest after a training of two epochs from each seed."""
    options = (
        f"options.network={network}",
        f"options.augment={augment}",
        "options.train_size=100",
        "options.batch_size=20",
    )
    device, trainer = load_problem(directory, assignments=options).entry.trainer
    result = [device]
    for seed in seeds:
        trainer.train(TABLE, seed, None)
        result.append(digest(trainer.model))
    return result


if __name__ == "__main__":
    print(*digests(*sys.argv[1:4], [int(seed) for seed in sys.argv[4:]]), sep="\n")
