"""Known programs in the first generation, dialects and bindings of a problem."""

import json

import pytest

import gegp
from gegp.errors import InputError, ProblemError, SettingsError
from gegp.seeding import read_phenotypes, with_seeds

LENGTH = "def evaluate(phenotype):\n    return len(phenotype)\n"
DEEP = "(" * 16 + "x" + " + y)" * 16
SMALL = ["search.population=6", "search.generations=1"]


def first_programs(run):
    return [individual.phenotype for individual in run.state.population]


def test_given_programs_come_first_and_the_others_keep_their_places(make_problem):
    problem = gegp.load_problem(make_problem(LENGTH), assignments=SMALL)
    alone = first_programs(gegp.run(problem, seed=3, out="alone"))
    seeded = gegp.run(with_seeds(problem, ["(x + y)", "((x + x) + y)"]), seed=3, out="seeded")
    assert first_programs(seeded) == ["(x + y)", "((x + x) + y)", *alone[2:]]


def test_they_are_part_of_the_settings_so_that_a_run_can_be_resumed(make_problem, tmp_path):
    problem = with_seeds(gegp.load_problem(make_problem(LENGTH), assignments=SMALL), ["(y + y)"])
    run = gegp.run(problem, seed=3, out="run")
    before = first_programs(run)
    for snapshot in (tmp_path / "run" / "snapshots").iterdir():
        snapshot.unlink()
    assert first_programs(gegp.resume("run")) == before


def test_a_problems_own_seeds_are_taken_as_far_as_they_fit(make_problem, tmp_path):
    code = LENGTH + "def seeds():\n    return ['(x + y)', '(x * y)', 'y']\n"
    problem = gegp.load_problem(make_problem(code), assignments=SMALL)
    assert first_programs(gegp.run(problem, seed=3, out="run"))[:2] == ["(x + y)", "y"]
    few = gegp.load_problem(make_problem(code), assignments=[*SMALL, "search.population=2"])
    assert first_programs(gegp.run(few, seed=3, out="few")) == ["(x + y)", "y"]
    none = with_seeds(problem, [])
    assert first_programs(gegp.run(none, seed=3, out="none")) != first_programs(
        gegp.run(problem, seed=3, out="again")
    )


@pytest.mark.parametrize(
    ("phenotypes", "error", "message"),
    [
        (["x", "(x - y)"], InputError, r"seed phenotype 2: .* column 3: expected ' \+ '"),
        ([DEEP], InputError, "depth 17, but search.max_depth is 8"),
        (["x"] * 7, SettingsError, "7 programs; expected at most search.population = 6"),
    ],
)
def test_given_programs_that_do_not_fit_are_errors_before_a_run_is_made(
    make_problem, tmp_path, phenotypes, error, message
):
    assignments = [*SMALL, "search.max_depth=8"]
    problem = with_seeds(
        gegp.load_problem(make_problem(LENGTH), assignments=assignments), phenotypes
    )
    with pytest.raises(error, match=message):
        gegp.run(problem, seed=1, out="run")
    assert not (tmp_path / "run").exists()


def test_a_file_of_programs(tmp_path):
    (tmp_path / "seeds.txt").write_text("(x + y)\n\ny\n")
    (tmp_path / "seeds.json").write_text(json.dumps(["a\nb", "c"]))
    (tmp_path / "bad.json").write_text("{}")
    assert read_phenotypes(tmp_path / "seeds.txt") == ["(x + y)", "y"]
    assert read_phenotypes(tmp_path / "seeds.json") == ["a\nb", "c"]
    (tmp_path / "empty.txt").write_text("\n")
    for name in ("bad.json", "nowhere.txt", "empty.txt"):
        with pytest.raises(InputError, match="expected programs"):
            read_phenotypes(tmp_path / name)


def test_the_command_takes_a_file_of_programs(make_problem, tmp_path):
    from click.testing import CliRunner

    from gegp.cli import main

    directory = make_problem(LENGTH)
    (tmp_path / "seeds.txt").write_text("(y + (y + y))\n")
    arguments = ["run", str(directory), "--seed", "1", "--out", "run", "--seed-phenotypes"]
    settings = ["--set", "search.population=3", "--set", "search.generations=1"]
    result = CliRunner().invoke(main, [*arguments, "seeds.txt", *settings])
    assert result.exit_code == 0, result.output
    assert first_programs(gegp.Run.load("run"))[0] == "(y + (y + y))"


def test_a_problem_binds_the_names_of_ge_range_and_names_its_dialect(make_problem):
    code = LENGTH + "def bindings():\n    return {'inputs': 3}\n"
    grammar = '<e> ::= x[<n>] | "q"\n<n> ::= GE_RANGE:inputs\n'
    directory = make_problem(code, grammar=grammar, toml='dialect = "ponyge"\n')
    problem = gegp.load_problem(directory, assignments=SMALL)
    assert [str(one) for one in problem.grammar.rules[1].productions] == ["0", "1", "2"]
    run = gegp.run(problem, seed=1, out="run")
    assert run.problem.grammar == problem.grammar
    assert gegp.load_problem(directory, dialect="sge", grammar=directory / "grammar.bnf")
    with pytest.raises(gegp.GrammarError, match="no number is bound"):
        gegp.load_problem(make_problem(LENGTH, name="other", grammar=grammar)).grammar  # noqa: B018


@pytest.mark.parametrize("seeds", ["'x'", "None", "[1]", "1 / 0"])
def test_seeds_that_are_no_texts_are_an_error(make_problem, seeds):
    directory = make_problem(LENGTH + f"def seeds():\n    return {seeds}\n")
    with pytest.raises(ProblemError, match=r"seeds\(\): expected texts"):
        gegp.run(gegp.load_problem(directory, assignments=SMALL), seed=1, out="run")


def test_a_problem_says_what_a_name_without_a_rule_stands_for(make_problem):
    code = LENGTH + "bindings = {'variable': ['length', 'x y'], 'e': ['no']}\n"
    grammar = "<e> ::= <variable> | (<e> + <e>) | [<variable>]\n"
    problem = gegp.load_problem(make_problem(code, grammar=grammar), assignments=SMALL)
    assert [[str(one) for one in rule.productions] for rule in problem.grammar.rules] == [
        ["length", "x y", "(<e> + <e>)", "[<variable>]"],
        ["length", "x y"],
    ]
    run = gegp.run(problem, seed=1, out="run")
    assert run.problem.grammar == problem.grammar
    with pytest.raises(gegp.GrammarError, match="<variable> is used and never defined"):
        gegp.load_problem(make_problem(LENGTH, name="other", grammar=grammar)).grammar  # noqa: B018


@pytest.mark.parametrize("value", ["'many'", "[]", "['a', 1]", "None"])
def test_bindings_that_are_no_numbers_and_no_texts_are_an_error(make_problem, value):
    directory = make_problem(LENGTH + f"bindings = {{'n': {value}}}\n")
    with pytest.raises(ProblemError, match="bindings: expected whole numbers or lists of texts"):
        gegp.load_problem(directory).grammar  # noqa: B018
