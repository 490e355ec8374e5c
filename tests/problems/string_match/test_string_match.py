"""String match: edits to the wanted text."""

import pytest

from gegp import GegpError, load_problem, run
from gegp.outcome import attempt


@pytest.mark.parametrize(
    ("text", "edits"),
    [("Hello world", 0), ("Hello, world", 1), ("hello world", 1), ("Hello wrld", 1), ("x", 11)],
)
def test_edits_are_counted(text, edits):
    assert attempt(load_problem("string_match"), text, 0).values == (float(edits),)


def test_another_text(tmp_path):
    settings = ["options.target=Gene", "search.population=500"]
    found = run(load_problem("string_match", assignments=settings), seed=1, out=tmp_path / "run")
    assert found.best.phenotype == "Gene"


def test_no_text(tmp_path):
    problem = load_problem("string_match", assignments=['options.target=""'])
    with pytest.raises(GegpError, match=r"options\.target: expected a text"):
        run(problem, seed=1, out=tmp_path / "run")
