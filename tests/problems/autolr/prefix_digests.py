"""Prints digests of trained weights with and without shared prefixes: a process of its own.

Usage: python prefix_digests.py DIRECTORY STORE NETWORK AUGMENT
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from gegp.problem import load_problem

STEM = (0.01, 0.03, 0.02)
BRANCHES = ((0.05,), (0.001, 0.04))


def main(directory: str, store: str, network: str, augment: str) -> None:
    options = (f"network={network}", f"augment={augment}", "train_size=100", "batch_size=20")
    entry = load_problem(directory, assignments=[f"options.{one}" for one in options]).entry
    package = type(entry).__module__.rpartition(".")[0]
    prefixes = importlib.import_module(f"{package}.prefixes")
    _, trainer = entry.trainer
    digest = importlib.import_module("training_digests").digest
    for patience in (None, 2):
        kept = prefixes.PrefixStore(Path(store), f"{network} {patience}", 10**9)
        for branch in BRANCHES:
            table = STEM + branch
            alone = trainer.train(table, 3, patience)
            weights = digest(trainer.model)
            shared = trainer.train(table, 3, patience, kept)
            same = (alone.score, alone.epochs) == (shared.score, shared.epochs)
            print(weights, digest(trainer.model), same, shared.epochs - shared.trained)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(*sys.argv[1:])
