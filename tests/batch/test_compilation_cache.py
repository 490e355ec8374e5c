"""Compiled functions that come from numba's cache do what those do that were just compiled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

SCRIPT = """
import numpy as np
from gegp.batch.evaluation import Evaluator
from gegp.batch.language import read_language
from gegp.grammar.reader import read_file
from gegp.postfix import Vocabulary

vocabulary = Vocabulary(("x", "y"), {"sin": 1, "cos": 1, "exp": 1, "pdiv": 2, "plog": 1})
language, _ = read_language(read_file(PATH).grammar, vocabulary)
choices = np.array([0, 2, 0, 3, 0, 1, 3, 1], np.int32)
programs = language.programs(choices, np.array([0, 8], np.int64), compiled=True)
x = np.linspace(-3, 3, 300)
print(Evaluator([x, x * x], vocabulary.functions).square_sums(programs, x).tolist())
"""


def test_what_comes_from_the_cache_is_the_same(tmp_path):
    root = Path(__file__).parents[2]
    script = SCRIPT.replace("PATH", repr(str(root / "grammars" / "regression.bnf")))
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", script]
    printed = []
    for _ in range(2):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=200, check=False
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    assert list(tmp_path.rglob("*.nbc"))
    assert printed[0] == printed[1] and float(printed[0].strip("[]\n")) > 0
