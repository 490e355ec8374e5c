"""Policies for use elsewhere, as modules and data that need no gegp."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .export_frameworks import to_keras, to_optax, to_pytorch
from .export_python import to_python
from .simplify import policy_expression, policy_text

if TYPE_CHECKING:
    from .problem import AutoLR


def to_json(problem: AutoLR, phenotype: str) -> str:
    """The phenotype, its simplified text, its table and what the table depends on."""
    content = {
        "phenotype": phenotype,
        "policy": policy_text(phenotype, problem.first_epoch),
        "epochs": problem.epochs,
        "first_epoch": problem.first_epoch,
        "initial_rate": problem.initial_rate,
        "rate_precision": problem.rate_precision,
        "table": problem.schedule(phenotype),
    }
    return json.dumps(content, indent=2) + "\n"


def to_simplified(problem: AutoLR, phenotype: str) -> str:
    """The shortest equal policy, as a program of the grammar that the policy is from.

    Raises InvalidProgram, as the other formats do, if the policy gives no table.
    """
    problem.schedule(phenotype)
    return policy_expression(phenotype, problem.first_epoch) + "\n"


EXPORTS: Mapping[str, Callable[[AutoLR, str], str]] = {
    "python": to_python,
    "json": to_json,
    "simplified": to_simplified,
    "keras": to_keras,
    "pytorch": to_pytorch,
    "optax": to_optax,
}
