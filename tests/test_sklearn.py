"""Estimators: scikit-learn's own checks, what they learn, and what becomes of them elsewhere."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from gegp import GegpError
from gegp.sklearn import GrammarClassifier, GrammarRegressor

SMALL = {"population": 60, "generations": 8, "max_depth": 6}


@parametrize_with_checks([GrammarRegressor(**SMALL), GrammarClassifier(**SMALL)])
def test_what_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def cases():
    table = np.random.default_rng(1).uniform(-1, 1, (80, 3))
    return table, 7.0 - 3.0 * table[:, 0] * table[:, 2]


def test_a_formula_is_found_and_its_line(cases):
    table, y = cases
    found = GrammarRegressor(random_state=0).fit(table, y)
    assert found.score(table, y) > 0.999
    assert len(found.history_) <= 30
    # On a formula with fewer features than the table, the line is what the paper says it is.
    assert found.predict(table) == pytest.approx(
        found.intercept_ + found.coefficient_ * _formula(found.program_, table)
    )


def _formula(text, table):
    spaces = {
        "pdiv": lambda a, b: np.divide(a, b, out=np.ones_like(a + b), where=b != 0),
        "plog": lambda a: np.log1p(np.abs(a)),
        **{name: getattr(np, name) for name in ("sin", "cos", "exp")},
        **{f"x{k}": table[:, k] for k in range(table.shape[1])},
    }
    return eval(text, spaces)


def test_without_the_line_the_formula_predicts(cases):
    table, y = cases
    found = GrammarRegressor(scaling=False, random_state=0, **SMALL).fit(table, y)
    assert (found.intercept_, found.coefficient_) == (0.0, 1.0)
    assert found.predict(table) == pytest.approx(
        np.broadcast_to(_formula(found.program_, table), len(table))
    )


def test_rules_tell_flowers_apart_by_their_names():
    flowers = load_iris()
    y = flowers.target_names[flowers.target]
    found = GrammarClassifier(random_state=2, search={"target": 0.05}).fit(flowers.data, y)
    assert found.score(flowers.data, y) > 0.94
    assert list(found.classes_) == ["setosa", "versicolor", "virginica"]
    assert found.history_[-1] == pytest.approx(1 - found.score(flowers.data, y))


def test_the_same_state_gives_the_same_program(cases):
    first, second, other = (
        GrammarRegressor(random_state=state, **SMALL).fit(*cases) for state in (5, 5, 6)
    )
    assert first.program_ == second.program_
    assert first.history_ == second.history_
    assert other.history_ != first.history_


def test_pipelines_grids_and_cross_validation_take_them(cases):
    table, y = cases
    model = GrammarRegressor(random_state=0, **SMALL)
    assert len(cross_val_score(make_pipeline(StandardScaler(), model), table, y, cv=3)) == 3
    grid = {"preset": ["dsge-2018", "ge-2001"], "search": [None, {"tournament_size": 7}]}
    found = GridSearchCV(model, grid, cv=2, error_score="raise").fit(table, y)
    assert set(found.best_params_) == {"preset", "search"}


def test_a_pickle_predicts_in_another_process(cases, tmp_path):
    table, y = cases
    found = GrammarRegressor(random_state=0, **SMALL).fit(table, y)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps((found, table, found.predict(table))))
    code = (
        "import pickle, sys; model, table, said = pickle.load(open(sys.argv[1], 'rb')); "
        "assert (model.predict(table) == said).all()"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)


def test_a_grammar_of_ones_own_says_what_formulas_are_made_of(cases, tmp_path):
    path = tmp_path / "products.bnf"
    path.write_text("<e> ::= <e> * <e> | <variable>\n")
    found = GrammarRegressor(grammar=path, random_state=0, **SMALL).fit(*cases)
    assert set(found.program_) <= set(" *x012")
    assert found.score(*cases) > 0.999


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"search": {"tournment_size": 7}}, "did you mean 'tournament_size'"),
        ({"preset": "cfggp-1996"}, "did you mean 'cfggp-1995'"),
        ({"population": 0}, "search.population"),
        ({"grammar": "no.bnf"}, "no.bnf"),
    ],
)
def test_wrong_parameters_are_named(cases, parameters, message):
    with pytest.raises(GegpError, match=message):
        GrammarRegressor(**{**SMALL, **parameters}).fit(*cases)


def test_progress_is_printed_on_demand(cases, capsys):
    GrammarRegressor(random_state=0, verbose=True, **SMALL).fit(*cases)
    assert capsys.readouterr().out.startswith("generation    0  best ")
