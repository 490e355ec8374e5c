"""Policies as Python modules that need nothing but Python."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Iterator
from string import Template
from typing import TYPE_CHECKING

from .export_text import rows, wrapped
from .policy import parse_policy, protected_division
from .simplify import policy_lines, simplify

if TYPE_CHECKING:
    from .problem import AutoLR

_PYTHON = Template('''\
"""A learning-rate policy for $epochs epochs, evolved by gegp.

$precision

Evolved as

$phenotype
"""
$helpers
FIRST_EPOCH = $first_epoch
INITIAL_RATE = $initial_rate


def lr(epoch, learning_rate):
    """The learning rate of an epoch, from its number and the rate of the epoch before."""
$body


# The rates of the epochs from FIRST_EPOCH on.
TABLE = (
$table
)
''')

_PRECISION = {
    "exact": """\
TABLE is lr() asked epoch after epoch: the first call gets FIRST_EPOCH and INITIAL_RATE,
every other one the rate that lr() returned before.""",
    "float32": """\
TABLE is lr() asked epoch after epoch: the first call gets FIRST_EPOCH and INITIAL_RATE,
every other one the rate that lr() returned before. Each rate went through a float32 on its
way into lr(), the first one too, as Keras' LearningRateScheduler does it.""",
}


def to_python(problem: AutoLR, phenotype: str) -> str:
    """A module with the function ``lr(epoch, learning_rate)`` and the table."""
    tree = simplify(parse_policy(phenotype), problem.first_epoch)
    return _PYTHON.substitute(
        epochs=problem.epochs,
        precision=_PRECISION[problem.rate_precision],
        phenotype=wrapped(phenotype),
        helpers="".join(_helpers(tree)),
        first_epoch=problem.first_epoch,
        initial_rate=repr(problem.initial_rate),
        body="\n".join(policy_lines(tree, leaf="return {}", depth=1)),
        table=rows(problem.schedule(phenotype)),
    )


def _helpers(tree: ast.expr) -> Iterator[str]:
    """The imports and definitions that the policy's functions need."""
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name)
    }
    from_math = sorted(name for name in calls if hasattr(math, name))
    if from_math:
        yield f"\nfrom math import {', '.join(from_math)}\n"
    divisions = sorted(calls & {"pdiv", "prot_div"})
    if divisions:
        yield f"\n\n{inspect.getsource(protected_division)}\n\n"
        yield from (f"{name} = protected_division\n" for name in divisions)
