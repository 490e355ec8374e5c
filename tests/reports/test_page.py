"""``gegp report``: the page in a browser, and what it says."""

from pathlib import Path

import pytest

from gegp import load_problem, run
from gegp.errors import InputError
from gegp.reports.page import report

ROOT = Path(__file__).parents[2]
AUTOLR = ROOT / "docs/autolr"

CODE = """
def evaluate(phenotype):
    if phenotype.count("y") > 3:
        raise ValueError("too many <b>y</b>")
    return abs(len(phenotype) - 21)

def simplify(phenotype):
    return phenotype.replace("x", "</script><script>alert(1)</script>")

def figures(phenotype):
    series = [{"name": "letters", "x": [1, 2], "y": [phenotype.count("x"), phenotype.count("y")]}]
    return [{"title": "Letters", "x_label": "letter", "y_label": "count", "series": series}]
"""
TOML = "[search]\npopulation = 20\ngenerations = 6\n"


@pytest.fixture
def groups(make_problem, tmp_path):
    """Two groups of three runs, and the command's names for them."""
    path = make_problem(CODE, toml=TOML)
    for name, rate in (("low", 0.01), ("high", 0.5)):
        problem = load_problem(path, assignments=[f"search.mutation_rate={rate}"])
        for seed in (1, 2, 3):
            run(problem, seed=seed, out=tmp_path / "runs" / name / f"seed{seed}")
    return ["runs/low", "runs/high"]


def axe_violations(page):
    axe = pytest.importorskip("axe_core_python.sync_playwright")
    return [(one["id"], one["nodes"][0]["html"]) for one in axe.Axe().run(page)["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_autolr_in_a_browser(gegp, open_page, tmp_path, scheme):
    page_file = tmp_path / "report.html"
    done = gegp(
        *("report", AUTOLR / "runs/20-epochs", "-o", page_file),
        *("--assessment", AUTOLR / "assessment.json"),
    )
    assert (done.status, done.out) == (0, "")
    assert page_file.stat().st_size < 300_000
    page = open_page(page_file, color_scheme=scheme)
    titles = page.locator("figcaption strong").all_inner_texts()
    assert titles == ["Schedule", "Convergence", "Diversity", "Depth", "Size", "Evaluations"]
    assert page.locator("#assessment").is_visible()
    assert "0.74133" in page.locator("main").inner_text()
    schedule = page.locator("figure").first
    assert schedule.locator(".mark.grey").count() == 5  # the static rate and four by hand
    assert schedule.locator(".mark.line path.line").bounding_box()["width"] > 200
    assert axe_violations(page) == []


def test_interactions_with_mouse_and_keyboard(gegp, groups, open_page, tmp_path):
    gegp("report", *groups, "-o", "report.html")
    page = open_page(tmp_path / "report.html")
    chart = page.locator("figure", has_text="Convergence")

    line = chart.locator(".mark[data-name=low]")
    button = chart.get_by_role("button", name="low")
    assert line.is_visible()
    button.press("Enter")
    assert not line.is_visible()
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert line.is_visible()

    chart.get_by_role("slider").press("Home")
    first = button.inner_text()
    assert chart.locator("output").inner_text() == "0"
    chart.get_by_role("slider").press("ArrowRight")
    assert chart.locator("output").inner_text() == "1"
    chart.locator("svg").hover(position={"x": 500, "y": 100})
    assert int(chart.locator("output").inner_text()) >= 4
    assert first.startswith("low")
    assert first != "low"

    heading = page.get_by_role("button", name="seed")
    column = page.locator("table.sortable tbody td:nth-child(2)")
    heading.click()
    assert column.all_inner_texts() == ["1", "1", "2", "2", "3", "3"]
    heading.press("Space")
    assert column.all_inner_texts() == ["3", "3", "2", "2", "1", "1"]

    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("#theme").click()
    assert page.evaluate(ground) != light
    page.locator(".copy").first.click()
    assert axe_violations(page) == []


def test_a_narrow_screen_scrolls_only_within_tables(gegp, groups, open_page, tmp_path):
    gegp("report", *groups, "-o", "report.html")
    page = open_page(tmp_path / "report.html", viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_the_page_says(groups, tmp_path):
    directories = {"low": tmp_path / "runs/low", "high": tmp_path / "runs/high"}
    text = report(directories)
    assert text == report(directories)
    assert "<b>y</b>" not in text
    assert "&lt;b&gt;y&lt;/b&gt;" in text  # the reason of failures, as text
    assert "<script>alert" not in text
    assert "Letters" in text
    assert "Mann–Whitney" in text
    assert "search.mutation_rate" in text


def test_a_broken_figure_is_a_note(make_problem, tmp_path):
    code = (
        "def evaluate(program):\n    return 1\ndef figures(program):\n    return [{'title': 1}]\n"
    )
    run(make_problem(code, toml=TOML), seed=1, out=tmp_path / "one")
    text = report({"one": tmp_path / "one"})
    assert "could not show its best program" in text
    assert "Convergence" in text


def test_two_objectives_have_a_trade_off(make_problem, tmp_path):
    code = "def evaluate(phenotype):\n    return len(phenotype), phenotype.count('y')\n"
    toml = 'objectives = ["max length", "min ys"]\n' + TOML
    run(make_problem(code, toml=toml), seed=1, out=tmp_path / "one")
    text = report({"one": tmp_path / "one"})
    assert "Trade-off" in text
    assert "<circle" in text


def test_nothing_found_at_all(make_problem, tmp_path):
    """A run in which every candidate failed, each in another way."""
    code = "def evaluate(phenotype):\n    raise ValueError(phenotype)\n"
    run(make_problem(code, toml=TOML + "[options]\n"), seed=1, out=tmp_path / "one")
    text = report({"one": tmp_path / "one"})
    assert "Best program" not in text
    assert "Why evaluations failed" in text


def test_bad_input(gegp, groups, make_problem, tmp_path):
    (tmp_path / "empty").mkdir()
    done = gegp("report", "empty")
    assert (done.status, done.out) == (2, "")
    assert "holds no run" in done.err
    (tmp_path / "bad.json").write_text('{"rows": 3}')
    done = gegp("report", "runs/low", "--assessment", "bad.json")
    assert done.status == 2
    assert "gegp assess --json" in done.err
    other = make_problem("def evaluate(p):\n    return 1\n", name="other", toml=TOML)
    run(other, seed=1, out=tmp_path / "runs/other")
    with pytest.raises(InputError, match="one problem"):
        report({"a": tmp_path / "runs/low", "b": tmp_path / "runs/other"})
    assert not (tmp_path / "report.html").exists()
