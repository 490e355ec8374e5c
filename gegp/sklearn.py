"""Estimators for scikit-learn: a formula or a rule that a search finds for data in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gegp.errors import MissingPackage, RunFailed
from gegp.problem import Problem, load_problem
from gegp.search import State
from gegp.search_settings import SearchSettings, change_search
from gegp.search_states import states

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:
    raise MissingPackage('scikit-learn 1.6 is not installed: pip install "gegp[sklearn]"') from None


class _GrammarEstimator(BaseEstimator):
    """What both have in common: parameters, the search, and what is left of it."""

    def __init__(
        self,
        *,
        grammar: str | Path | None = None,
        preset: str = "cfggp-1995",
        population: int = 200,
        generations: int = 30,
        max_depth: int = 10,
        search: dict[str, Any] | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.grammar = grammar
        self.preset = preset
        self.population = population
        self.generations = generations
        self.max_depth = max_depth
        self.search = search
        self.random_state = random_state
        self.verbose = verbose

    def _evolve(self, problem: Problem, entry: Any) -> None:
        """Search for a program, with defaults for all that the parameters do not say."""
        plain = SearchSettings(target=problem.settings.search.target)
        changes = {
            "preset": self.preset,
            "init_depth": min(plain.init_depth, self.max_depth),
            "population": self.population,
            "generations": self.generations,
            "max_depth": self.max_depth,
            **(self.search or {}),
        }
        settings = change_search(plain, changes)
        problem = Problem(msgspec.structs.replace(problem.settings, search=settings), entry)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.history_: list[float] = []
        for state in states(problem, seed=seed):
            self._note(state)
        if state.best is None:
            raise RunFailed("no program could be evaluated; look at the values of X and y")
        self.program_ = state.best.phenotype

    def _note(self, state: State) -> None:
        """Remember the best error of a generation."""
        best = state.best.fitness.values[0] if state.best else float("nan")
        self.history_.append(best)
        if self.verbose:
            print(f"generation {state.generation:4}  best {best:.6g}", flush=True)


class GrammarRegressor(RegressorMixin, _GrammarEstimator):
    """A formula that predicts a number, found among those that a grammar allows.

    ``grammar`` is the path of a grammar file, by default ``regression_constants.bnf``; what it
    calls ``<variable>`` is any feature, ``x0``, ``x1``, and so on. ``preset`` names the settings
    of a paper, ``population``, ``generations`` and ``max_depth`` say how large the search is, and
    ``search`` holds other settings by name. With ``scaling`` the line a + b f of a formula f that
    is nearest to the target predicts (Keijzer, EuroGP 2003). ``verbose`` prints the error of each
    generation.

    After ``fit`` there are ``program_``, the formula; ``intercept_`` and ``coefficient_``, its
    line; and ``history_``, for each generation the least root relative squared error so far.
    """

    def __init__(
        self,
        *,
        grammar: str | Path | None = None,
        preset: str = "cfggp-1995",
        population: int = 200,
        generations: int = 30,
        max_depth: int = 10,
        search: dict[str, Any] | None = None,
        scaling: bool = True,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(
            grammar=grammar,
            preset=preset,
            population=population,
            generations=generations,
            max_depth=max_depth,
            search=search,
            random_state=random_state,
            verbose=verbose,
        )
        self.scaling = scaling

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find a formula for the rows of X, whose values are those of y."""
        table, target = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2
        )
        problem = self._problem()
        entry = problem.entry.on(_variables(table), np.asarray(target, np.float64))
        self._evolve(problem, entry)
        self.intercept_, self.coefficient_ = entry.line(self.program_)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """What the formula says for each row."""
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        formula = self._problem().entry.predict(self.program_, _variables(table))
        predicted: NDArray[np.float64] = self.intercept_ + self.coefficient_ * formula
        return predicted

    def _problem(self) -> Problem:
        scaling = f"options.scaling={str(bool(self.scaling)).lower()}"
        return load_problem(
            "symbolic_regression",
            profile="constants",
            grammar=self.grammar,
            assignments=["options.functions=own", scaling],
        )


def _variables(table: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The columns of a table by the names that they have in formulas."""
    return {f"x{k}": column for k, column in enumerate(np.ascontiguousarray(table.T))}


class GrammarClassifier(ClassifierMixin, _GrammarEstimator):
    """A rule that gives a class, found among those that a grammar allows.

    Parameters are those of :class:`GrammarRegressor` but ``scaling``; the grammar is by default
    ``decision_rules.bnf``. Features are scaled so that those seen by ``fit`` reach from 0 to 1;
    in a rule they are ``x[0]``, ``x[1]``, and so on, and classes are their numbers in
    ``classes_``.

    After ``fit`` there are ``program_``, the rule; ``classes_``; and ``history_``, for each
    generation the least share of wrong classes so far.
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find a rule for the rows of X, whose classes are those of y."""
        table, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, classes = np.unique(labels, return_inverse=True)
        self._least = table.min(axis=0)
        width = table.max(axis=0) - self._least
        self._width = np.where(width > 0.0, width, 1.0)
        problem = self._problem()
        self._evolve(problem, problem.entry.on(self._features(table), classes))
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class that the rule gives to each row."""
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        numbers = self._problem().entry.predict(self.program_, self._features(table))
        predicted: NDArray[Any] = self.classes_[numbers]
        return predicted

    def _problem(self) -> Problem:
        return load_problem("classification", grammar=self.grammar)

    def _features(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(((table - self._least) / self._width).T)
