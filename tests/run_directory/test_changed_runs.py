"""A run that something has changed would become another one: resume says so, or takes it over."""

import json

import pytest

from gegp import Run, load_problem, resume, run
from gegp.errors import StoreError

TOML = (
    'entry = "problem:Mine"\n[options]\nlength = 20\n[search]\npopulation = 12\ngenerations = 5\n'
)
CODE = """\
from dataclasses import dataclass

@dataclass
class Mine:
    length: int = 1
    unit: str = ""

    def evaluate(self, phenotype):
        return abs(len(phenotype) - self.length)
"""


@pytest.fixture
def part(make_problem, interrupted, tmp_path):
    """An interrupted run, whose problem lies beside it in ``mine``."""
    return interrupted(load_problem(make_problem(CODE, toml=TOML)), tmp_path / "part", last=2)


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


CHANGES = {
    "grammar": ("part/grammar.bnf", "x", "z"),
    "problem": ("mine/problem.py", "abs(", "2 * abs("),
    "options": ("part/settings.toml", "length = 20", "length = 21"),
    "settings": ("part/settings.toml", "\nmutation_rate = 0.05", "\nmutation_rate = 0.06"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_refused_unless_it_is_accepted(part, tmp_path, gegp, kind):
    name, old, new = CHANGES[kind]
    edit(tmp_path / name, old, new)
    before = (part / "evaluations.jsonl").read_bytes()
    refused = gegp("resume", part)
    assert refused.status == 2
    assert f"--accept {kind}" in refused.err
    assert refused.err.count("\n  ") == 1
    assert (part / "evaluations.jsonl").read_bytes() == before
    accepted = gegp("resume", part, "--accept", kind)
    assert accepted.status == 0, accepted.err
    events = [json.loads(line) for line in (part / "log.jsonl").read_text().splitlines()]
    assert [event["kind"] for event in events if event["event"] == "accepted"] == [kind]
    assert gegp("resume", part).status == 0


def test_all_that_differs_is_listed(part, tmp_path):
    for name, old, new in CHANGES.values():
        edit(tmp_path / name, old, new)
    with pytest.raises(StoreError) as caught:
        resume(part, accept=["grammar"])
    text = str(caught.value)
    assert "search.mutation_rate = 0.06, made with 0.05" in text
    assert "options.length = 21, made with 20" in text
    assert "have changed" in text
    assert "is not the grammar" not in text
    for kind in CHANGES:
        assert f"--accept {kind}" in text
    assert resume(part, accept=list(CHANGES)).summary["generations"] == 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed = 3", "seed = 4"),
        ('"min length"', '"max length"'),
        ("population = 12", "population = 14"),
        ("lineage = false", "lineage = true"),
        ("[settings.search]", "[settings.search]\nevaluation_seed = 4"),
        ("length = 20", 'length = 20\nunit = "m"'),
    ],
)
def test_what_decides_the_future_is_not_changed_by_hand(part, old, new):
    edit(part / "settings.toml", old, new)
    with pytest.raises(StoreError, match="made with"):
        resume(part)


def test_budgets_and_the_place_of_evaluation_are_free(part):
    free = 'generations = 7\ntarget = -1.0\nengine = "serial"\ntimeout = 9.0\nworkers = 1'
    edit(part / "settings.toml", "generations = 5", free)
    assert resume(part).summary["generations"] == 7


def test_a_setting_that_is_back_is_no_change(part, tmp_path):
    edit(part / "settings.toml", "population = 12", "population = 14")
    edit(part / "settings.toml", "population = 14", "population = 12")
    edit(tmp_path / "mine/problem.py", "abs(", "2 * abs(")
    edit(tmp_path / "mine/problem.py", "2 * abs(", "abs(")
    resume(part)


def test_a_run_of_an_older_version_has_no_digests_and_goes_on(part, tmp_path):
    lines = (part / "settings.toml").read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("problem_digest", "made_with"))]
    assert len(kept) == len(lines) - 2
    (part / "settings.toml").write_text("".join(kept))
    edit(tmp_path / "mine/problem.py", "abs(", "1 * abs(")
    assert resume(part).summary["generations"] == 5


def test_another_format_is_refused(part):
    edit(part / "settings.toml", "format = 1", "format = 2")
    with pytest.raises(StoreError, match="format 2, this gegp reads 1"):
        resume(part)


def test_other_versions_are_a_warning_once(part, warnings):
    versions = Run.load(part).manifest.versions
    edit(part / "settings.toml", f'numpy = "{versions["numpy"]}"', 'numpy = "1.0.0"')
    resume(part, observer=warnings)
    (text,) = warnings.texts
    assert f"numpy 1.0.0, now {versions['numpy']}" in text
    resume(part, observer=warnings)
    assert len(warnings.texts) == 1


def test_an_unknown_kind_is_refused(part, gegp):
    with pytest.raises(StoreError, match="'everything' is unknown"):
        resume(part, accept=["everything"])
    assert gegp("resume", part, "--accept", "everything").status == 2


def test_a_context_that_fails_is_said_before_a_directory_is_made(make_problem, tmp_path):
    code = "def context():\n    raise OSError('no data')\ndef evaluate(phenotype):\n    return 1\n"
    with pytest.raises(Exception, match=r"context\(\): no data"):
        run(make_problem(code, name="other"), seed=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
