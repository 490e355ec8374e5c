"""Real problems for DEAP's parts, small enough for many of them."""

import random

import numpy as np
import pytest

from gegp import load_problem

GRAMMAR = "<e> ::= (<e> <op> <e>) | <v>\n<op> ::= + | - | *\n<v> ::= x | 1.0 | 0.5\n"
ERRORS = """
import numpy as np

from gegp.expressions import compile_expression

X = np.linspace(-1.0, 2.0, 20)
Y = np.exp(X)


def errors(phenotype):
    return np.abs(compile_expression(phenotype, names=("x",), functions={})({"x": X}) - Y)


def evaluate(phenotype):
"""


@pytest.fixture(autouse=True)
def _seeded():
    """Both generators that DEAP's own parts draw from."""
    random.seed(1)
    np.random.seed(1)


@pytest.fixture
def quartic():
    return load_problem("symbolic_regression", profile="quartic")


@pytest.fixture
def letters(make_problem):
    """How many of twelve letters, in any brackets, are not an a: each step is a small one."""
    code = "def evaluate(phenotype):\n    return sum(phenotype.count(one) for one in 'bcd')\n"
    grammar = f"<s> ::= {'<p>' * 12}\n<p> ::= <l> | '('<p>')'\n<l> ::= a | b | c | d\n"
    return load_problem(make_problem(code, "letters", grammar, 'objectives = ["min wrong"]\n'))


@pytest.fixture
def two(make_problem):
    """Two objectives: the error of a formula and its length."""
    code = ERRORS + '    return {"error": errors(phenotype).mean(), "length": len(phenotype)}\n'
    toml = 'objectives = ["min error", "min length"]\n'
    return load_problem(make_problem(code, "two", GRAMMAR, toml))


@pytest.fixture
def cases(make_problem):
    """As many objectives as cases: the error in each."""
    objectives = ", ".join(f'"min case{number}"' for number in range(20))
    code = ERRORS + "    return errors(phenotype).tolist()\n"
    return load_problem(make_problem(code, "cases", GRAMMAR, f"objectives = [{objectives}]\n"))


@pytest.fixture
def score(make_problem):
    """A positive value to maximise, as selection in proportion to the fitness needs it."""
    code = ERRORS + "    return 1 / (1 + errors(phenotype).sum())\n"
    return load_problem(make_problem(code, "score", GRAMMAR, 'objectives = ["max score"]\n'))


@pytest.fixture
def bits(make_problem):
    """The number that twelve bits are, to maximise; every program has the same depth."""
    code = "def evaluate(phenotype):\n    return int(phenotype, 2)\n"
    grammar = "<s> ::= <a><a><a><a><b><b><b><b><c><c><c><c>\n" + "".join(
        f"<{name}> ::= 0 | 1\n" for name in "abc"
    )
    return load_problem(make_problem(code, "bits", grammar, 'objectives = ["max number"]\n'))


@pytest.fixture
def evaluated():
    """So many individuals of a toolbox, with fitness."""

    def make(toolbox, n):
        population = toolbox.population(n=n)
        for individual, values in zip(population, map(toolbox.evaluate, population), strict=True):
            individual.fitness.values = values
        return population

    return make
