"""Every setting of ``[search]`` and of ``problem.toml`` changes something."""

import os

import pytest

from gegp import GegpError, load_problem, run
from gegp.search_settings import SearchSettings
from gegp.settings import ProblemFile, read_problem_file

PROBLEM = """
import os
import random
import time
from dataclasses import dataclass

from gegp.expressions import compile_expression


@dataclass(frozen=True)
class Entry:
    noise: float = 0.0
    sleep: float = 0.0
    memory: int = 0

    def evaluate(self, phenotype, seed, cases=False):
        with open("processes", "a") as file:
            file.write(f"{os.getpid()}\\n")
        if self.sleep and "y" in phenotype:
            time.sleep(self.sleep)
        bytearray(self.memory << 20)
        program = compile_expression(phenotype, names=("x", "y"), functions={})
        rows = [(x, y) for x in range(3) for y in range(3)]
        errors = [abs(program({"x": x, "y": y}) - (x * x + 5 * y)) for x, y in rows]
        noise = random.Random(seed).gauss(0, self.noise) if self.noise else 0.0
        found = {"error": sum(errors) + noise}
        return found | {"cases": errors} if cases else found

    def seeds(self):
        return ["(x * x)"]


class Other(Entry):
    def seeds(self):
        return ["(y * y)"]
"""
OTHER = "<e> ::= x | y\n"
GRAMMAR = "<e> ::= (<e> <op> <e>) | <v>\n<op> ::= + | - | *\n<v> ::= x | y | 1\n"
TOML = """
objectives = ["min error"]
entry = "problem:Entry"
options.noise = 0.5
search.population = 20
search.generations = 6
search.max_depth = 8
"""
GATES = "boolean"
PROCESSES = 'search.engine="processes"'
FEW = ("search.population=5", "search.generations=1")

CHANGES = {
    "preset": ([*FEW], '"ge-2001"'),
    "representation": ([], '"cfggp"'),
    "algorithm": ([], '"hill_climbing"'),
    "population": ([], "21"),
    "generations": ([], "7"),
    "elitism": ([], "0.5"),
    "distinct_elites": (["search.elitism=6"], "true"),
    "selection": ([], '"lexicase"'),
    "tournament_size": ([], "9"),
    "selection_options": (
        ['search.selection="selTournament"', "search.selection_options={tournsize = 2}"],
        "{tournsize = 9}",
    ),
    "replacement": ([], '"plus"'),
    "offspring": (['search.replacement="plus"'], "7"),
    "reference_divisions": (
        [GATES, 'search.replacement="nsga3"', "search.population=30", "search.generations=4"],
        "3",
    ),
    "islands": ([], "2"),
    "migration_interval": (["search.islands=2"], "1"),
    "migrants": (["search.islands=2", "search.migration_interval=1"], "3"),
    "crossover": ([], '"one_point"'),
    "crossover_rate": ([], "0.1"),
    "mutation": ([], '"subtree"'),
    "mutation_rate": ([], "0.5"),
    "initialisation": ([], '"full"'),
    "init_depth": ([], "4"),
    "init_size": (['search.initialisation="ptc2"'], "9"),
    "distinct_start": ([], "true"),
    "max_depth": ([], "6"),
    "spare_codons": ([], "0"),
    "recursion_level": (['search.representation="sge"'], "1"),
    "genome_length": (['search.representation="ge"'], "20"),
    "wraps": (['search.representation="ge"', "search.genome_length=9"], "0"),
    "codon_rule": (['search.representation="ge"'], '"bucket"'),
    "invalid": (['search.representation="ge"', "search.genome_length=4"], '"worst"'),
    "expressiveness_depth": (['search.representation="whge"'], "4"),
    "learning_factor": (['search.representation="psge"'], "0.5"),
    "codon_deviation": (['search.representation="psge"'], "0.1"),
    "probability_mutation_rate": (['search.representation="copsge"'], "0.9"),
    "probability_deviation": (['search.representation="copsge"'], "0.1"),
    "adaptive_mutation": ([], "true"),
    "rate_mutation_rate": (["search.adaptive_mutation=true"], "0.9"),
    "rate_deviation": (
        ["search.adaptive_mutation=true", "search.generations=30", "search.rate_mutation_rate=1.0"],
        "0.5",
    ),
    "compiled": (['search.representation="ge"'], "true"),
    "engine": ([], '"processes"'),
    "workers": ([PROCESSES, "options.sleep=0.02", "search.workers=1"], "2"),
    "scheduler": (['search.engine="dask"'], '"nowhere"'),
    "timeout": ([PROCESSES, "options.sleep=0.3", *FEW], "0.15"),
    "memory_limit": ([PROCESSES, "options.memory=1500", *FEW], "1500"),
    "worker_tasks": ([PROCESSES, "search.workers=1"], "5"),
    "target": ([], "1000.0"),
    "max_seconds": ([], "1e-6"),
    "max_evaluations": ([], "5"),
    "evaluation_seed": ([], "7"),
    "repeats": ([], "3"),
    "spread_penalty": (["search.repeats=3"], "2.0"),
    "race_cap": ([], "8"),
    "race_level": (["search.race_cap=8"], "0.5"),
    "seed_phenotypes": ([], '["(1 - 1)"]'),
    "lineage": ([], "true"),
}
"""For each setting what holds without it, and a value that is not its default."""


@pytest.fixture
def behaviour(make_problem, tmp_path):
    """What a run with settings does that can be seen, as a value."""

    def observe(settings, name, line=""):
        directory = make_problem(PROBLEM, "p", GRAMMAR, TOML)
        (directory / "other.bnf").write_text(OTHER)
        path = directory / "problem.toml"
        path.write_text(replaced(path.read_text(), line) if line else path.read_text())
        try:
            if GATES in settings:
                problem = load_problem("boolean", profile="gates", assignments=settings[1:])
            else:
                problem = load_problem(directory, assignments=settings)
            found = run(problem, seed=3, out=tmp_path / name)
        except GegpError as error:
            return str(error)
        rows = [{**row, "seconds": 0} for row in found.history]
        last = [(str(one.genotype), one.fitness) for one in found.state.population]
        statuses = sorted(done.outcome.status for done in found.evaluations)
        files = sorted(path.name for path in (tmp_path / name).iterdir())
        return rows, last, statuses, files, processes(tmp_path / "processes")

    return observe


def replaced(text, line):
    """A file with a line in place of the one that sets the same."""
    key = line.partition(" = ")[0]
    others = [old for old in text.splitlines() if old.partition(" = ")[0] != key]
    return "\n".join([line, *others])


def processes(path):
    """Whether it was this process that evaluated, and in how many processes it was."""
    if not path.exists():
        return None
    numbers = set(path.read_text().split())
    path.unlink()
    return str(os.getpid()) in numbers, len(numbers)


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_changes_a_run(name, behaviour):
    settings, value = CHANGES[name]
    before = behaviour(settings, "before")
    assert not isinstance(before, str), before
    assert behaviour(settings, "again") == before
    assert behaviour([*settings, f"search.{name}={value}"], "after") != before


LINES = {
    "grammar": 'grammar = "other.bnf"',
    "objectives": 'objectives = ["max error"]',
    "dialect": 'dialect = "ebnf"',
    "description": 'description = "Another one"',
    "entry": 'entry = "problem:Other"',
    "seeding": 'seeding = "common"',
    "isolate": "isolate = true",
    "options": "options.noise = 2.0",
    "search": "search.population = 7",
    "profiles": 'profiles.other.description = "Another one"',
}
"""For each key of ``problem.toml`` a line in place of the one that there is."""


@pytest.mark.parametrize(
    "name", [name for name in LINES if name not in ("description", "profiles")]
)
def test_a_line_of_the_problem_file_changes_a_run(name, behaviour):
    assert behaviour([], "after", line=LINES[name]) != behaviour([], "before")


def test_descriptions_and_profiles_can_be_looked_up(make_problem):
    directory = make_problem(PROBLEM, "p", GRAMMAR, TOML)
    with pytest.raises(GegpError, match="unknown profile 'other'"):
        load_problem(directory, profile="other")
    path = directory / "problem.toml"
    path.write_text("\n".join([LINES["description"], LINES["profiles"], path.read_text()]))
    assert read_problem_file(directory).description == "Another one"
    assert load_problem(directory, profile="other").settings.profile == "other"


def test_no_setting_is_left_out():
    assert list(CHANGES) == list(SearchSettings.__struct_fields__)
    assert set(LINES) == set(ProblemFile.__struct_fields__)
