import pytest

from gegp import load_problem, run
from gegp.outcome import attempt

PERFECT = {
    "pagie": "(1 / (1 + x ** -4) + 1 / (1 + y ** -4))",
    "quartic": "(x + (x * x)) * (1 + (x * x))",
}


def outcome(target, phenotype):
    problem = load_problem("symbolic_regression", assignments=[f"options.target={target}"])
    return attempt(problem, phenotype, seed=0)


@pytest.mark.parametrize("target", PERFECT)
def test_the_function_itself_has_no_error(target):
    assert outcome(target, PERFECT[target]).values[0] == pytest.approx(0.0, abs=1e-12)


def test_keijzer6_is_the_harmonic_numbers():
    # Euler and Maclaurin: log x + gamma + 1/(2x) - 1/(12x^2)
    text = "plog(x - 1) + 0.5772156649 + 0.5 / x - 1 / (12 * x * x)"
    assert outcome("keijzer6", text).values[0] < 2e-3


@pytest.mark.parametrize("target", ["pagie", "keijzer6", "quartic"])
def test_a_constant_at_the_mean_has_error_one(target):
    from statistics import fmean

    problem = load_problem("symbolic_regression", assignments=[f"options.target={target}"])
    mean = fmean(problem.entry._cases.target)
    assert attempt(problem, repr(mean), 0).values[0] == pytest.approx(1.0)


def test_what_is_not_finite_is_invalid():
    found = outcome("quartic", "1 / (x - x)")
    assert found.status == "invalid"
    assert "not finite in 21 cases" in found.detail


def test_an_unknown_variable_is_invalid():
    assert "unknown name 'y'; known are x" in outcome("quartic", "x + y").detail


@pytest.mark.parametrize("profile", ["", "keijzer6", "quartic"])
def test_evolution_beats_the_mean(profile, tmp_path):
    assignments = ["search.generations=30"]
    problem = load_problem("symbolic_regression", profile=profile, assignments=assignments)
    found = run(problem, seed=1, out=tmp_path / "out")
    assert found.best.fitness.values[0] < min(1.0, found.history[0]["best"])


def test_an_argument_too_many_is_no_place_to_write_to():
    problem = load_problem("symbolic_regression")
    before = problem.entry.evaluate("x + y")
    assert attempt(problem, "sin(x, y)", 0).status == "error"
    assert problem.entry.evaluate("x + y") == before


def test_constants_are_divided_as_arrays_are():
    assert outcome("pagie", "1 / (1 / 0) + x").ok
    assert "not finite in 676 cases" in outcome("pagie", "1 / 0").detail
    assert "too large" in outcome("pagie", "9" * 400).detail
