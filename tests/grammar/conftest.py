import pytest

from gegp.grammar.reader import read_file

BINDINGS = {
    "decision_rules.bnf": {"features": 4, "classes": 3},
    "multiplexer.bnf": {"addresses": 2, "data": 4},
    "parity.bnf": {"inputs": 3},
    "polynomials.bnf": {"variable": ("x", "y")},
    "regression_constants.bnf": {"variable": ("x", "y")},
    "regression_variables.bnf": {"variable": ("x", "y")},
    "synthesis_numbers.bnf": {"input": ("in0", "in1")},
    "synthesis_truths.bnf": {"input": ("in0", "in1")},
}
"""What problems say of the grammars that leave something open."""


@pytest.fixture
def language():
    """The productions of a rule as text, non-terminals in brackets."""

    def texts(grammar, rule=0):
        return [
            "".join(one.text if one.terminal else f"<{one.text}>" for one in production.symbols)
            for production in grammar.rules[rule].productions
        ]

    return texts


@pytest.fixture
def shipped():
    """Reads a shipped grammar as its problem does."""
    return lambda path: read_file(path, bindings=BINDINGS.get(path.name))
