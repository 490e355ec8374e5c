"""Policies as modules for libraries that train networks: each holds the table of rates.

The table is what was evolved, so every library trains by the same rates, wherever it
counts its epochs from and however it rounds the rate that it reports.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from .export_text import rows, wrapped

if TYPE_CHECKING:
    from .problem import AutoLR

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


_PYTORCH = Template('''\
"""A learning-rate policy for $epochs epochs, evolved by gegp, for PyTorch.

    scheduler = learning_rate_scheduler(optimizer)
    for epoch in range($epochs):
        ...  # train for one epoch
        scheduler.step()

Evolved as

$phenotype
"""

from torch.optim.lr_scheduler import LambdaLR

# The rates of the epochs; after the last one its rate holds.
TABLE = (
$table
)


def learning_rate_scheduler(optimizer):
    """A LambdaLR that gives each parameter group the rates of TABLE.

    Making it sets the rate of the first epoch, PyTorch's epoch 0; every step() goes on to
    the next, so call it once after each epoch. LambdaLR multiplies the rate that a
    group began with. That is made 1 here, so the rates are TABLE's to the bit, whatever
    the optimizer was made with.

    To resume, make the optimizer and this, then load the states of both.
    """
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = 1.0
    return LambdaLR(optimizer, lambda epoch: TABLE[min(epoch, len(TABLE) - 1)])
''')

_OPTAX = Template('''\
"""A learning-rate policy for $epochs epochs, evolved by gegp, for optax.

    optimizer = optax.sgd(evolved_schedule(steps_per_epoch))

Evolved as

$phenotype
"""

import jax.numpy as jnp

# The rates of the epochs; after the last one its rate holds.
TABLE = (
$table
)


def evolved_schedule(steps_per_epoch):
    """The rates of TABLE, one an epoch, as an optax schedule: from the number of updates
    made before to the rate of the next. So many of them (batches) make an epoch."""

    def rate(step):
        epoch = jnp.minimum(step // steps_per_epoch, len(TABLE) - 1)
        return jnp.asarray(TABLE)[epoch]

    return rate
''')


def to_keras(problem: AutoLR, phenotype: str) -> str:
    """A module with a serialisable LearningRateSchedule and a callback, both of the table."""
    return _module(_KERAS, problem, phenotype)


def to_pytorch(problem: AutoLR, phenotype: str) -> str:
    """A module with a function that makes a LambdaLR of the table for an optimizer."""
    return _module(_PYTORCH, problem, phenotype)


def to_optax(problem: AutoLR, phenotype: str) -> str:
    """A module with a function that makes an optax schedule of the table."""
    return _module(_OPTAX, problem, phenotype)


def _module(template: Template, problem: AutoLR, phenotype: str) -> str:
    return template.substitute(
        epochs=problem.epochs,
        phenotype=wrapped(phenotype),
        table=rows(problem.schedule(phenotype)),
    )
