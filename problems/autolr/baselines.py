"""What evolved policies are compared with, and what the paper measured.

The hand-made schedules have the shapes that their authors gave them, and one scale of
ours: they reach twice the static rate, so that a cosine has that rate on average. The
static rate is the one before the first epoch, in the paper 0.01. No rate was fitted to any
data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .policy import schedule

STATIC = "static 0.01"
HALF_CYCLE = 5  # epochs from the lowest rate to the highest

# Policy B, found in its authors' notebooks. It counts epochs from 0.
POLICY_B = (
    "if_func(epoch < 67, 0.03541818181818182, if_func(epoch > 59, if_func(learning_rate <= "
    "0.05156363636363637, if_func(learning_rate >= 0.002118181818181818, if_func(epoch < 39, "
    "if_func(epoch <= 21, if_func(epoch > 82, if_func(epoch >= 89, 0.05257272727272728, "
    "if_func(epoch < 85, 0.0889, if_func(epoch <= 11, 0.08082727272727273, "
    "if_func(learning_rate < 0.08587272727272728, 0.02431818181818182, 0.06871818181818183)))), "
    "if_func(learning_rate < 0.04853636363636364, 0.005145454545454546, 0.09495454545454546)), "
    "0.07880909090909091), if_func(epoch < 92, 0.09192727272727273, if_func(learning_rate >= "
    "0.06165454545454546, 0.004136363636363637, if_func(learning_rate >= 0.03743636363636364, "
    "0.09495454545454546, if_func(learning_rate >= 0.03945454545454546, if_func(learning_rate "
    "<= 0.09596363636363638, if_func(epoch <= 31, 0.06569090909090909, 0.004136363636363637), "
    "if_func(learning_rate > 0.07477272727272728, if_func(learning_rate >= 0.03945454545454546, "
    "if_func(epoch < 58, if_func(learning_rate >= 0.07578181818181819, if_func(learning_rate >= "
    "0.09091818181818183, if_func(epoch < 16, 0.08284545454545456, 0.04248181818181819), "
    "0.05156363636363637), if_func(learning_rate <= 0.023309090909090908, 0.09697272727272728, "
    "if_func(epoch >= 37, 0.004136363636363637, if_func(epoch < 48, 0.006154545454545455, "
    "0.04752727272727273)))), 0.09798181818181818), if_func(epoch > 36, if_func(learning_rate <= "
    "0.05963636363636364, 0.06670000000000001, 0.03440909090909092), 0.03541818181818182)), "
    "0.006154545454545455)), 0.09495454545454546))))), if_func(epoch > 25, 0.08385454545454546, "
    "0.05055454545454546)), 0.01927272727272727), 0.09596363636363638))"
)

# Table 3 of the paper: accuracy, mean and standard deviation of five trainings.
TABLE_3 = (
    ("1", "validation", "policy A", 0.751, 0.167),
    ("1", "validation", STATIC, 0.859, 0.003),
    ("1", "test", "policy A", 0.692, 0.241),
    ("1", "test", STATIC, 0.850, 0.004),
    ("2", "validation", "policy B", 0.854, 0.009),
    ("2", "validation", STATIC, 0.856, 0.004),
    ("2", "test", "policy B", 0.848, 0.007),
    ("2", "test", STATIC, 0.844, 0.002),
    ("3", "validation", "policy A", 0.894, 0.004),
    ("3", "validation", "policy B", 0.891, 0.003),
    ("3", "validation", STATIC, 0.888, 0.002),
    ("3", "test", "policy A", 0.887, 0.002),
    ("3", "test", "policy B", 0.854, 0.009),
    ("3", "test", STATIC, 0.875, 0.004),
)
SOURCE = (
    "Published: Carvalho, Lourenço, Assunção and Machado, GECCO 2020, Table 3 (mean ± standard "
    "deviation of 5 trainings; Fashion-MNIST, the paper's network, weights trained before). "
    "Policy A itself was not published."
)


@dataclass(frozen=True)
class Recipe:
    """How to train: the rate of every epoch, and an optimizer's name, if not the usual one."""

    table: tuple[float, ...]
    optimizer: str = ""


def baselines(epochs: int, static: float = 0.01) -> dict[str, Recipe]:
    """The baselines by name, for a training of so many epochs; the first is a static rate.

    Adam and Adamax (Kingma and Ba, 2015), with Keras' default rate of 0.001, adapt the
    step of each weight to its gradients: they are better informed than a policy, which
    sees the epoch and the rate before.
    """
    hand_made: dict[str, Callable[[int, int], float]] = {
        "step": step,
        "exponential": exponential,
        "cosine": cosine,
        "triangular cyclic": triangular,
    }
    found = {
        f"static {static:g}": Recipe((static,) * epochs),
        "policy B": Recipe(schedule(POLICY_B, epochs, first_epoch=0, initial_rate=0.01)),
    }
    for name, rate in hand_made.items():
        peak = 2 * static
        found[name] = Recipe(tuple(peak * rate(epoch, epochs) for epoch in range(epochs)))
    found["Adam (better informed)"] = Recipe((0.001,) * epochs, "adam")
    found["Adamax (better informed)"] = Recipe((0.001,) * epochs, "adamax")
    return found


def step(epoch: int, epochs: int) -> float:
    """A tenth of the highest rate after half and again after three quarters of the epochs.

    As He, Zhang, Ren and Sun trained on CIFAR-10 ("Deep residual learning for image
    recognition", CVPR 2016, section 4.2). Here and below, epochs count from 0 and what is
    returned is the share of the highest rate.
    """
    return 0.1 ** ((2 * epoch >= epochs) + (4 * epoch >= 3 * epochs))


def exponential(epoch: int, epochs: int) -> float:
    """The same factor from epoch to epoch, down to a tenth in the last one."""
    return float(0.1 ** (epoch / max(epochs - 1, 1)))


def cosine(epoch: int, epochs: int) -> float:
    """Half a cosine down to 0, without restarts.

    Equation 5 of Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm
    restarts", ICLR 2017.
    """
    return 0.5 * (1 + math.cos(math.pi * epoch / epochs))


def triangular(epoch: int, epochs: int) -> float:
    """Up and down in straight lines from a quarter of the highest rate, however many epochs.

    Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3:
    half a cycle of 2 to 10 epochs, the lowest rate a quarter of the highest.
    """
    place = abs(epoch / HALF_CYCLE - 2 * (epoch // (2 * HALF_CYCLE)) - 1)
    return 0.25 + 0.75 * (1 - place)


def published(dataset: str, network: str) -> dict[str, Any]:
    """The paper's Table 3, with its source."""
    rows = [
        {"scenario": scenario, "split": split, "policy": policy, "mean": mean, "sd": sd}
        for scenario, split, policy, mean, sd in TABLE_3
    ]
    here = (
        ""
        if (dataset, network) == ("fashion-mnist", "paper")
        else f" Not to be compared with ours here: {dataset}, network {network}."
    )
    return {"source": SOURCE + here, "rows": rows}
