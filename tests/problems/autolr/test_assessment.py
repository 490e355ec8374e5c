"""Assessment: other data than the search's, baselines, and test images that only the test sees."""

from __future__ import annotations

import importlib

import pytest

from gegp.errors import InvalidProgram, SettingsError
from gegp.problem import load_problem

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture(scope="module")
def baselines(AutoLR):
    return importlib.import_module(f"{AutoLR.__module__.rpartition('.')[0]}.baselines")


@pytest.fixture(scope="module")
def short(AutoLR, backend):
    return AutoLR(epochs=3)


def contents(images):
    return {image.tobytes() for image in images}


def numbered():
    """scikit-learn's digits and the numbers of those that no search may see."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    held = [np.flatnonzero(bunch.target == label)[17::18] for label in range(10)]
    return bunch, np.sort(np.concatenate(held))


# ----------------------------------------------------------------- data


def test_digits_held_out_are_a_fixed_part_of_every_class(data):
    bunch, held = numbered()
    x, y = data.held_out("digits", "")
    assert (x[..., 0] * 16 == bunch.images[held]).all() and (y == bunch.target[held]).all()
    assert len(y) == 96 and set(np.bincount(y)) == {9, 10}
    pool = data.searchable("digits", "")
    assert len(pool.x) == data.AVAILABLE["digits"] == 1797 - 96
    assert not contents(pool.x) & contents(x)


def test_fashion_mnists_official_test_images_are_held_out(data, fashion, fashion_mnist_directory):
    names = "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"
    train, test = (fashion.read_idx(fashion_mnist_directory, name) for name in names)
    assert (len(train), len(test)) == (60_000, 10_000)
    assert not contents(train) & contents(test)
    x, _ = data.held_out("fashion-mnist", "")
    assert (x[:50, 0, 0, 0] * 255).round().tolist() == test[:50, 0, 0].tolist()


def test_a_search_never_opens_the_official_test_images(
    data, fashion, fashion_mnist_directory, monkeypatch
):
    opened, read_idx = [], fashion.read_idx
    monkeypatch.setattr(
        fashion, "read_idx", lambda place, name: opened.append(name) or read_idx(place, name)
    )
    data.load_splits("fashion-mnist", "", (700, 150, 150), 1)
    assert sorted(opened) == ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]


@pytest.mark.slow
def test_table_2_of_the_paper(data, fashion_mnist_directory):
    splits = data.load_assessment("fashion-mnist", "", 0)
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part.x) for part in parts] == [52_500, 7_500, 10_000]
    assert [set(np.bincount(part.y)) for part in parts] == [{5_250}, {750}, {1_000}]
    assert splits.train.x.std() == pytest.approx(1, abs=1e-3)
    train, validation, test = (contents(part.x) for part in parts)
    assert not (train & validation or train & test or validation & test)


def test_an_assessments_parts_share_no_image(data):
    splits = data.load_assessment("digits", "", 0)
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part.x) for part in parts] == [1500, 200, 96]
    train, validation, test = (contents(part.x) for part in parts)
    assert not (train & validation or train & test or validation & test)
    other = data.load_assessment("digits", "", 1)
    assert contents(other.train.x) != train and (other.test.y == splits.test.y).all()


def test_no_test_image_reaches_training_or_selection(AutoLR, backend, monkeypatch):
    """With other images held out all is the same to the bit, but the accuracy on them."""
    import sklearn.datasets

    def everything():
        problem = AutoLR(epochs=3, split_seed=4, early_stop=True, patience=1)
        search = problem.evaluate("if_func(epoch <= 2, 0.01, 0.02)", seed=1)
        return search, problem.assess("0.02", scenario="1", seed=1)

    search, assessed = everything()
    bunch, held = numbered()
    bunch.images[held] = 16 - bunch.images[held][:, ::-1, :]
    monkeypatch.setattr(sklearn.datasets, "load_digits", lambda: bunch)
    other_search, other = everything()
    assert other_search == search
    assert other["validation"] == assessed["validation"]
    assert other["test"]["epochs"] == assessed["test"]["epochs"]
    assert other["test"]["accuracy"] < assessed["test"]["accuracy"]


# ------------------------------------------------------------ trainings


def test_measures_by_split(short):
    found = short.assess("0.01", scenario="2", seed=1)
    assert found == short.assess("0.01", scenario="2", seed=1)
    assert found != short.assess("0.01", scenario="2", seed=2)
    assert set(found) == {"validation", "test"}
    for measures in found.values():
        assert measures["epochs"] == 3
        assert 0.3 < measures["accuracy"] < 1
    assert round(found["test"]["accuracy"] * 96, 6) % 1 == 0


def test_scenarios_are_the_papers():
    scenarios = load_problem("autolr").entry.scenarios
    assert {name: (one["epochs"], one["early_stop"]) for name, one in scenarios.items()} == {
        "1": (100, True),
        "2": (20, False),
        "3": (100, False),
    }
    assert scenarios["1"]["patience"] == 3


def test_early_stop_ends_an_assessment_too(AutoLR, backend):
    found = AutoLR(epochs=9, early_stop=True).assess("0.0", scenario="1", seed=1)
    assert found["test"]["epochs"] == 4


def test_a_diverged_training_counts_as_guessing_and_says_why(short):
    found = short.assess("if_func(epoch <= 1, 0.01, 1000000)", scenario="2", seed=1)
    assert "diverged" in found["failed"] and "epoch 2" in found["failed"]
    assert found["test"] == {"accuracy": 0.1, "epochs": 1}
    # What it had reached before is the best that validation saw.
    assert found["validation"]["accuracy"] > 0.1


def test_a_policy_without_rates_cannot_be_assessed(short):
    with pytest.raises(InvalidProgram, match="epoch 3"):
        short.assess("if_func(epoch < 3, 0.1, 0 - 1)", scenario="2", seed=1)


def test_batches_must_fit_the_assessments_images(AutoLR, backend):
    AutoLR(batch_size=1500, train_size=400).assess  # noqa: B018
    with pytest.raises(SettingsError, match="at most 1,500"):
        AutoLR(batch_size=1501).assess("0.1", scenario="2", seed=1)


@pytest.mark.parametrize("name", ["adam", "adamax"])
def test_adam_and_adamax_train_as_keras_own(short, baselines, name):
    import keras

    trainer = short.assessor.trainer(name)
    short.assess(baselines.Recipe((0.01, 0.02), name), scenario="2", seed=2)  # leaves no trace
    short.assess(baselines.Recipe((0.001,), name), scenario="2", seed=1)
    model = trainer._fresh(1)
    model.layers[-1].activation = keras.activations.linear
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizers = {"adam": keras.optimizers.Adam, "adamax": keras.optimizers.Adamax}
    model.compile(optimizers[name](0.001), loss, metrics=["accuracy"])
    x, y = trainer.splits.train
    order = np.random.default_rng([1, 1]).permutation(len(x))
    for batch in order.reshape(-1, 50):
        model.train_on_batch(x[batch], y[batch])
    for mine, kerass in zip(trainer.model.weights, model.weights, strict=True):
        assert (keras.ops.convert_to_numpy(mine) == keras.ops.convert_to_numpy(kerass)).all()


# ------------------------------------------------------------ baselines


def test_baselines_by_hand(AutoLR):
    found = AutoLR(epochs=20).baselines()
    assert list(found) == [
        "static 0.01",
        "policy B",
        "step",
        "exponential",
        "cosine",
        "triangular cyclic",
        "Adam (better informed)",
        "Adamax (better informed)",
    ]
    tables = {name: recipe.table for name, recipe in found.items()}
    assert {len(table) for table in tables.values()} == {20}
    assert tables["static 0.01"] == (0.01,) * 20
    assert tables["policy B"] == (0.03541818181818182,) * 20
    assert tables["step"] == pytest.approx([0.02] * 10 + [0.002] * 5 + [0.0002] * 5)
    assert tables["exponential"][0] == 0.02
    assert tables["exponential"][-1] == pytest.approx(0.002)
    ratios = np.divide(tables["exponential"][1:], tables["exponential"][:-1])
    assert ratios == pytest.approx(np.full(19, ratios[0]))
    assert tables["cosine"][0] == 0.02 and tables["cosine"][10] == pytest.approx(0.01)
    assert tables["cosine"][5] == pytest.approx(0.01 * (1 + 0.5**0.5))
    up = [0.005, 0.008, 0.011, 0.014, 0.017]
    down = [0.02, 0.017, 0.014, 0.011, 0.008]
    assert tables["triangular cyclic"] == pytest.approx(up + down + up + down)


def test_policy_b_counts_epochs_from_0_whatever_the_option_says(AutoLR, baselines, policy_b):
    assert policy_b == baselines.POLICY_B
    expected = AutoLR(epochs=100, first_epoch=0).schedule(policy_b)
    assert AutoLR(epochs=100, first_epoch=1).baselines()["policy B"].table == expected


@pytest.mark.parametrize("epochs", [1, 2, 7])
def test_baselines_exist_for_any_number_of_epochs(AutoLR, epochs):
    for recipe in AutoLR(epochs=epochs).baselines().values():
        assert len(recipe.table) == epochs
        assert all(0 < rate < 0.1 for rate in recipe.table)


def test_table_3_of_the_paper(AutoLR):
    published = AutoLR().published
    assert "digits" in published["source"]
    assert "digits" not in AutoLR(dataset="fashion-mnist", network="paper").published["source"]
    figures = {
        (row["scenario"], row["split"], row["policy"]): (row["mean"], row["sd"])
        for row in published["rows"]
    }
    assert len(figures) == 14
    assert figures["3", "test", "policy A"] == (0.887, 0.002)
    assert figures["3", "test", "static 0.01"] == (0.875, 0.004)
    assert figures["2", "validation", "policy B"] == (0.854, 0.009)


# --------------------------------------------------------- command line

FEW = ["--baseline", "static 0.01", "--baseline", "Adamax (better informed)"]


def test_policy_b_on_the_command_line(gegp, backend, policy_b):
    done = gegp(
        "assess", "autolr", "--profile", "authors-20-epochs", "--set", "options.dataset=digits",
        "--set", "options.network=small", "--scenario", "2", "--repeats", 1,
        "--set", "options.epochs=2", "--set", "options.batch_size=100",
        "--phenotype", policy_b, *FEW, "--json",
    )  # fmt: skip
    assert done.status == 0, done.err
    assert set(done.json) == {"rows", "comparisons"}
    assert [(row["policy"], row["split"]) for row in done.json["rows"]] == [
        (policy, split)
        for policy in ("static 0.01", "Adamax (better informed)", "given")
        for split in ("validation", "test")
    ]
    for row in done.json["rows"]:
        assert set(row) == {"policy", "scenario", "split", "accuracy", "epochs"}
        assert row["scenario"] == "2" and row["epochs"] == [2]
        assert len(row["accuracy"]) == 1 and 0 <= row["accuracy"][0] <= 1
    assert {one["policy"] for one in done.json["comparisons"]} == {
        "Adamax (better informed)",
        "given",
    }


def test_a_policy_outside_the_grammar_is_refused_with_its_place(gegp):
    done = gegp(
        "assess", "autolr", "--profile", "authors-20-epochs", "--scenario", "2",
        "--phenotype", "if_func(epoch < 100, 0.1, 0.0001)",
    )  # fmt: skip
    assert done.status == 2
    assert "line 1, column 19: expected ', '" in done.err and done.out == ""


def test_a_run_beside_the_papers_figures(gegp, backend):
    small = ["--set", "search.population=4", "--set", "search.generations=1"]
    small += ["--set", "options.epochs=2", "--engine", "serial"]
    run = gegp("run", "autolr", "--seed", 2, *small, "--out", "run")
    assert run.status == 0, run.err
    done = gegp(
        "assess", "run", "--scenario", "3", "--repeats", 2, "--set", "options.epochs=3",
        "--baseline", "static 0.01",
    )  # fmt: skip
    assert done.status == 0, done.err
    lines = done.out.split("\n")
    assert any(line.startswith("3         run          test ") for line in lines)
    assert any("policy A" in line and "0.887 ± 0.002" in line for line in lines)
    assert any("static 0.01" in line and "0.875 ± 0.004" in line for line in lines)
    assert "Not to be compared with ours here: digits, network small." in done.out
