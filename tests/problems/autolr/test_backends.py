"""Which backend is used, and what is said if there is none."""

from __future__ import annotations

import pytest

from gegp.errors import MissingPackage


def test_keras_backend_is_respected(backends, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: name != "tensorflow")
    assert backends.find_backend() == "jax"


@pytest.mark.parametrize(
    ("wanted", "installed", "message"),
    [
        ("", [], r'Keras is not installed: pip install "gegp\[tensorflow\]"'),
        ("jax", [], r'pip install "gegp\[jax\]"'),
        ("", ["keras"], r'pip install "gegp\[tensorflow\]"'),
        ("jax", ["keras", "tensorflow"], r'KERAS_BACKEND is jax.*pip install "gegp\[jax\]"'),
    ],
)
def test_a_missing_package_names_the_extra(backends, monkeypatch, wanted, installed, message):
    monkeypatch.setenv("KERAS_BACKEND", wanted)
    monkeypatch.setattr(backends.importlib.util, "find_spec", installed.__contains__)
    with pytest.raises(MissingPackage, match=message):
        backends.find_backend()
