"""The code in the documents works: files are written, commands and scripts are run, in order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("problems/*/README.md")])
BLOCK = re.compile(r'^```(\w+)(?: title="(.+?)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_code_of_a_document_runs(path, tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    program = commands / "gegp"
    program.write_text(
        f'#!{sys.executable}\nfrom gegp.cli import main\nif __name__ == "__main__":\n    main()\n'
    )
    program.chmod(0o755)
    paths = [str(commands), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {"PATH": os.pathsep.join(paths)}
    for language, title, code in BLOCK.findall(path.read_text(encoding="utf-8")):
        if title:
            file = tmp_path / title
            file.parent.mkdir(exist_ok=True)
            file.write_text(code)
        elif language in ("sh", "python"):
            interpreter = ["bash", "-euc"] if language == "sh" else [sys.executable, "-c"]
            subprocess.run(
                [*interpreter, code], cwd=tmp_path, env=environment, check=True, timeout=200
            )


def test_the_example_problem_is_small_and_solved(tmp_path):
    text = (ROOT / "docs/your-own-problem.md").read_text(encoding="utf-8")
    files = {title: code for _, title, code in BLOCK.findall(text) if title.startswith("digits/")}
    assert sum(len([line for line in code.splitlines() if line]) for code in files.values()) <= 10
    for title, code in files.items():
        (tmp_path / title).parent.mkdir(exist_ok=True)
        (tmp_path / title).write_text(code)
    import gegp

    for seed in range(10):
        budget = ["search.target=0", "search.generations=200"]
        problem = gegp.load_problem(tmp_path / "digits", assignments=budget)
        assert gegp.run(problem, seed=seed).best.fitness.values == (0.0,)


def test_every_setting_is_documented():
    from gegp.search_settings import SearchSettings

    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `search\.(\w+)` \| (.*?) \|", text, re.MULTILINE))
    assert list(documented) == list(SearchSettings.__struct_fields__)
    for name, default in documented.items():
        value = getattr(SearchSettings(), name)
        if value is not None:
            assert default.strip('`"') == str(value)


def test_every_column_is_documented():
    from gegp.statistics import Row

    text = (ROOT / "docs/run-directory.md").read_text(encoding="utf-8")
    for column in Row.__struct_fields__:
        assert f"`{column}`" in text


def test_every_preset_is_documented():
    from gegp.presets import PRESETS

    text = (ROOT / "docs/representations.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([\w-]+)` \| ((?:\w+ [\w./]+(?:, )?)+) \|$", text, re.MULTILINE)
    assert documented == [
        (name, ", ".join(f"{key} {value}" for key, value in preset.settings.items()))
        for name, preset in PRESETS.items()
    ]


def test_the_operators_of_every_representation_are_documented():
    from gegp.representations.table import OWN, find_representation

    text = (ROOT / "docs/representations.md").read_text(encoding="utf-8")
    for name in OWN:
        found = find_representation(name)
        (row,) = re.findall(
            rf"^\| [^|\n]*`{name}`[^|\n]* \| (`.*`) \| (`.*`) \|$", text, re.MULTILINE
        )
        for cell, own in zip(row, (found.crossovers, found.mutations), strict=True):
            general = [] if "subtree" in own or not found.encodes_all else ["subtree"]
            assert cell == ", ".join(f"`{kind}`" for kind in (*own, *general))


def test_the_measured_locality_is_what_the_command_prints():
    from gegp.diagnostics import measure, single_change
    from gegp.grammar.reader import read_grammar
    from gegp.search_settings import convert_search
    from gegp.toolbox import build_representation

    text = (ROOT / "docs/representations.md").read_text(encoding="utf-8")
    assert (
        (ROOT / "grammars/regression.bnf")
        .read_text()
        .endswith(re.search(r'```bnf title="regression.bnf"\n(.*?)```', text, re.DOTALL)[1])
    )
    grammar = read_grammar(ROOT / "grammars/regression.bnf")
    columns = []
    for name in ("sge", "ge"):
        settings = convert_search({"representation": name, "max_depth": 7, "recursion_level": 5})
        found = measure(
            build_representation(grammar, single_change(settings)), samples=5000, seed=1
        )
        columns.append(
            [f"{found.codons_used_share:.1%}", f"{found.neutral:.1%}",
             f"{found.changed_distance:.2f}", f"{found.changed_distance_relative:.1%}"]
        )  # fmt: skip
    part = text.partition("| | `sge` | `ge` |")[2]
    rows = re.findall(r"^\| [a-z][^|]* \| (.*?) \| (.*?) \|$", part, re.MULTILINE)[:4]
    assert [list(column) for column in zip(*rows, strict=True)] == columns


def test_the_table_of_representations_is_that_of_the_runs():
    page = (ROOT / "docs/representations.md").read_text(encoding="utf-8")
    command = [sys.executable, ROOT / "benchmarks/representations.py", "table"]
    runs = ROOT / "docs/representations/pagie.csv"
    done = subprocess.run([*command, runs], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") > 9
    assert done.stdout in page


PAGES = sorted(page for at in ("*.md", "docs/**/*.md", "problems/*/*.md") for page in ROOT.glob(at))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_the_runs_that_the_autolr_page_tells_of_can_be_looked_at():
    """Run directories from another machine: their results are those of the page."""
    from gegp.runs import Run

    text = (ROOT / "docs/autolr/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (early-stop|20-epochs) \| (\d) \| (0\.\d+) \|", text, re.MULTILINE)
    assert len(rows) == 6
    for experiment, seed, accuracy in rows:
        run = Run.load(ROOT / "docs/autolr/runs" / experiment / f"seed{seed}")
        assert f"{run.best.fitness.values[0]:.3f}" == accuracy
        assert run.manifest.seed == int(seed)
        assert len(run.problem.entry.schedule(run.best.phenotype)) in (20, 100)
        assert run.summary["generations"] == 20


def test_the_first_two_blocks_of_the_readme_are_the_set_up():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first, second = [code for language, _, code in BLOCK.findall(text) if language == "sh"][:2]
    for block in (first, second):
        assert block.count("\n") == 1
    assert "gegp run problems/autolr" in first
    assert "tox" in second
