"""The trainer for what the options ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gegp.errors import SettingsError

from .models import compiled, fresh_model
from .network import NETWORKS
from .parts import is_classes
from .training import EVALUATION_BATCH, Conduct, Trainer

if TYPE_CHECKING:
    from .options import Options
    from .parts import Part, Splits


class MetricTrainer(Trainer):
    """A trainer whose scores are a metric of Keras'."""

    def __init__(self, metric: str, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._metric = metric

    def evaluate(self, part: Part) -> tuple[float, float]:
        """Loss (the penalties included) and the metric of the model as it is."""
        logs = self.model.evaluate(
            part.x, part.y, batch_size=EVALUATION_BATCH, verbose=0, return_dict=True
        )
        return float(logs["loss"]), float(logs[self._metric])


def make_trainer(options: Options, splits: Splits, device: str, optimizer: str = "") -> Trainer:
    """A trainer with the network of the options, for these data.

    ``device`` is the line that describes the backend. ``optimizer`` is a name of Keras' that
    comes before the options. Raises GegpError if network and data do not fit.
    """
    fresh = partial(fresh_model, options, splits)
    model = compiled(fresh(0), options, splits, optimizer)
    conduct = Conduct(
        batch_size=options.batch_size,
        restore_best=options.restore_best,
        abort_at_chance=options.abort_at_chance,
        chance=_chance(options, splits.validation),
        recalibrate_batchnorm=options.recalibrate_batchnorm,
        maximise=options.maximise,
        data_on_device="CPU" not in device,
    )
    if options.network in NETWORKS and options.metric == "accuracy":
        return Trainer(model, fresh, splits, conduct)
    return MetricTrainer(options.metric, model, fresh, splits, conduct)


def _chance(options: Options, part: Part) -> float:
    """The accuracy of always naming the most frequent class."""
    import numpy as np

    if not options.abort_at_chance:
        return 0.0
    if options.objective != "max accuracy" or not is_classes(part.y):
        raise SettingsError(
            "options.abort_at_chance needs classes as labels and the objective 'max accuracy': "
            "for others nobody knows what guessing comes to"
        )
    return float(np.bincount(part.y.ravel()).max() / len(part.y))
