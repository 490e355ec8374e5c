"""Programs of a generation that are evaluated at once have the values that they have alone."""

import pytest

from gegp import load_problem, run

pytest.importorskip("numba")

CODE = """\
import pathlib

import numpy as np

from gegp.expressions import compile_expression
from gegp.postfix import Vocabulary, values

HERE = pathlib.Path(__file__).parent
vocabulary = Vocabulary(("x",), {{}})

def evaluate(phenotype):
    with np.errstate(all="ignore"):
        made = compile_expression(phenotype, names=["x"], functions={{}}, number=np.float64)
        return float(abs(made({{"x": np.array([3.0])}}) - 40).sum())

def evaluate_programs(programs):
    with (HERE / "batches").open("a") as file:
        file.write(f"{{len(programs)}}\\n")
    with np.errstate(all="ignore"):
        made = values(programs, [np.array([3.0])], [])
        table = np.array([[abs(float(one[0] if np.ndim(one) else one) - 40)] for one in made])
    {end}
"""
GRAMMAR = "<e> ::= (<e> <o> <e>) | x | 2\n<o> ::= + | * | - | /\n"


def contents(directory):
    """Snapshots, and the table but for the time."""
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.rpartition(",")[0] for row in rows]


def both(problem, tmp_path, *settings):
    """What a run makes one by one, and at once."""
    found = []
    for compiled in ("false", "true"):
        sizes = ["search.population=40", "search.generations=6", "search.mutation_rate=0.2"]
        assignments = [*sizes, *settings, f"search.compiled={compiled}"]
        loaded = load_problem(problem, assignments=assignments)
        found.append(contents(run(loaded, seed=5, out=tmp_path / compiled).directory))
    return found


@pytest.mark.parametrize(
    ("end", "calls"),
    [("return table", 6), ("return table[1:]", 6), ("raise ValueError('no')", 6)],
    ids=["as it should", "too few rows", "an error"],
)
def test_a_problem_of_ones_own(make_problem, tmp_path, end, calls):
    path = make_problem(CODE.format(end=end), grammar=GRAMMAR)
    alone, at_once = both(path, tmp_path)
    assert at_once == alone
    assert len((path / "batches").read_text().splitlines()) == calls


def test_worker_processes_get_one_program_at_a_time(make_problem, tmp_path):
    path = make_problem(CODE.format(end="return table"), grammar=GRAMMAR)
    alone, at_once = both(path, tmp_path, 'search.engine="processes"', "search.workers=1")
    assert at_once == alone
    assert not (path / "batches").exists()


def test_a_grammar_that_is_no_language_is_evaluated_as_text(make_problem, tmp_path):
    grammar = "<e> ::= x + <d><d>\n<d> ::= 1 | 2 | 3\n"  # digits become one number
    path = make_problem(CODE.format(end="return table"), grammar=grammar)
    alone, at_once = both(path, tmp_path)
    assert at_once == alone
    assert not (path / "batches").exists()


@pytest.mark.parametrize("functions", ["numpy", "own"])
@pytest.mark.parametrize("profile", ["", "keijzer6"])
def test_symbolic_regression(tmp_path, functions, profile):
    found = []
    for compiled in ("false", "true"):
        sizes = ["search.population=50", "search.generations=8", 'search.mutation_rate="1/used"']
        assignments = [*sizes, f'options.functions="{functions}"', f"search.compiled={compiled}"]
        problem = load_problem("symbolic_regression", profile=profile, assignments=assignments)
        found.append(contents(run(problem, seed=4, out=tmp_path / compiled).directory))
    assert found[0] == found[1]
