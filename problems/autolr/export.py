"""Policies for use elsewhere, as modules and data that need no gegp."""

from __future__ import annotations

import ast
import inspect
import json
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING

from .policy import parse_policy, protected_division
from .simplify import policy_lines, policy_text, simplify

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

_KERAS = Template('''\
"""A learning-rate policy for $epochs epochs, evolved by gegp, for Keras 3.

    model.compile(optimizer=keras.optimizers.SGD(EvolvedSchedule(steps_per_epoch)), ...)

or

    model.fit(..., callbacks=[learning_rate_scheduler()])

Evolved as

$phenotype
"""

import keras

# The rates of the epochs; after the last one its rate holds.
TABLE = (
$table
)


@keras.saving.register_keras_serializable(package="gegp")
class EvolvedSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """The rates of TABLE, one an epoch. Keras counts steps, so it has to know how many
    of them (batches) make an epoch."""

    def __init__(self, steps_per_epoch, table=TABLE, name="EvolvedSchedule"):
        super().__init__()
        self.steps_per_epoch = steps_per_epoch
        self.table = tuple(table)
        self.name = name

    def __call__(self, step):
        epoch = keras.ops.cast(step, "int32") // self.steps_per_epoch
        rates = keras.ops.convert_to_tensor(self.table, dtype="float32")
        return keras.ops.take(rates, keras.ops.minimum(epoch, len(self.table) - 1))

    def get_config(self):
        return {
            "steps_per_epoch": self.steps_per_epoch,
            "table": self.table,
            "name": self.name,
        }


def learning_rate_scheduler(verbose=0):
    """A callback that sets the rates of TABLE, one an epoch."""
    return keras.callbacks.LearningRateScheduler(
        lambda epoch: TABLE[min(epoch, len(TABLE) - 1)], verbose=verbose
    )
''')


def to_python(problem: AutoLR, phenotype: str) -> str:
    """A module with the function ``lr(epoch, learning_rate)`` and the table."""
    tree = simplify(parse_policy(phenotype), problem.first_epoch)
    return _PYTHON.substitute(
        epochs=problem.epochs,
        precision=_PRECISION[problem.rate_precision],
        phenotype=_wrapped(phenotype),
        helpers="".join(_helpers(tree)),
        first_epoch=problem.first_epoch,
        initial_rate=repr(problem.initial_rate),
        body="\n".join(policy_lines(tree, leaf="return {}", depth=1)),
        table=_rows(problem.schedule(phenotype)),
    )


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


def to_keras(problem: AutoLR, phenotype: str) -> str:
    """A module with a serialisable LearningRateSchedule and a callback, both of the table."""
    return _KERAS.substitute(
        epochs=problem.epochs,
        phenotype=_wrapped(phenotype),
        table=_rows(problem.schedule(phenotype)),
    )


EXPORTS: Mapping[str, Callable[[AutoLR, str], str]] = {
    "python": to_python,
    "json": to_json,
    "keras": to_keras,
}


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


def _rows(table: Sequence[float]) -> str:
    text = " ".join(f"{rate!r}," for rate in table)
    return textwrap.fill(text, 88, initial_indent="    ", subsequent_indent="    ")


def _wrapped(phenotype: str) -> str:
    return textwrap.fill(
        phenotype,
        88,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
