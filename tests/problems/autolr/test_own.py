"""Networks, data, losses, optimizers and metrics of the user's own, on real trainings."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from gegp.errors import GegpError, InvalidProgram, SettingsError

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")

MODULE = """
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from names import METRIC


def load():
    x, y = load_diabetes(return_X_y=True)
    return x.astype("float32") * 20, (y / 100).astype("float32")


def unseeded():
    model = keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(8, "tanh"), keras.layers.Dropout(0.1),
         keras.layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="mse", metrics=[METRIC])
    return model


def seeded(seed):
    initial = keras.initializers.GlorotUniform(seed)
    layer = keras.layers.Dense(1, kernel_initializer=initial)
    model = keras.Sequential([keras.Input((10,)), layer])
    model.compile(optimizer="adam", loss="mse")
    return model


def bare():
    return keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])


def scheduled():
    model = bare()
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 100)), "mse")
    return model


def two_targets():
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(2)])
    model.compile("sgd", "categorical_crossentropy")
    return model


def absolute(truth, found):
    return keras.ops.mean(keras.ops.abs(truth - found), axis=-1)


def heavy_ball():
    return keras.optimizers.SGD(0.1, momentum=0.5)


def nothing():
    return None


def unbuilt():
    return keras.Sequential([keras.layers.Dense(1)])


def failing():
    raise RuntimeError("no such layer")
"""


@pytest.fixture
def place(tmp_path, monkeypatch, backend):
    """A directory with a module, which imports another one beside it, as where a user works."""
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "names.py").write_text('METRIC = "mae"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def Own(AutoLR, place):
    """AutoLR with the user's regression, unless said otherwise."""

    def make(**options):
        own = {
            "network": "mine.py:unseeded",
            "dataset": "mine.py:load",
            "objective": "min mae",
            "train_size": 0,
            "validation_size": 0,
            "test_size": 0,
            "batch_size": 32,
            "epochs": 3,
        }
        return AutoLR(**own | options)

    return make


def values(model):
    import keras

    return [keras.ops.convert_to_numpy(variable) for variable in model.variables]


def equal(first, second):
    return all(itertools.starmap(np.array_equal, zip(first, second, strict=True)))


# --------------------------------------------------------------- networks


def test_training_is_that_of_a_plain_keras_loop(Own):
    """With the model's own loss, optimizer (momentum included) and metric, to the bit."""
    problem = Own()
    _, trainer = problem.trainer
    result = trainer.train([0.02, 0.01], 7, None)
    trained = values(trainer.model)
    model = trainer._fresh(7)
    x, y = trainer.splits.train
    for epoch, rate in (1, 0.02), (2, 0.01):
        model.optimizer.learning_rate = rate
        order = np.random.default_rng([7, epoch]).permutation(len(x))
        for start in range(0, len(x) - 31, 32):
            batch = order[start : start + 32]
            model.train_on_batch(x[batch], y[batch])
    assert equal(values(model), trained)
    test = trainer.splits.test
    found = np.asarray(model(test.x))[:, 0]
    assert result.score == pytest.approx(np.abs(found - test.y).mean(), rel=1e-5)
    assert problem.evaluate("0.02", 7)["mae"] > 0


@pytest.mark.parametrize("network", ["mine.py:unseeded", "mine.py:seeded"])
def test_the_seed_decides_the_weights_that_a_function_gives(Own, network):
    _, trainer = Own(network=network, objective="min loss").trainer
    one, again, other = (values(trainer._fresh(seed)) for seed in (1, 1, 2))
    assert equal(one, again) and not equal(one, other)
    first = trainer.train([0.01] * 2, 1, None)
    assert trainer.train([0.01] * 2, 2, None) != first
    assert trainer.train([0.01] * 2, 1, None) == first


def test_building_a_network_leaves_the_global_generators_alone(Own):
    import random

    _, trainer = Own().trainer
    random.seed(5)
    np.random.seed(5)
    expected = random.random(), np.random.random()
    random.seed(5)
    np.random.seed(5)
    trainer._fresh(1)
    assert (random.random(), np.random.random()) == expected


def test_a_file_gives_the_weights_that_are_in_it(Own, place):
    _, trainer = Own().trainer
    trainer.train([0.02] * 2, 1, None)
    trainer.model.save(place / "mine.keras")
    saved = [value.copy() for value in trainer.model.get_weights()]
    _, loaded = Own(network="mine.keras").trainer
    for seed in 1, 2:
        assert equal(loaded._fresh(seed).get_weights(), saved)
    assert loaded.train([0.0], 1, None).score == pytest.approx(
        trainer.evaluate(loaded.splits.test)[1], rel=1e-6
    )
    # The optimizer's momentum is not taken along: a training starts from scratch.
    assert not any(value.any() for value in loaded._initial_optimizer[2:])


@pytest.mark.parametrize("network", ["mine.py:unseeded", "mine.py:seeded"])
def test_prefixes_are_shared_with_momentum_and_adam_to_the_bit(Own, tmp_path, network):
    problem = Own(network=network, objective="min loss")
    _, trainer = problem.trainer
    alone = trainer.train([0.02, 0.02, 0.001], 1, None)
    expected = values(trainer.model)
    store = problem._store(tmp_path / "scratch")
    trainer.train([0.02, 0.02, 0.3], 1, None, store)
    shared = trainer.train([0.02, 0.02, 0.001], 1, None, store)
    assert (shared.trained, alone.trained) == (1, 3)
    assert shared.score == alone.score and equal(values(trainer.model), expected)


def test_loss_optimizer_and_metric_can_be_replaced(Own):
    import keras

    problem = Own(
        network="mine.py:bare",
        loss="mine.py:absolute",
        optimizer="mine.py:heavy_ball",
        objective="min mean_squared_error",
    )
    _, trainer = problem.trainer
    assert trainer.model.optimizer.momentum == 0.5
    loss, score = trainer.evaluate(trainer.splits.test)
    x, y = trainer.splits.test
    error = np.asarray(trainer.model(x))[:, 0] - y
    assert loss == pytest.approx(np.abs(error).mean(), rel=1e-5)
    assert score == pytest.approx((error**2).mean(), rel=1e-5)
    named = Own(loss="mae", optimizer="adam").trainer[1].model
    assert isinstance(named.optimizer, keras.optimizers.Adam)
    # With an optimizer replaced, the loss that the model was compiled with stays.
    assert Own(optimizer="adam").trainer[1].model.loss == "mse"


def test_a_file_whose_loss_is_unknown_here_takes_one_from_the_options(Own, place):
    import keras

    _, trainer = Own(network="mine.py:bare", loss="mine.py:absolute", objective="min loss").trainer
    trainer.model.save(place / "custom.keras")
    assert keras.saving.load_model(place / "custom.keras", compile=False)
    options = {"network": "custom.keras", "objective": "min loss"}
    with pytest.raises(SettingsError, match=r"not compiled .* say what its loss is"):
        Own(**options).trainer  # noqa: B018
    assert Own(**options, loss="mine.py:absolute").evaluate("0.01", 1)["loss"] > 0


def test_labels_in_a_column_reach_a_metric_as_a_column(Own, place):
    (place / "column.py").write_text(
        "from mine import *\n\n\ndef load_column():\n    x, y = load()\n"
        "    return x, y[:, None]\n\n\n"
        "def hits(truth, found):\n    return 1 - keras.ops.abs(truth - found)\n\n\n"
        "def build():\n    model = bare()\n    model.compile('sgd', 'mse', metrics=[hits])\n"
        "    return model\n"
    )
    problem = Own(network="column.py:build", dataset="column.py:load_column", objective="max hits")
    found = problem.evaluate("0.01", 1)["hits"]
    _, trainer = problem.trainer
    x, y = trainer.splits.test
    expected = 1 - np.abs(np.asarray(trainer.model(x)) - y)
    assert y.shape[1:] == (1,) and found == pytest.approx(expected.mean(), rel=1e-5)
    # The metric stays when an assessment replaces the optimizer.
    adam = problem.baselines()["Adam (better informed)"]
    assert problem.assess(adam, scenario="2", seed=1)["test"]["hits"] != found


def test_a_module_in_the_working_directory_needs_no_path(Own):
    assert Own(network="mine:unseeded", dataset="mine:load").evaluate("0.01", 1)["mae"] > 0


def test_a_metric_of_keras_that_the_model_was_not_compiled_with(Own):
    found = Own(objective="min mean_absolute_percentage_error").evaluate("0.01", 1)
    assert found["mean_absolute_percentage_error"] > 1


def test_less_may_be_better(Own):
    problem = Own()
    assert problem.objectives == ("min mae",)
    found = problem.evaluate("if_func(epoch < 3, 0.02, 0.1)", 1)
    assert found["validation_mae"] > 0
    trainer = problem.trainer[1]
    progress, _ = trainer.run([0.02, 0.02, 0.1], 1, None)
    assert trainer.best_score(progress) == min(progress.scores)


def test_an_own_classifier_without_compilation(AutoLR, place, backend):
    (place / "classifier.py").write_text(
        "import keras\n\n\ndef build():\n"
        "    layers = keras.layers\n"
        "    return keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(),\n"
        "        layers.Dense(10, activation='softmax')])\n"
    )
    problem = AutoLR(network="classifier.py:build", epochs=4)
    assert problem.evaluate("0.1", 1)["accuracy"] > 0.6


# ------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"network": "mine.py:unseded"}, r"no function 'unseded'; did you mean 'unseeded'\?"),
        ({"objective": "max accuracy"}, r"was compiled with loss, mae: name one of these"),
        (
            {"network": "mine.py:bare", "loss": "mse", "objective": "max accuracy"},
            r"the labels of mine\.py:load are no classes",
        ),
        ({"network": "mine.py:failing"}, r"mine\.py:failing failed: RuntimeError: no such layer"),
        ({"network": "mine.py:nothing"}, r"gave a NoneType; expected a keras\.Model"),
        ({"network": "mine.py:unbuilt"}, r"has no weights yet; let the model begin with"),
        ({"network": "mine.py:two_targets"}, r"does not fit the data mine\.py:load \(x \(n, 10\)"),
        ({"network": "mine.py:bare"}, r"not compiled and does not end with a softmax"),
        ({"network": "mine.py:scheduled"}, r"has a learning-rate schedule already"),
        ({"dataset": "digits"}, r"takes examples of the shape \(n, 10\), but those of digits have"),
        ({"network": "small"}, r"takes images .* has x \(n, 10\) and y \(n\) of float32"),
        ({"objective": "min nonsense"}, r"nonsense is neither .*\(loss, mae\) nor one that Keras"),
        ({"loss": "nonsense"}, r"options\.loss = 'nonsense': expected a name that Keras knows"),
        ({"optimizer": "fast"}, r"options\.optimizer = 'fast': expected a name that Keras knows"),
        ({"optimizer": "mine.py:nothing"}, r"options\.optimizer: mine\.py:nothing gave a None"),
        ({"network": "no_such_module:build"}, r"no_such_module does not import: ModuleNotFound"),
        ({"train_size": 400}, r"but a search may draw from 398"),
        ({"batch_size": 300}, r"options\.batch_size = 300: expected at most 278"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(Own, options, message):
    with pytest.raises(GegpError, match=message):
        Own(**options).trainer  # noqa: B018


def test_an_unreadable_network_file(Own, place):
    (place / "broken.keras").write_bytes(b"PK nothing")
    with pytest.raises(GegpError, match=r"broken\.keras cannot be loaded: .*MODULE:FUNCTION"):
        Own(network="broken.keras").trainer  # noqa: B018


# -------------------------------------------------------------------- data


@pytest.fixture
def own_data(AutoLR):
    import importlib

    return importlib.import_module(f"{AutoLR.__module__.rpartition('.')[0]}.own_data").own_data


def test_a_tenth_is_held_out_where_there_is_no_test_part(own_data, tmp_path):
    x, y = np.arange(400.0).reshape(200, 2), np.arange(200) % 4
    np.savez(tmp_path / "mine.npz", x=x, y=y)
    pool, held_out = own_data(str(tmp_path / "mine.npz"))
    assert (len(pool.y), len(held_out.y)) == (180, 20)
    assert sorted([*pool.x[:, 0], *held_out.x[:, 0]]) == x[:, 0].tolist()
    assert pool.x.dtype == np.float32 and pool.y.dtype == np.int64
    again, _ = own_data(str(tmp_path / "mine.npz"))
    assert (again.x == pool.x).all()


def test_a_test_part_of_its_own_is_what_is_held_out(own_data, data, tmp_path):
    rng = np.random.default_rng(1)
    arrays = {"x_train": rng.random((90, 3)), "y_train": rng.integers(0, 3, (90, 1))}
    arrays |= {"x_test": rng.random((30, 3)), "y_test": rng.integers(0, 3, (30, 1))}
    file = tmp_path / "mine.npz"
    np.savez(file, **arrays)
    splits = data.load_assessment(str(file), "", 0)
    assert [len(part.y) for part in (splits.train, splits.validation, splits.test)] == [79, 11, 30]
    assert (splits.test.x == arrays["x_test"].astype(np.float32)).all()
    assert (splits.test.y == arrays["y_test"]).all()  # a column stays a column
    searched = data.load_splits(str(file), "", (0, 0, 0), 0)
    seen = {row.tobytes() for part in (searched.train, searched.validation) for row in part.x}
    assert not seen & {row.tobytes() for row in splits.test.x}


def test_an_assessment_asks_for_own_data_once(data, place):
    """A function that shuffles would else put examples into both parts."""
    (place / "shuffling.py").write_text(
        "import numpy as np\n\n\ndef load():\n"
        "    x = np.random.permutation(200).astype(float)[:, None]\n    return x, x[:, 0]\n"
    )
    splits = data.load_assessment("shuffling.py:load", "", 0)
    seen = [set(part.y.tolist()) for part in (splits.train, splits.validation, splits.test)]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 200


def test_own_classes_are_stratified_and_own_numbers_are_left_as_they_are(data, tmp_path):
    y = np.repeat([0, 1, 2], [100, 60, 40])
    np.savez(tmp_path / "mine.npz", x=np.arange(200)[:, None], y=y)
    splits = data.load_splits(str(tmp_path / "mine.npz"), "", (100, 40, 40), 0)
    assert np.bincount(splits.train.y).tolist() == pytest.approx([50, 30, 20], abs=5)
    assert splits.train.x.dtype.kind == "i"


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros(30)}, r"expected arrays x and y, or x_train.*; found images"),
        ({"x": np.zeros((30, 2)), "y": np.zeros(29)}, r"30 examples and 29 labels"),
        ({"x": np.zeros((3, 2)), "y": np.zeros(3)}, r"at least 20; found 3 examples"),
        (
            {"x": np.full((30, 2), np.nan), "y": np.zeros(30)},
            r"mine\.npz: x: 60 of 60 numbers are NaN",
        ),
        (
            {"x": np.array(["a"] * 30), "y": np.zeros(30)},
            r"x: expected an array of numbers, found one of <U1",
        ),
    ],
)
def test_arrays_that_are_no_data(own_data, tmp_path, arrays, message):
    np.savez(tmp_path / "mine.npz", **arrays)
    with pytest.raises(GegpError, match=message):
        own_data(str(tmp_path / "mine.npz"))


def test_a_file_that_is_no_npz_or_cut_off(own_data, tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, x=np.zeros((30, 2)), y=np.zeros(30))
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(GegpError, match=r"mine\.npz cannot be read"):
        own_data(str(file))


def test_functions_that_return_no_data(own_data, place):
    (place / "wrong.py").write_text(
        "def one():\n    return 1\n\n\ndef bad():\n    raise OSError('gone')\n"
    )
    with pytest.raises(GegpError, match=r"wrong\.py:one: expected it to return .*; found int"):
        own_data("wrong.py:one")
    with pytest.raises(GegpError, match=r"wrong\.py:bad failed: OSError: gone"):
        own_data("wrong.py:bad")


# ------------------------------------------------------------- assessment


def test_own_networks_are_assessed_by_their_metric(Own):
    problem = Own(initial_rate=0.02)
    found = problem.assess("0.02", scenario="2", seed=1)
    assert set(found) == {"validation", "test"} and found["test"]["mae"] > 0
    assert not problem.published  # the paper's figures say nothing beside these
    baselines = problem.baselines()
    assert baselines["static 0.02"].table == (0.02,) * 3
    assert baselines["cosine"].table[0] == 0.04
    assert problem.assess(baselines["static 0.02"], scenario="2", seed=1) == found
    with pytest.raises(InvalidProgram, match="diverged"):
        problem.assess("1000000000", scenario="2", seed=1)


def test_the_context_is_what_a_training_depends_on(Own, place):
    problem = Own()
    assert replace(problem, epochs=9, snapshot_space=3).context() == problem.context()
    assert replace(problem, batch_size=16).context() != problem.context()
    before = problem.context()
    (place / "mine.py").write_text(MODULE + "\n# another version\n")
    assert problem.context() != before


def test_options_are_refused_before_a_run_starts(AutoLR):
    with pytest.raises(SettingsError, match=r"options\.network"):
        AutoLR(network="nowhere.keras")
