"""The modules of ``problems/autolr``, loaded the way gegp loads them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gegp.errors import GegpError
from gegp.problem import load_problem

AUTOLR = Path(__file__).parents[3] / "problems" / "autolr"

# Policy B of the paper, found in its authors' notebooks. Epochs are counted from 0.
POLICY_B = (
    "if_func(epoch < 67, 0.03541818181818182, if_func(epoch > 59, if_func(learning_rate <= "
    "0.05156363636363637, if_func(learning_rate >= 0.002118181818181818, if_func(epoch < 39, "
    "if_func(epoch <= 21, if_func(epoch > 82, if_func(epoch >= 89, 0.05257272727272728, "
    "if_func(epoch < 85, 0.0889, if_func(epoch <= 11, 0.08082727272727273, "
    "if_func(learning_rate < 0.08587272727272728, 0.02431818181818182, 0.06871818181818183)))), "
    "if_func(learning_rate < 0.04853636363636364, 0.005145454545454546, 0.09495454545454546)), "
    "0.07880909090909091), if_func(epoch < 92, 0.09192727272727273, if_func(learning_rate >= "
    "0.06165454545454546, 0.004136363636363637, if_func(learning_rate >= 0.03743636363636364, "
    "0.09495454545454546, if_func(learning_rate >= 0.03945454545454546, if_func(learning_rate "
    "<= 0.09596363636363638, if_func(epoch <= 31, 0.06569090909090909, 0.004136363636363637), "
    "if_func(learning_rate > 0.07477272727272728, if_func(learning_rate >= 0.03945454545454546, "
    "if_func(epoch < 58, if_func(learning_rate >= 0.07578181818181819, if_func(learning_rate >= "
    "0.09091818181818183, if_func(epoch < 16, 0.08284545454545456, 0.04248181818181819), "
    "0.05156363636363637), if_func(learning_rate <= 0.023309090909090908, 0.09697272727272728, "
    "if_func(epoch >= 37, 0.004136363636363637, if_func(epoch < 48, 0.006154545454545455, "
    "0.04752727272727273)))), 0.09798181818181818), if_func(epoch > 36, if_func(learning_rate <= "
    "0.05963636363636364, 0.06670000000000001, 0.03440909090909092), 0.03541818181818182)), "
    "0.006154545454545455)), 0.09495454545454546))))), if_func(epoch > 25, 0.08385454545454546, "
    "0.05055454545454546)), 0.01927272727272727), 0.09596363636363638))"
)


@pytest.fixture(scope="session")
def policy_b() -> str:
    return POLICY_B


@pytest.fixture(scope="session")
def AutoLR() -> type:
    return type(load_problem(AUTOLR).entry)


def _module_fixture(name: str) -> Any:
    @pytest.fixture(scope="session", name=name)
    def fixture(AutoLR: type) -> ModuleType:
        package = AutoLR.__module__.rpartition(".")[0]
        return importlib.import_module(f"{package}.{name}")

    return fixture


policy = _module_fixture("policy")
simplify = _module_fixture("simplify")
network = _module_fixture("network")
augmentation = _module_fixture("augmentation")
data = _module_fixture("data")
fashion = _module_fixture("fashion")
backends = _module_fixture("backends")
drawing = _module_fixture("drawing")


@pytest.fixture(scope="session")
def backend(backends: ModuleType) -> str:
    """The line that describes the backend; without one the test is skipped."""
    try:
        line: str = backends.prepare_backend(1, "auto")
    except GegpError as error:
        pytest.skip(str(error))
    return line


@pytest.fixture(scope="session")
def fashion_mnist_directory(fashion: ModuleType) -> Path:
    directory: Path | None = fashion.find_fashion_mnist("")
    if directory is None:
        pytest.skip("Fashion-MNIST is not on this machine (apt-get install dataset-fashion-mnist)")
    return directory
