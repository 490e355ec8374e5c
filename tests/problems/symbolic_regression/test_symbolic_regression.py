import numpy as np
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


def scaled(*assignments):
    return load_problem("symbolic_regression", assignments=["options.scaling=true", *assignments])


def test_with_scaling_a_line_is_free():
    entry = scaled("options.target=quartic").entry
    line = entry.line("x")
    assert entry.evaluate(PERFECT["quartic"]) == pytest.approx(0.0, abs=1e-12)
    assert entry.evaluate(f"(3 - 0.01 * {PERFECT['quartic']})") == pytest.approx(0.0, abs=1e-12)
    # numpy's own least squares
    assert (line.slope, line.intercept) == pytest.approx(
        tuple(np.polyfit(entry._cases.variables["x"], entry._cases.target, 1))
    )
    assert entry.evaluate("x") < load_problem("symbolic_regression").entry.evaluate("x")


@pytest.mark.parametrize("constant", ["1.5", "(x - x)", "pdiv(x, x)"])
def test_with_scaling_what_is_constant_is_the_mean(constant):
    assert scaled("options.target=quartic").entry.evaluate(constant) == pytest.approx(1.0)


def test_with_scaling_what_is_not_finite_stays_invalid():
    found = attempt(scaled("options.target=quartic"), "1 / (x - x)", 0)
    assert found.status == "invalid"
    assert "not finite in 21 cases" in found.detail


def test_a_scaled_formula_is_assessed_and_exported_with_its_line():
    entry = scaled("options.target=keijzer4").entry
    found = entry.assess("sin(x)", scenario="", seed=0)
    space = {}
    exec(entry.export("sin(x)", "python"), space)
    for name, part in entry._parts._asdict().items():
        error = space["formula"](**part.variables) - part.target
        spread = part.target - part.target.mean()
        assert found[name]["rrse"] == pytest.approx(np.sqrt(sum(error**2) / sum(spread**2)))
