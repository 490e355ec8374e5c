"""Classification: the share of instances to which a rule gives another class than theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from gegp.expressions import compile_expression
from gegp.postfix import Programs, Vocabulary, values

from .data import Data, Instances, load_data, require_data

DECISION_TREE = "sklearn.tree.DecisionTreeClassifier(max_depth=5)"
OPERATORS = ("if", "and", "or", "not", "<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/")


@dataclass(frozen=True)
class Classification:
    """``data`` names the data; those of scikit-learn that come with it."""

    data: Literal["breast_cancer", "iris", "wine"] = "iris"

    scenarios: ClassVar[Mapping[str, Mapping[str, Any]]] = {"classification": {}}

    def evaluate(self, phenotype: str) -> float:
        """The share of training instances that get a wrong class: 0 if none."""
        return _error(_predicted(phenotype, self._data.training), self._data.training)

    @property
    def vocabulary(self) -> Vocabulary:
        """What rules may be made of to be evaluated without their text."""
        return Vocabulary(tuple(_names(self._data.training)), {}, OPERATORS)

    def evaluate_programs(self, programs: Programs, *, compiled: bool = True) -> Any:
        """What ``evaluate`` returns for many programs, a row each; NaN for what is none."""
        training = self._data.training
        if compiled and find_spec("numba"):
            return np.where(
                np.diff(programs.places) > 0,
                np.mean(self._evaluator.predictions(programs) != training.classes, axis=1),
                np.nan,
            )[:, None]
        with np.errstate(all="ignore"):
            made = values(programs, list(training.features), [])
            errors = [np.nan if one is None else _error(one, training) for one in made]
        return np.array(errors)[:, None]

    @property
    def bindings(self) -> dict[str, int]:
        """The numbers of features and of classes, for grammars."""
        training = self._data.training
        return {"features": len(training.features), "classes": int(training.classes.max()) + 1}

    def on(self, features: NDArray[np.float64], classes: NDArray[np.int64]) -> Classification:
        """The same with instances from memory; ``features[k]`` is feature k, from 0 to 1."""
        other = replace(self)
        instances = Instances(features, classes)
        vars(other)["_data"] = Data(instances, instances)  # in place of what it would load
        return other

    def predict(self, phenotype: str, features: NDArray[np.float64]) -> NDArray[np.int64]:
        """The class that a rule gives to each instance."""
        predicted = _predicted(phenotype, Instances(features, np.zeros(features.shape[1], int)))
        return np.broadcast_to(predicted, features.shape[1]).astype(np.int64)

    def check(self) -> None:
        """Raise what keeps the data from being there."""
        require_data()

    def assess(self, program: str, *, scenario: str, seed: int) -> dict[str, dict[str, float]]:
        """The accuracy on the training data, and on those that no search saw."""
        del scenario
        found = {}
        for split, instances in self._data._asdict().items():
            if program == DECISION_TREE:
                predicted = self._tree(seed).predict(instances.features.T)
            else:
                predicted = _predicted(program, instances)
            found[split] = {"accuracy": 1.0 - _error(predicted, instances)}
        return found

    @property
    def baselines(self) -> Mapping[str, str]:
        """The class that most have, and a decision tree of scikit-learn."""
        most = np.bincount(self._data.training.classes).argmax()
        return {"majority": str(most), "decision tree": DECISION_TREE}

    def _tree(self, seed: int) -> Any:
        from sklearn.tree import DecisionTreeClassifier

        training = self._data.training
        tree = DecisionTreeClassifier(max_depth=5, random_state=seed)
        return tree.fit(training.features.T, training.classes)

    @cached_property
    def _data(self) -> Data:
        return load_data(self.data)

    @cached_property
    def _evaluator(self) -> Any:
        from gegp.batch.evaluation import Evaluator

        return Evaluator(list(self._data.training.features), {})


def _names(instances: Instances) -> dict[str, NDArray[np.float64]]:
    return {f"x[{k}]": feature for k, feature in enumerate(instances.features)}


def _predicted(rule: str, instances: Instances) -> Any:
    """The class of each instance, an array or one for all."""
    names = _names(instances)
    with np.errstate(all="ignore"):
        return compile_expression(rule, names=names, functions={}, by_element=True)(names)


def _error(predicted: Any, instances: Instances) -> float:
    return float(np.mean(predicted != instances.classes))
