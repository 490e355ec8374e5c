"""The profiles are Table 1 of the paper, and what its authors ran, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from gegp.problem import load_problem

AUTOLR = Path(__file__).parents[3] / "problems" / "autolr"

TABLE_1 = {
    "dataset": "fashion-mnist",
    "network": "paper",
    "batch_size": 1000,
    "augment": True,
    "initial_rate": 0.01,
}
PAPER = {"train_size": 7000, "validation_size": 1500, "test_size": 1500, "first_epoch": 1}
AUTHORS = {
    "train_size": 53_000,
    "validation_size": 3500,
    "test_size": 3500,
    "first_epoch": 0,
    "rate_precision": "float32",
}
EXPERIMENTS = {
    "early-stop": {"epochs": 100, "early_stop": True, "patience": 3},
    "20-epochs": {"epochs": 20, "early_stop": False},
}


@pytest.mark.parametrize("experiment", EXPERIMENTS)
@pytest.mark.parametrize(("who", "own"), [("paper", PAPER), ("authors", AUTHORS)])
def test_a_profile_is_the_published_experiment(who, own, experiment):
    problem = load_problem(AUTOLR, profile=f"{who}-{experiment}")
    options = problem.settings.options
    for name, value in (TABLE_1 | own | EXPERIMENTS[experiment]).items():
        assert options[name] == value
    search = problem.settings.search
    assert (search.population, search.generations, search.mutation_rate) == (5, 50, 0.15)
    assert (search.tournament_size, search.elitism, search.crossover_rate) == (5, 1, 0.9)
    assert (search.init_depth, search.max_depth) == (9, 20)
    grammar = "autolr_authors.bnf" if who == "authors" else "autolr.bnf"
    assert Path(problem.settings.grammar).name == grammar
    last = problem.grammar.rules[-1].productions
    assert (str(last[0]), len(last)) == (("0", 100) if who == "authors" else ("1", 100))
