"""Runs that are bred a generation at a time are those of the reference path, to the bit."""

import subprocess
import sys

import pytest

from gegp import Observer, Run, build_toolbox, load_problem, resume, run
from gegp.batch import choice
from gegp.batch.choice import ENOUGH, in_batches
from gegp.errors import MissingPackage, SettingsError
from gegp.search import State

needs_numba = pytest.mark.skipif(not choice.find_spec("numba"), reason="numba is not installed")

CODE = """\
def evaluate(phenotype):
    parts = phenotype.replace("(", "").replace(")", "").split("+")
    if len(parts) == 4:
        raise ValueError("four")
    return abs(parts.count("x") - 5) + abs(parts.count("y") - 4) / 3
"""
GRAMMAR = "<e> ::= x | y | é | (<e>+<e>) %2 | (<e>)\n"


def contents(directory):
    """Snapshots, and the table but for the time."""
    rows = (directory / "generations.csv").read_text().splitlines()
    snapshots = {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()}
    return snapshots, [row.rpartition(",")[0] for row in rows]


@pytest.fixture
def make_run(make_problem, tmp_path):
    path = make_problem(CODE, grammar=GRAMMAR)

    def make(name, *settings, compiled, seed=3, **more):
        assignments = ["population=30", "generations=7", "mutation_rate=0.2", *settings]
        problem = load_problem(
            path,
            assignments=[f"search.{one}" for one in assignments]
            + [f"search.compiled={str(compiled).lower()}"],
        )
        return run(problem, seed=seed, out=tmp_path / name, **more)

    return make


@needs_numba
@pytest.mark.parametrize(
    "settings",
    [
        [],
        ["elitism=0", "tournament_size=1"],
        ["elitism=0.2", "crossover_rate=1.0", 'crossover="two_point"'],
        ["elitism=29"],
        ["crossover_rate=0.0", 'mutation_rate="1/used"'],
        ["mutation_rate={e = 0.0}", 'crossover="one_point"'],
        ["max_depth=6", "init_depth=6", "spare_codons=0", "repeats=2"],
        ['initialisation="ramped"'],
        ["distinct_start=true"],
        ['seed_phenotypes=["(x+y)", "x"]'],
        ["population=1", "elitism=0"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("seed", [3, 2**63 + 11])
def test_the_same_run(make_run, settings, seed):
    slow = make_run("slow", *settings, compiled=False, seed=seed)
    fast = make_run("fast", *settings, compiled=True, seed=seed)
    assert contents(fast.directory) == contents(slow.directory)
    assert fast.best == slow.best
    assert fast.best.derivation == slow.best.derivation
    assert [one.key for one in fast.evaluations] == [one.key for one in slow.evaluations]


@needs_numba
def test_a_run_in_which_nothing_can_be_evaluated_but_some(make_problem, tmp_path):
    code = "def evaluate(phenotype):\n    assert phenotype == 'x'\n    return 1\n"
    path = make_problem(code, grammar=GRAMMAR)
    found = []
    for compiled in ("true", "false"):
        settings = ["population=8", "generations=9", f"compiled={compiled}"]
        problem = load_problem(path, assignments=[f"search.{one}" for one in settings])
        found += [contents(run(problem, seed=1, out=tmp_path / compiled).directory)]
    assert found[0] == found[1]


@needs_numba
@pytest.mark.parametrize("compiled", [True, False])
def test_it_may_go_on_in_the_other_way(make_run, tmp_path, compiled):
    whole = make_run("whole", compiled=False)

    class Kill(Observer):
        def generation(self, state, row, improved):
            if state.generation == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_run("part", compiled=compiled, observer=Kill())
    settings = tmp_path / "part/settings.toml"
    before, after = (f"compiled = {str(way).lower()}" for way in (compiled, not compiled))
    settings.write_text(settings.read_text().replace(before, after))
    assert contents(resume(tmp_path / "part").directory)[0] == contents(whole.directory)[0]


@needs_numba
def test_individuals_are_made_when_somebody_looks(make_run):
    class Look(Observer):
        states: list[State]

        def generation(self, state, row, improved):
            self.states = [*getattr(self, "states", []), state]

    looked = Look()
    fast = make_run("fast", compiled=True, observer=looked)
    state = looked.states[-1]
    assert len(state.population) == 30
    assert list(state.population) == list(Run.load(fast.directory).state.population)
    assert state.population[-1] == state.population[29] == state.population[20:][-1]
    for one in state.population:
        assert one.derivation == state.representation.derive(one.genotype)
    with pytest.raises(IndexError):
        state.population[30]


def asked(*settings, problem="symbolic_regression"):
    loaded = load_problem(problem, assignments=[f"search.{one}" for one in settings])
    return in_batches(loaded, build_toolbox(loaded, seed=1).representation)


def test_it_is_done_where_it_pays(monkeypatch):
    monkeypatch.setattr(choice, "find_spec", lambda name: name)
    monkeypatch.setattr(choice, "is_compiled", lambda: False)
    assert not asked("population=99", "generations=1000")
    assert asked("population=100", f"generations={ENOUGH // 100}")
    assert not asked("population=100", "generations=1000", "compiled=false")
    assert not asked("population=100", "generations=1000", "islands=2")
    monkeypatch.setattr(choice, "is_compiled", lambda: True)
    assert asked("population=9", "generations=2")
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    assert not asked("population=100", "generations=1000")
    with pytest.raises(MissingPackage, match=r"gegp\[fast\]"):
        asked("compiled=true")


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ('representation="ge"', "another representation"),
        ("islands=2", "search.islands = 2"),
        ('replacement="plus"', "search.replacement = 'plus'"),
        ('selection="lexicase"', "search.selection = 'lexicase'"),
        ('mutation="any"', "search.mutation = 'any'"),
        ('mutation="subtree"', "search.mutation = 'subtree'"),
        ('crossover="subtree"', "search.crossover = 'subtree'"),
        ("adaptive_mutation=true", "another representation"),
        ("lineage=true", "search.lineage"),
        ("distinct_elites=true", "search.distinct_elites"),
        ("race_cap=5", "search.race_cap"),
        ('algorithm="hill_climbing"', "search.algorithm"),
    ],
)
def test_what_is_not_compiled_is_one_error(setting, text):
    with pytest.raises(SettingsError, match=rf"search.compiled = true is not for .*{text}"):
        asked("compiled=true", setting)


def test_without_numba_runs_are_made_one_by_one(make_problem, tmp_path):
    path = make_problem(CODE, grammar=GRAMMAR)
    code = (
        "import sys\n"
        "sys.modules['numba'] = None\n"
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'numba' else real(name)\n"
        "import gegp\n"
        f"problem = gegp.load_problem({str(path)!r}, assignments=['search.generations=3'])\n"
        "assert gegp.run(problem, seed=1, out='out').best\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == 0


@needs_numba
def test_warm_up_says_where_it_lies(gegp):
    done = gegp("warm-up", "--json", timeout=280)
    assert done.status == 0, done.err
    assert set(done.json) == {"cache", "seconds"}
    assert choice.is_compiled()


@needs_numba
@pytest.mark.parametrize(
    "settings",
    [
        ["representation=cfggp"],
        ["representation=ge", "genome_length=60"],
        ["crossover=subtree", "mutation=subtree"],
        ["race_cap=2", "repeats=1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_bred_in_batches_is_evaluated_as_programs(settings, tmp_path, monkeypatch):
    given = ["population=20", "generations=3", "mutation_rate=0.2", *settings]
    assignments = ["options.functions=own", *(f"search.{one}" for one in given)]

    def make(name, *more):
        problem = load_problem(
            "symbolic_regression", profile="quartic", assignments=[*assignments, *more]
        )
        return problem, run(problem, seed=5, out=tmp_path / name)

    problem, slow = make("slow", "search.compiled=false")
    monkeypatch.setattr(choice, "is_compiled", lambda: True)
    counts = []
    whole = type(problem.entry).evaluate_programs

    def counted(self, programs, **options):
        counts.append(len(programs))
        return whole(self, programs, **options)

    monkeypatch.setattr(type(problem.entry), "evaluate_programs", counted)
    _, fast = make("fast")
    assert contents(slow.directory) == contents(fast.directory)
    assert sum(counts) > 20


def test_errors_by_case_are_those_of_texts(monkeypatch):
    monkeypatch.setattr(choice, "is_compiled", lambda: True)
    monkeypatch.setattr(choice, "find_spec", lambda name: True)
    plain = load_problem("symbolic_regression")
    assert choice.in_programs(plain)
    lexicase = load_problem("symbolic_regression", assignments=["search.selection=lexicase"])
    assert not choice.in_programs(lexicase)
    not_asked = load_problem("symbolic_regression", assignments=["search.compiled=false"])
    assert not choice.in_programs(not_asked)
    assert not choice.in_programs(load_problem("autolr"))
