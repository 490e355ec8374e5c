"""The problem as gegp sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gegp.errors import InvalidProgram, MissingPackage, SettingsError
from gegp.problem import load_problem

ROOT = Path(__file__).parents[3]
AUTOLR = ROOT / "problems" / "autolr"
RISING = "if_func(epoch ≤ 2, 0.02, 0.06)"


def namespace(source: str) -> dict:
    variables: dict = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), variables)
    return variables


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
        ({"test_size": 1800}, "digits has 1797 images"),
        ({"batch_size": 401}, "no whole batch"),
        ({"initial_rate": -0.1}, "options.initial_rate"),
        ({"threads": 0}, "options.threads"),
    ],
)
def test_impossible_options_are_refused(AutoLR, options, message):
    with pytest.raises(SettingsError, match=message):
        AutoLR(**options)


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


POLICIES = [
    "0.05",
    RISING,
    "if_func(learning_rate < 0.01, 0.1, 0.01)",
    "if_func(epoch > 3, pdiv(learning_rate, 2), max(0.1, exp(-epoch)) ** 2)",
]


@pytest.mark.parametrize("phenotype", POLICIES)
@pytest.mark.parametrize("precision", ["exact", "float32"])
@pytest.mark.parametrize("first_epoch", [0, 1])
def test_the_python_module_gives_the_table(AutoLR, policy, phenotype, precision, first_epoch):
    problem = AutoLR(rate_precision=precision, first_epoch=first_epoch)
    source = problem.export(phenotype, "python")
    assert "import gegp" not in source and "from gegp" not in source
    module = namespace(source)
    rate, table = module["INITIAL_RATE"], []
    for epoch in range(module["FIRST_EPOCH"], module["FIRST_EPOCH"] + 20):
        rate = module["lr"](epoch, policy.through_float32(rate) if precision == "float32" else rate)
        table.append(rate)
    assert tuple(table) == module["TABLE"] == problem.schedule(phenotype)


def test_policy_b_as_a_python_module(AutoLR, policy_b):
    problem = AutoLR(epochs=100, first_epoch=0)
    module = namespace(problem.export(policy_b, "python"))
    assert module["TABLE"] == problem.schedule(policy_b)
    assert module["lr"](93, 0.0193) == 0.09495454545454546


def test_json(AutoLR):
    content = json.loads(AutoLR(epochs=3).export(RISING, "json"))
    assert content["table"] == [0.02, 0.02, 0.06]
    assert content["phenotype"] == RISING
    assert (content["initial_rate"], content["first_epoch"]) == (0.01, 1)
    assert content["rate_precision"] == "exact"


def test_keras_callback_and_schedule_train_alike(AutoLR, backend, tmp_path):
    import keras
    import numpy as np

    module = namespace(AutoLR(epochs=3).export(RISING, "keras"))
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(12, 4)), generator.normal(size=(12, 1))

    def trained(rate, callbacks=()):
        model = keras.Sequential(
            [
                keras.Input((4,)),
                keras.layers.Dense(1, kernel_initializer=keras.initializers.HeNormal(1)),
            ]
        )
        model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
        # Two epochs more than the table has: its last rate holds.
        model.fit(x, y, batch_size=4, epochs=5, shuffle=False, verbose=0, callbacks=list(callbacks))
        return model

    by_callback = trained(0.5, [module["learning_rate_scheduler"]()])
    by_schedule = trained(module["EvolvedSchedule"](steps_per_epoch=3))
    for one, other in zip(by_callback.weights, by_schedule.weights, strict=True):
        one, other = keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other)
        assert (one == other).all()

    by_schedule.save(tmp_path / "model.keras")
    schedule = keras.models.load_model(tmp_path / "model.keras").optimizer._learning_rate
    assert schedule.get_config() == {
        "steps_per_epoch": 3,
        "table": (0.02, 0.02, 0.06),
        "name": "EvolvedSchedule",
    }
    rates = [float(schedule(step)) for step in (0, 5, 6, 8, 9, 100)]
    assert rates == pytest.approx([0.02, 0.02, 0.06, 0.06, 0.06, 0.06])


def test_a_description_holds_the_policy_and_its_drawing(AutoLR):
    text = AutoLR(epochs=3).describe(f"if_func(epoch > 0, {RISING}, 0.1)")
    assert text.startswith("if epoch <= 2:\n    0.02\nelse:\n    0.06\n\nlearning rate\n")
    assert "╭" in text and "\x1b" not in text
