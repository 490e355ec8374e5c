"""What a worker process does before its first candidate, whose time limit it is not to cost."""

import pytest

pytest.importorskip("keras", reason='needs Keras: pip install "gegp[tensorflow]"')

# A candidate's score says whether all is there when its evaluation begins.
WATCHED = """
import sys
from dataclasses import dataclass

from gegp import load_problem

AutoLR = type(load_problem("autolr").entry)


@dataclass(frozen=True)
class Watched(AutoLR):
    def evaluate(self, phenotype, seed):
        if "keras" not in sys.modules or "trainer" not in vars(self):
            return {"accuracy": 0.0}
        _, trainer = self.trainer
        return {"accuracy": 1.0, "steps": int(trainer.model.optimizer.iterations)}
"""
SMALL = ["--set", "search.population=4", "--set", "search.generations=1", "--seed", 1]


def test_a_worker_imports_reads_and_compiles_before_its_first_candidate(make_problem, gegp):
    toml = 'entry = "problem:Watched"\nobjectives = ["max accuracy"]\n'
    path = make_problem(WATCHED, grammar="<rate> ::= 0.01 | 0.02 | 0.05\n", toml=toml)
    out = ["--engine", "processes", "--workers", 1, "--out", "run"]
    done = gegp("run", path, *SMALL, *out, "--json")
    assert done.status == 0, done.err
    assert done.json["best"]["fitness"] == [1.0]
    evaluated = done.json["evaluations"]["evaluated"]
    assert evaluated >= 2
    # Every candidate, the first one too, found a network that had taken one step.
    assert done.json["problem"]["steps"] == evaluated


@pytest.mark.parametrize("engine", ["serial", "processes", "dask"])
def test_what_the_user_can_mend_is_an_error_that_says_so(gegp, tmp_path, engine):
    if engine == "dask":
        pytest.importorskip("distributed", reason='needs dask: pip install "gegp[dask]"')
    numpy = pytest.importorskip("numpy")
    numpy.savez(tmp_path / "data.npz", a=numpy.zeros(3))
    place = ["--engine", engine, *(["--workers", 1] if engine != "serial" else [])]
    done = gegp("run", "autolr", *SMALL, "--set", "options.dataset=data.npz", *place)
    assert done.status == 2
    error = done.err[done.err.index("Error: ") :]
    assert error.startswith("Error: no candidate can be evaluated: data.npz: expected arrays x and")
    assert "Traceback" not in done.err and error.count("\n") == 1
