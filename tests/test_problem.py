import pytest

from gegp import load_problem
from gegp.errors import ProblemError, SettingsError
from gegp.outcome import attempt
from gegp.problem import find_problem, problems

SHORT = "def evaluate(phenotype):\n    return len(phenotype)\n"


def test_a_function_is_a_problem(make_problem):
    problem = load_problem(make_problem(SHORT))
    assert problem.name == "mine"
    assert problem.weights == (-1.0,)
    assert attempt(problem, "x", seed=1).values == (1.0,)
    assert problem.grammar.start == "e"


def test_a_function_gets_the_seed_if_it_takes_one(make_problem):
    problem = load_problem(make_problem("def evaluate(phenotype, seed):\n    return seed"))
    assert attempt(problem, "x", seed=17).values == (17.0,)


def test_a_class_gets_the_options(make_problem):
    code = """
from dataclasses import dataclass
@dataclass(frozen=True)
class Mine:
    factor: float = 2.0
    def evaluate(self, phenotype):
        return self.factor * len(phenotype)
"""
    path = make_problem(code, toml='entry = "problem:Mine"\n[options]\nfactor = 3\n')
    assert attempt(load_problem(path), "x", 1).values == (3.0,)
    changed = load_problem(path, assignments=["options.factor=4.5"])
    assert attempt(changed, "x", 1).values == (4.5,)
    with pytest.raises(SettingsError, match="unknown option 'facto'; did you mean 'factor'"):
        load_problem(path, assignments=["options.facto=1"])
    with pytest.raises(SettingsError, match=r"options.factor = 'two': expected float, got str"):
        load_problem(path, assignments=["options.factor=two"])


def test_a_problem_may_have_several_modules_and_a_twin_of_the_same_name(make_problem):
    one = make_problem("from .part import evaluate", name="one")
    (one / "part.py").write_text(SHORT)
    two = make_problem("from .part import evaluate", name="two")
    (two / "part.py").write_text("def evaluate(phenotype):\n    return 42.0\n")
    assert attempt(load_problem(one), "xxx", 1).values == (3.0,)
    assert attempt(load_problem(two), "xxx", 1).values == (42.0,)


def test_keys_group_programs(make_problem):
    problem = load_problem(
        make_problem(SHORT + "def key(phenotype):\n    return (len(phenotype), 0.5)\n")
    )
    assert problem.key("abc") == problem.key("xyz")
    assert problem.key("abc") != problem.key("ab")


def test_a_key_that_fails_is_the_program_itself(make_problem):
    problem = load_problem(make_problem(SHORT + "def key(phenotype):\n    raise ValueError\n"))
    assert problem.key("abc") != problem.key("xyz")


@pytest.mark.parametrize(
    ("code", "status", "detail"),
    [
        ("return 1.5", "ok", ""),
        ("return [2]", "ok", ""),
        ("return {'length': 3, 'note': 'n'}", "ok", ""),
        ("import numpy; return numpy.float32(1.5)", "ok", ""),
        ("raise ValueError('why')", "error", "ValueError: why"),
        ("raise SystemExit(3)", "error", "SystemExit: 3"),
        ("raise MemoryError", "memory", "out of memory"),
        ("raise MemoryError('half of it is used')", "memory", "half of it is used"),
        ("from gegp import GegpError; raise GegpError('no data')", "error", "no data"),
        ("return evaluate(phenotype)", "error", "RecursionError"),
        (
            "from gegp import InvalidProgram; raise InvalidProgram('diverged')",
            "invalid",
            "diverged",
        ),
        ("return float('nan')", "invalid", "length is nan: expected a finite number"),
        ("return float('-inf')", "invalid", "-inf"),
        ("return 1e300", "invalid", "1e+300"),
        ("return 10 ** 400", "invalid", "1000"),
        ("return 1j", "invalid", "1j"),
        ("return None", "invalid", "None"),
        ("return '3'", "invalid", "'3'"),
        ("return [1, 2]", "invalid", "expected 1 values (length), got [1, 2]"),
        ("return {'width': 3}", "invalid", "lacks the objective 'length'"),
    ],
)
def test_whatever_an_evaluation_does_becomes_an_outcome(make_problem, code, status, detail):
    problem = load_problem(make_problem(f"def evaluate(phenotype):\n    {code}\n"))
    outcome = attempt(problem, "x", 1)
    assert outcome.status == status
    assert detail in outcome.detail
    assert bool(outcome.values) == (status == "ok")


def test_other_entries_of_a_result_are_kept(make_problem):
    code = (
        "import numpy\n"
        "def evaluate(phenotype):\n"
        "    extra = {'n': numpy.int64(3), 'b': float('nan'), 'l': (1,)}\n"
        "    return {'length': 1, 'cases': [1, 2], **extra}\n"
    )
    outcome = attempt(load_problem(make_problem(code)), "x", 1)
    assert outcome.cases == (1.0, 2.0)
    assert outcome.extra == {"n": 3, "b": "nan", "l": [1]}


@pytest.mark.parametrize(
    ("code", "toml", "message"),
    [
        (
            "import nothing_like_it",
            "",
            r"problem.py:1: the problem does not import: ModuleNotFound",
        ),
        ("def evaluate(:", "", r"problem.py:1: the problem does not import: SyntaxError"),
        ("x = 1", "", "expected a function evaluate"),
        (SHORT, 'entry = "problem:Mine"', "entry: 'problem:Mine' is no class"),
        (SHORT, 'entry = "other:Mine"', r"other.py: there is no such file"),
        (SHORT, 'objectives = ["best length"]', "expected 'max NAME' or 'min NAME'"),
        (SHORT, 'objectives = ["min a"', r"problem.toml: "),
        (SHORT, "colour = 1", r"problem.toml:3: unknown key 'colour'"),
        (SHORT, "[search]\npopulaton = 5", r"problem.toml:4: unknown setting 'populaton'; did you"),
        (SHORT, "[search]\npopulation = 0", r"search.population = 0: expected int >= 1"),
        (
            SHORT,
            "[search]\npopulation = 'many'",
            r"search.population = 'many': expected int, got str",
        ),
        (
            SHORT,
            "[search]\nmutation_rate = 1.5",
            r"search.mutation_rate = 1.5: expected float <= 1.0",
        ),
        (SHORT, "[search]\npopulation = 3\nelitism = 3", "leaves nothing to vary"),
        (SHORT, "[options]\nepochs = 3", "unknown option 'epochs'"),
    ],
)
def test_what_is_wrong_with_a_problem_is_said(make_problem, code, toml, message):
    with pytest.raises((ProblemError, SettingsError), match=message):
        load_problem(make_problem(code, toml=toml))


PROFILES = """
[search]
population = 7
[profiles.large.search]
population = 70
[profiles.broken.search]
populaton = 70
[profiles.other]
grammar = "other.bnf"
"""


def test_profiles_and_assignments_are_applied_in_order(make_problem):
    path = make_problem(SHORT, toml=PROFILES)
    assert load_problem(path).settings.search.population == 7
    assert load_problem(path, profile="large").settings.search.population == 70
    changed = load_problem(path, profile="large", assignments=["search.population=8"])
    assert changed.settings.search.population == 8
    table = load_problem(path, assignments=["search.mutation_rate={e = 0.5}"])
    assert table.settings.search.mutation_rate == {"e": 0.5}
    (path / "other.bnf").write_text("<z> ::= z\n")
    assert load_problem(path, profile="other").grammar.start == "z"
    assert load_problem(path, profile="other", grammar=path / "grammar.bnf").grammar.start == "e"


def test_none_takes_a_value_back(make_problem):
    path = make_problem(SHORT, toml="[search]\ntarget = 0\n[profiles.on.search]\ntarget = 'none'\n")
    assert load_problem(path).settings.search.target == 0
    assert load_problem(path, profile="on").settings.search.target is None
    assert load_problem(path, assignments=["search.target=none"]).settings.search.target is None
    with pytest.raises(SettingsError, match=r"search\.population = 'none': expected int"):
        load_problem(path, assignments=["search.population=none"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"profile": "larg"}, "unknown profile 'larg'; did you mean 'large'"),
        ({"profile": "broken"}, r"problem.toml:9: unknown setting 'populaton'"),
        ({"assignments": ["search.populaton=3"]}, "--set search.populaton=3: unknown setting"),
        ({"assignments": ["population=3"]}, "expected search.NAME=VALUE or options.NAME=VALUE"),
        ({"assignments": ["search.population"]}, "expected search.NAME=VALUE"),
    ],
)
def test_wrong_profiles_and_assignments(make_problem, arguments, message):
    with pytest.raises(SettingsError, match=message):
        load_problem(make_problem(SHORT, toml=PROFILES), **arguments)


def test_shipped_problems_are_found_by_name():
    assert set(problems()) == {
        "ant",
        "autolr",
        "boolean",
        "classification",
        "program_synthesis",
        "string_match",
        "symbolic_regression",
    }
    assert find_problem("symbolic_regression").name == "symbolic_regression"


def test_an_unknown_problem(tmp_path):
    with pytest.raises(ProblemError, match="did you mean 'symbolic_regression'"):
        find_problem("symbolic_regresion")
    with pytest.raises(ProblemError, match=r"expected a file problem\.toml"):
        find_problem(tmp_path)
