"""Exported policies: each gives the rates that were evolved, in the library it is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gegp.errors import InputError, InvalidProgram
from gegp.export import export_program
from gegp.grammar.membership import find_derivation
from gegp.grammar.reader import read_grammar
from gegp.problem import load_problem

GRAMMAR = Path(__file__).parents[3] / "grammars" / "autolr_authors.bnf"
RISING = "if_func(epoch ≤ 2, 0.02, 0.06)"
# Its rates change every epoch; none of them is a float32.
CHANGING = "if_func(learning_rate < 0.03, 0.0511, if_func(epoch > 3, 0.0101, 0.0203))"
EPOCHS = 6  # of trainings here, two more than the exported tables have
STEPS = 3  # in an epoch


def namespace(source: str) -> dict:
    variables: dict = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), variables)
    return variables


@pytest.fixture
def changing(AutoLR):
    """A problem of four epochs, and the rates of six: after the table its last one holds."""
    problem = AutoLR(epochs=EPOCHS - 2)
    table = problem.schedule(CHANGING)
    assert table == (0.0511, 0.0203, 0.0511, 0.0101)
    return problem, (*table, table[-1], table[-1])


# --- Python, JSON and the policy itself


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


def test_the_python_module_of_conditionals_imports_nothing(AutoLR):
    assert "import" not in AutoLR().export(CHANGING, "python")


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


def test_policy_b_simplified_is_a_policy_of_5_leaves(gegp, policy_b):
    settings = ["--set", "options.epochs=100", "--set", "options.first_epoch=0"]
    done = gegp("export", "autolr", *settings, "--phenotype", policy_b, "--format", "simplified")
    assert done.status == 0, done.err
    assert done.out == (
        "if_func(epoch < 67, 0.03541818181818182, if_func(learning_rate <= 0.05156363636363637, "
        "if_func(learning_rate >= 0.002118181818181818, if_func(epoch < 92, 0.09192727272727273, "
        "0.09495454545454546), 0.08385454545454546), 0.01927272727272727))\n"
    )
    assert find_derivation(read_grammar(GRAMMAR), done.out.strip()).member
    problem = load_problem("autolr", assignments=settings[1::2]).entry
    assert problem.schedule(done.out) == problem.schedule(policy_b)


@pytest.mark.parametrize("format", ["python", "json", "simplified", "keras", "pytorch", "optax"])
def test_what_gives_no_rates_is_not_exported(AutoLR, format):
    assert format in AutoLR.formats
    with pytest.raises(InvalidProgram):
        AutoLR().export("if_func(epoch < 5, 0.1, 0.1 - 1)", format)


def test_an_unknown_format_names_the_known_ones():
    known = "python, json, simplified, keras, pytorch, optax"
    with pytest.raises(InputError, match=f"expected one of: {known}"):
        export_program(load_problem("autolr"), RISING, "onnx")


# --- Keras


@pytest.fixture
def keras_training(backend):
    """Trains a small network; returns it. The same rates give the same weights."""
    import keras
    import numpy as np

    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(12, 4)), generator.normal(size=(12, 1))

    def start(rate):
        kernel = keras.initializers.HeNormal(1)
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(1, kernel_initializer=kernel)]
        )
        model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
        return model

    def train(model, epochs=EPOCHS, **options):
        model.fit(
            x, y, batch_size=len(x) // STEPS, epochs=epochs, shuffle=False, verbose=0, **options
        )
        return [keras.ops.convert_to_numpy(weights) for weights in model.weights]

    return start, train


def equal(one, other):
    return all((a == b).all() for a, b in zip(one, other, strict=True))


def test_keras_trains_to_the_bit_as_by_rates_set_by_hand(changing, keras_training):
    problem, rates = changing
    start, train = keras_training
    module = namespace(problem.export(CHANGING, "keras"))

    by_hand = start(0.5)
    for rate in rates:
        by_hand.optimizer.learning_rate = rate
        expected = train(by_hand, epochs=1)
    assert not equal(expected, train(start(0.0511)))

    assert equal(expected, train(start(0.5), callbacks=[module["learning_rate_scheduler"]()]))
    assert equal(expected, train(start(module["EvolvedSchedule"](steps_per_epoch=STEPS))))


def test_the_keras_schedule_is_saved_with_the_model(changing, keras_training, tmp_path):
    import keras

    problem, rates = changing
    start, train = keras_training
    schedule = namespace(problem.export(CHANGING, "keras"))["EvolvedSchedule"]
    whole, model = start(schedule(steps_per_epoch=STEPS)), start(schedule(steps_per_epoch=STEPS))
    train(model, epochs=2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert equal(train(whole), train(loaded, epochs=EPOCHS - 2))

    read = loaded.optimizer._learning_rate
    assert read.get_config() == {
        "steps_per_epoch": STEPS,
        "table": rates[:-2],
        "name": "EvolvedSchedule",
    }
    seen = [float(read(step)) for step in range(EPOCHS * STEPS)]
    assert seen == pytest.approx([rate for rate in rates for _ in range(STEPS)])


# --- PyTorch


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="needs PyTorch: pip install torch")


@pytest.fixture
def torch_training(torch):
    """An optimizer, and a function that trains for one epoch and returns the weights."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(12, 4, generator=generator)
    y = torch.randn(12, generator=generator)

    def start(rate, **options):
        weights = torch.nn.Parameter(torch.ones(4))
        optimizer = torch.optim.SGD([weights], lr=rate, **options)

        def epoch():
            for images, targets in zip(x.split(4), y.split(4), strict=True):
                optimizer.zero_grad()
                ((images @ weights - targets) ** 2).mean().backward()
                optimizer.step()
            return weights.detach().clone()

        return optimizer, epoch

    return start


@pytest.mark.parametrize("base", [1.0, 0.1, 0.3])
def test_pytorch_trains_to_the_bit_as_by_rates_set_by_hand(changing, torch_training, base):
    problem, rates = changing
    optimizer, epoch = torch_training(base, momentum=0.9)
    by_hand, epoch_by_hand = torch_training(0.5, momentum=0.9)
    scheduler = namespace(problem.export(CHANGING, "pytorch"))["learning_rate_scheduler"](optimizer)
    for rate in rates:
        by_hand.param_groups[0]["lr"] = rate
        assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]] == [rate]
        assert (epoch() == epoch_by_hand()).all()
        scheduler.step()


def test_a_resumed_pytorch_scheduler_goes_on(changing, torch, torch_training, tmp_path):
    problem, rates = changing
    schedule = namespace(problem.export(CHANGING, "pytorch"))["learning_rate_scheduler"]
    optimizer, epoch = torch_training(0.1)
    scheduler = schedule(optimizer)
    for _ in range(2):
        epoch()
        scheduler.step()
    torch.save([optimizer.state_dict(), scheduler.state_dict()], tmp_path / "states")

    resumed, epoch = torch_training(0.7)
    scheduler = schedule(resumed)
    states = torch.load(tmp_path / "states")
    resumed.load_state_dict(states[0])
    scheduler.load_state_dict(states[1])
    for rate in rates[2:]:
        assert resumed.param_groups[0]["lr"] == rate
        epoch()
        scheduler.step()


# --- optax


def test_optax_trains_to_the_bit_as_by_rates_set_by_hand(changing):
    optax = pytest.importorskip("optax", reason="needs optax: pip install optax")
    jax = pytest.importorskip("jax", reason="needs JAX: pip install jax")
    problem, rates = changing
    schedule = namespace(problem.export(CHANGING, "optax"))["evolved_schedule"](STEPS)

    def train(optimizers):
        weights = jax.numpy.ones(4)
        state = optimizers[0].init(weights)
        for optimizer in optimizers:
            for step in range(STEPS):
                gradient = jax.numpy.sin(weights + step)
                updates, state = optimizer.update(gradient, state)
                weights = optax.apply_updates(weights, updates)
        return weights

    by_hand = train([optax.sgd(rate) for rate in rates])
    assert (train([optax.sgd(schedule)] * EPOCHS) == by_hand).all()
    assert (train([optax.sgd(rates[0])] * EPOCHS) != by_hand).any()


def test_the_optax_schedule_compiles(changing):
    jax = pytest.importorskip("jax", reason="needs JAX: pip install jax")
    problem, rates = changing
    schedule = namespace(problem.export(CHANGING, "optax"))["evolved_schedule"](STEPS)
    expected = jax.numpy.repeat(jax.numpy.asarray(rates), STEPS)
    steps = jax.numpy.arange(EPOCHS * STEPS)
    assert (jax.jit(jax.vmap(schedule))(steps) == expected).all()
    assert [float(schedule(step)) for step in range(EPOCHS * STEPS)] == expected.tolist()
