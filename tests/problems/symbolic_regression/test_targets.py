"""Benchmark functions, their test cases, and formulas that are small as well as right."""

import numpy as np
import pytest

from gegp import load_problem, run
from gegp.errors import SettingsError
from gegp.outcome import attempt
from gegp.testing import ProblemContract

# numpy's own operations, as the grammar has them, for targets that are such formulas.
EXACT = {
    "quintic": "x*x*x*x*x - 2*x*x*x + x",
    "sextic": "x*x*x*x*x*x - 2*x*x*x*x + x*x",
    "nguyen1": "x*x*x + x*x + x",
    "nguyen4": "x*(1 + x*(1 + x*(1 + x*(1 + x*(1 + x)))))",
    "nguyen5": "sin(x*x) * cos(x) - 1",
    "nguyen6": "sin(x) + sin(x + x*x)",
    "nguyen7": "plog(x) + plog(x*x)",
    "nguyen8": "x ** 0.5",
    "nguyen9": "sin(x) + sin(y*y)",
    "nguyen10": "2 * sin(x) * cos(y)",
    "keijzer4": "x*x*x * exp(-x) * cos(x) * sin(x) * (sin(x) * sin(x) * cos(x) - 1)",
    "keijzer7": "plog(x - 1)",
    "keijzer8": "x ** 0.5",
    "keijzer9": "plog(x + (x*x + 1) ** 0.5 - 1)",
    "keijzer10": "x ** y",
    "keijzer11": "x*y + sin((x - 1) * (y - 1))",
    "keijzer12": "x*x*x*x - x*x*x + y*y/2 - y",
    "keijzer13": "6 * sin(x) * cos(y)",
    "keijzer14": "8 / (2 + x*x + y*y)",
    "keijzer15": "x*x*x/5 + y*y*y/2 - y - x",
    "vladislavleva1": "exp(-((x - 1)*(x - 1))) / (1.2 + (y - 2.5)*(y - 2.5))",
    "vladislavleva4": "10 / (5 + (x1-3)*(x1-3) + (x2-3)*(x2-3) + (x3-3)*(x3-3)"
    " + (x4-3)*(x4-3) + (x5-3)*(x5-3))",
}


def load(target="pagie", *assignments, profile=""):
    options = [f"options.target={target}", *assignments]
    return load_problem("symbolic_regression", profile=profile, assignments=options)


class TestOfOneVariable(ProblemContract):
    @pytest.fixture(params=["quintic", "nguyen7"])
    def problem(self, request):
        return load(request.param)


class TestOfManyVariablesAndTwoObjectives(ProblemContract):
    drawn = 100

    @pytest.fixture(params=["", "constants"])
    def problem(self, request):
        return load("vladislavleva4", "options.size=true", profile=request.param)


@pytest.mark.parametrize("target", EXACT)
def test_the_function_itself_has_no_error_on_any_part(target):
    parts = load(target).entry.assess(EXACT[target], scenario="", seed=0)
    assert max(found["rrse"] for found in parts.values()) < 1e-9
    assert ("test" in parts) == target.startswith(("keijzer", "vladislavleva"))


def test_the_test_of_keijzer6_extrapolates():
    text = "plog(x - 1) + 0.5772156649 + 0.5 / x - 1 / (12 * x * x)"
    found = load("keijzer6").entry.assess(text, scenario="", seed=0)
    assert found["test"]["rrse"] < found["training"]["rrse"] < 2e-3


@pytest.mark.parametrize(
    ("target", "least", "most", "cases"),
    [("nguyen1", -1, 1, 20), ("nguyen8", 0, 4, 20), ("vladislavleva4", 0.05, 6.05, 1024)],
)
def test_random_cases_are_within_their_range_and_stay_the_same(target, least, most, cases):
    one, again = (load(target).entry._cases for _ in range(2))
    for name, values in one.variables.items():
        assert len(set(values)) == cases
        assert least <= values.min() < least + (most - least) / 4
        assert most - (most - least) / 4 < values.max() <= most
        assert np.array_equal(values, again.variables[name])


def test_a_problem_of_any_target_has_its_variables_in_the_grammar():
    rules = {rule.name: rule for rule in load("vladislavleva4").grammar.rules}
    names = [str(production) for production in rules["v"].productions]
    assert names == ["x1", "x2", "x3", "x4", "x5", "1.0"]


def test_an_unknown_target_names_the_nearest():
    with pytest.raises(SettingsError, match="unknown target 'quintik'; did you mean 'quintic'"):
        load("quintik")


@pytest.mark.parametrize(
    ("text", "size"),
    [("x", 1), ("(x + 1.0)", 3), ("sin((x * 2.5e-1))", 4), ("-x ** 2", 4), ("pdiv(x, x // 2)", 5)],
)
def test_size_counts_functions_operators_variables_and_numbers(text, size):
    assert attempt(load("quartic", "options.size=true"), text, 0).values[1] == size


def test_two_objectives_give_formulas_none_of_which_is_better_in_both():
    settings = ["search.population=40", "search.generations=10"]
    found = run(load("quartic", *settings, profile="size"), seed=1)
    front = {
        one.fitness.values
        for one in found.state.population
        if not any(other.fitness.dominates(one.fitness) for other in found.state.population)
    }
    assert len(front) > 1
    sizes = [size for _, size in sorted(front)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("target", ["quartic", "sextic"])
def test_polynomials_are_found_exactly(target):
    assert run(load(target, profile="polynomials"), seed=1).best.fitness.values[0] < 1e-9
