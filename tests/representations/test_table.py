"""All representations in whole runs, and one from another package."""

import json
import sys

import pytest

from gegp import Run, load_problem, resume, run
from gegp.errors import SettingsError
from gegp.representations.table import OWN, find_representation, representation_names

SMALL = ["search.population=40", "search.generations=6"]


def made(name, *further):
    return load_problem(
        "symbolic_regression",
        assignments=[f"search.representation={name}", *SMALL, *further],
    )


@pytest.mark.parametrize("name", OWN)
def test_every_representation_runs_and_repeats(gegp, tmp_path, name):
    bests = []
    for number, hash_seed in enumerate(("0", "77")):
        done = gegp(
            "run", "symbolic_regression", "--seed", 1, "--set", f"search.representation={name}",
            *(part for text in SMALL for part in ("--set", text)),
            "--out", f"run{number}", "--json",
            env={"PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin"},
        )  # fmt: skip
        assert done.status == 0, done.err
        bests.append(done.json["best"])
    assert bests[0] == bests[1]
    first, second = (
        {file.name: file.read_bytes() for file in (tmp_path / name / "snapshots").iterdir()}
        for name in ("run0", "run1")
    )
    assert first == second
    history = Run.load(tmp_path / "run0").history
    assert history[-1]["best"] <= history[0]["best"]
    assert history[-1]["median"] < history[0]["median"]


@pytest.mark.parametrize("name", [*OWN, "dsge search.adaptive_mutation=true"])
def test_every_representation_resumes_to_the_bit(tmp_path, name):
    whole = run(made(*name.split()), seed=5, out="whole")
    run(made(*name.split(), "search.generations=3"), seed=5, out="cut")
    manifest = tmp_path / "cut/settings.toml"
    manifest.write_text(manifest.read_text().replace("generations = 3", "generations = 6"))
    resume("cut")
    last = "snapshots/gen000005.json"
    assert (tmp_path / "cut" / last).read_bytes() == (tmp_path / "whole" / last).read_bytes()
    assert [one.phenotype for one in Run.load("cut").state.population] == [
        one.phenotype for one in whole.state.population
    ]


def test_what_psge_has_learned_is_in_the_snapshot(tmp_path):
    """An individual keeps the program of its birth, whatever its codons stand for now."""
    finished = run(made("psge", "search.learning_factor=0.2"), seed=1, out="out")
    body = (tmp_path / "out/snapshots/gen000005.json").read_text().partition("\n")[2]
    turn, probabilities = json.loads(body)["learned"]
    assert turn == 6
    assert any(max(rule) > 0.6 for rule in probabilities)
    representation = finished.state.representation
    moved = [
        one for one in finished.state.population
        if representation.derive(one.genotype).phenotype != one.phenotype
    ]  # fmt: skip
    assert moved
    journal = {done.phenotype: done.values for done in finished.evaluations}
    for one in finished.state.population:
        assert one.fitness.failed or journal[one.phenotype] == tuple(one.fitness.values)


MINE = '''
"""Programs by number: a genotype is the number of a derivation."""

from gegp.grammar.counting import DerivationCounts
from gegp.grammar.leftmost import depth
from gegp.representations.base import Representation, check_encodable, derivation_of


class Numbered(Representation):
    def __init__(self, grammar, *, init_depth=3, max_depth=3, recursion_level=3):
        self.grammar, self.max_depth = grammar, max_depth
        self.recursion_level = recursion_level
        self.counts = DerivationCounts(grammar, max_depth)
        self.all = [self.counts.derivation(n) for n in range(self.counts.total)]

    def create(self, rng):
        return (rng.below(len(self.all)),)

    def derive(self, genotype):
        return derivation_of(self.grammar, self.all[genotype[0]])

    def encode(self, choices, rng=None):
        check_encodable(self.grammar, choices, self.max_depth)
        return (self.all.index(choices),)

    def mutate(self, rng, genotype):
        return ((genotype[0] + 1) % len(self.all),)

    def crossover(self, rng, first, second):
        return second, first
'''


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A package with a representation, installed as pip would leave it."""
    packages = tmp_path / "packages"
    (packages / "numbered-1.0.dist-info").mkdir(parents=True)
    (packages / "numbered.py").write_text(MINE)
    (packages / "numbered-1.0.dist-info/METADATA").write_text("Name: numbered\nVersion: 1.0\n")
    (packages / "numbered-1.0.dist-info/entry_points.txt").write_text(
        "[gegp.representations]\nnumbered = numbered:Numbered\n"
    )
    monkeypatch.syspath_prepend(packages)
    yield
    sys.modules.pop("numbered", None)


def test_a_representation_of_another_package(published, make_problem):
    assert representation_names() == [*OWN, "numbered"]
    directory = make_problem(
        "def evaluate(phenotype):\n    return len(phenotype)\n",
        toml='objectives = ["max length"]\n[search]\nrepresentation = "numbered"\n'
        "init_depth = 3\nmax_depth = 3\nrecursion_level = 7\npopulation = 5\n",
    )
    finished = run(load_problem(directory), seed=1, out="out")
    assert len(finished.best.phenotype) == len("((x + x) + (x + x))")
    assert finished.state.representation.recursion_level == 7


def test_a_name_that_nobody_has():
    with pytest.raises(SettingsError, match="did you mean 'copsge'"):
        find_representation("copsg")


def test_known_programs_begin_the_first_generation_of_every_representation():
    seeds = 'search.seed_phenotypes=["(x * y)", "plog(pdiv(x, y))"]'
    for name in OWN:
        finished = run(made(name, seeds, "search.generations=1"), seed=1, out=name)
        first = [one.phenotype for one in finished.state.population[:2]]
        assert first == ["(x * y)", "plog(pdiv(x, y))"]


def test_a_program_that_sge_leaves_out_says_why():
    deep = "sin(" * 8 + "x" + ")" * 8
    with pytest.raises(
        SettingsError.__mro__[1], match=r"more recursion than search\.recursion_lev"
    ):
        run(made("sge", f'search.seed_phenotypes=["{deep}"]'), seed=1, out="out")
