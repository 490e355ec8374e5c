"""The command line starts at once, and imports what is heavy only where it is used."""

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "deap",
    "lark",
    "tensorflow",
    "keras",
    "jax",
    "scipy",
    "matplotlib",
    "dask",
    "pebble",
)

CHECK = """
import sys
{code}
found = [name for name in {heavy} if name in sys.modules]
assert not found, found
"""


@pytest.mark.parametrize(
    "code",
    [
        "import gegp",
        "import gegp.cli",
        "from gegp.cli import main; main(['--help'], standalone_mode=False)",
        "from gegp.cli import main; main(['run', '--help'], standalone_mode=False)",
        "from gegp import GegpError",
    ],
)
def test_imports_nothing_heavy(code):
    script = CHECK.format(code=code, heavy=HEAVY)
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)


def test_public_names_are_there():
    import gegp

    for name in gegp.__all__:
        assert getattr(gegp, name).__name__ == name
    assert dir(gegp) == gegp.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gegp.nothing  # noqa: B018
