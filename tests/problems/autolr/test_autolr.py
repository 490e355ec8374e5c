"""The problem as gegp sees it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gegp.errors import InvalidProgram, MissingPackage, SettingsError
from gegp.problem import load_problem

ROOT = Path(__file__).parents[3]
AUTOLR = ROOT / "problems" / "autolr"
RISING = "if_func(epoch ≤ 2, 0.02, 0.06)"


def test_loading_and_key_import_nothing_heavy():
    code = (
        "import sys; from gegp.problem import load_problem;"
        f"problem = load_problem({str(AUTOLR)!r}); problem.entry.check();"
        f"print(problem.entry.key({RISING!r})[:3]);"
        "print({'keras', 'tensorflow', 'jax', 'sklearn', 'matplotlib', 'scipy'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    if "MissingPackage" in result.stderr:
        pytest.skip("no backend is installed")
    assert result.stdout == "(0.02, 0.02, 0.06)\nset()\n", result.stderr


def test_an_evaluation(AutoLR, backend):
    problem = AutoLR(epochs=4)
    result = problem.evaluate(RISING, seed=1)
    assert result == problem.evaluate(RISING, seed=1)
    assert 0.1 < result["accuracy"] < 1 and 0.1 < result["validation_accuracy"] < 1
    assert result["epochs_asked"] == result["epochs_trained"] == 4
    assert result["device"] == backend


def test_a_rising_rate_beats_static_ones(AutoLR, backend):
    # What the default profile is made for: there is something to find.
    if not backend.startswith("tensorflow"):
        pytest.skip("the numbers are those of the initial weights that TensorFlow draws")
    problem = AutoLR()
    rising = problem.evaluate("if_func(epoch <= 3, 0.0152, 0.0708)", seed=2)["accuracy"]
    for static in ("0.0001", "0.0102", "0.0314"):
        assert problem.evaluate(static, seed=2)["accuracy"] < rising
    with pytest.raises(InvalidProgram, match="diverged"):
        problem.evaluate("3.0", seed=2)


def test_equal_schedules_are_the_same_candidate(AutoLR):
    problem = AutoLR(epochs=5)
    assert problem.key("0.02") == problem.key("if_func(epoch > 50, 0.1, 0.02)") == (0.02,) * 5
    assert problem.key("0.02") != problem.key("if_func(epoch > 4, 0.1, 0.02)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "options.epochs = 0"),
        ({"validation_size": 5}, "options.validation_size = 5"),
        ({"test_size": 1800}, "may draw from 1,701 images of digits"),
        ({"batch_size": 401}, "no whole batch"),
        ({"initial_rate": -0.1}, "options.initial_rate"),
        ({"threads": 0}, "options.threads"),
    ],
)
def test_impossible_options_are_refused(AutoLR, options, message):
    with pytest.raises(SettingsError, match=message):
        AutoLR(**options).check()


@pytest.mark.parametrize(
    "assignment", ["options.dataset=mnist", "options.device=tpu", "options.epochs=many"]
)
def test_options_are_checked_by_their_types(assignment):
    with pytest.raises(SettingsError, match=assignment.split("=")[0]):
        load_problem(AUTOLR, assignments=[assignment])


def test_table_1_of_the_paper():
    common = {
        "dataset": "fashion-mnist",
        "network": "paper",
        "train_size": 7000,
        "validation_size": 1500,
        "test_size": 1500,
        "batch_size": 1000,
        "augment": True,
        "initial_rate": 0.01,
        "first_epoch": 1,
    }
    for profile, own in {
        "paper-early-stop": {"epochs": 100, "early_stop": True, "patience": 3},
        "paper-20-epochs": {"epochs": 20, "early_stop": False},
    }.items():
        problem = load_problem(AUTOLR, profile=profile)
        options = vars(problem.entry)
        assert {name: options[name] for name in common | own} == common | own
        search = problem.settings.search
        assert (search.population, search.generations, search.mutation_rate) == (5, 50, 0.15)


def test_check_names_the_extra(AutoLR, backends, monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackage, match=r'pip install "gegp\[tensorflow\]"'):
        AutoLR().check()


def test_check_looks_for_the_data(AutoLR, backend, tmp_path):
    with pytest.raises(SettingsError, match=r"options\.data_dir"):
        AutoLR(dataset="fashion-mnist", data_dir=str(tmp_path)).check()


def test_a_description_holds_the_policy_and_its_drawing(AutoLR):
    text = AutoLR(epochs=3).describe(f"if_func(epoch > 0, {RISING}, 0.1)")
    assert text.startswith("if epoch <= 2:\n    0.02\nelse:\n    0.06\n\nlearning rate\n")
    assert "╭" in text and "\x1b" not in text
