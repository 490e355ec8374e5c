import pytest


@pytest.fixture
def language():
    """The productions of a rule as text, non-terminals in brackets."""

    def texts(grammar, rule=0):
        return [
            "".join(one.text if one.terminal else f"<{one.text}>" for one in production.symbols)
            for production in grammar.rules[rule].productions
        ]

    return texts
