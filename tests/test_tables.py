"""Tables as text, Markdown and LaTeX."""

import pytest

from gegp.tables import Table, figure

TABLE = Table(
    ["name", "accuracy"],
    [["a_b|c", "0.8 ± 0.01"], ["Adam & more 5%", "–"]],
    notes=["failed: nothing", "source: none"],
)


def test_columns_are_aligned():
    assert TABLE.text() == (
        "name              accuracy\n"
        "--------------------------\n"
        "a_b|c           0.8 ± 0.01\n"
        "Adam & more 5%           –\n"
        "\n"
        "failed: nothing\n"
        "source: none\n"
    )


def test_markdown_escapes_bars():
    assert TABLE.markdown() == (
        "| name | accuracy |\n"
        "| --- | ---: |\n"
        "| a_b\\|c | 0.8 ± 0.01 |\n"
        "| Adam & more 5% | – |\n"
        "\nfailed: nothing\n"
        "\nsource: none\n"
    )


def test_latex_escapes_what_is_special():
    assert TABLE.latex().split("\n") == [
        r"\begin{tabular}{lr}",
        r"\hline",
        r"name & accuracy \\",
        r"\hline",
        r"a\_b\textbar{}c & 0.8 $\pm$ 0.01 \\",
        r"Adam \& more 5\% & -- \\",
        r"\hline",
        r"\end{tabular}",
        "% failed: nothing",
        "% source: none",
        "",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.1235"), (10429.5, "10429.5"), (-1234.0, "-1234"), (1e-12, "1e-12"), (0, "0")],
)
def test_large_numbers_keep_more_digits(value, text):
    assert figure(value) == text
