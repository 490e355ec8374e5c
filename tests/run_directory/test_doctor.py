import json
import shutil

import pytest

from gegp import Run, load_problem, resume, run
from gegp.doctor import examine
from gegp.errors import StoreError
from gegp.store import Store, read_log


@pytest.fixture
def part(problem, interrupted, tmp_path):
    return interrupted(problem, tmp_path / "part")


@pytest.fixture
def whole(problem, tmp_path, snapshots):
    return snapshots(run(problem, seed=3, out=tmp_path / "whole").directory)


def files(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def flip(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def replace_line(file, number, text):
    lines = file.read_text().split("\n")
    lines[number] = text
    file.write_text("\n".join(lines))


def append_to(file, text):
    with file.open("a") as stream:
        stream.write(text)


DAMAGES = {
    "snapshots/gen000003.json": lambda run: flip(run / "snapshots/gen000003.json", 300),
    "snapshots/gen000001.json": lambda run: flip(run / "snapshots/gen000001.json", 3),
    "evaluations.jsonl torn": lambda run: append_to(run / "evaluations.jsonl", '{"event": "do'),
    "evaluations.jsonl": lambda run: replace_line(run / "evaluations.jsonl", 2, "{}"),
    "generations.csv torn": lambda run: append_to(run / "generations.csv", "4,1"),
    "generations.csv": lambda run: replace_line(run / "generations.csv", 2, "1,nan,x"),
    "generations.csv first": lambda run: replace_line(run / "generations.csv", 0, "\x00"),
    "generations.csv beyond": lambda run: append_to(
        run / "generations.csv",
        (run / "generations.csv").read_text().splitlines()[-1].replace("3", "4", 1) + "\n",
    ),
    "log.jsonl torn": lambda run: append_to(run / "log.jsonl", '{"event'),
    "log.jsonl": lambda run: append_to(run / "log.jsonl", "\x00\n"),
    "settings.toml.tmp": lambda run: (run / "settings.toml.tmp").write_text("x"),
    "snapshots/gen000004.json.tmp": lambda run: (run / "snapshots/gen000004.json.tmp").touch(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_found_and_repaired(part, damage, whole, snapshots):
    assert examine(part).findings == ()
    DAMAGES[damage](part)
    before = files(part)
    report = examine(part)
    assert not report.sound
    touched = {finding.file for finding in report.remaining}
    # Without its newest snapshot the table has a row too many.
    assert touched - {"generations.csv"} == {damage.split()[0]} - {"generations.csv"}
    assert all(finding.repair for finding in report.remaining)
    assert files(part) == before
    assert examine(part, repair=True).sound
    assert not any(finding.open for finding in examine(part).findings)
    repaired = files(part)
    assert examine(part, repair=True).sound
    assert files(part) == repaired
    resume(part)
    assert {name: data for name, data in snapshots(part).items() if name in whole} == whole


def test_all_damages_at_once(part, whole, snapshots):
    for damage in DAMAGES.values():
        damage(part)
    assert examine(part, repair=True).sound
    assert examine(part).sound
    resume(part)
    assert {name: data for name, data in snapshots(part).items() if name in whole} == whole


def test_what_is_taken_out_is_kept(part):
    line = (part / "evaluations.jsonl").read_text().splitlines()[3]
    spoilt = line.replace("ok", "OK")
    replace_line(part / "evaluations.jsonl", 3, spoilt)
    flip(part / "snapshots/gen000003.json", 300)
    snapshot = (part / "snapshots/gen000003.json").read_bytes()
    examine(part, repair=True)
    assert (part / "evaluations.jsonl.damaged").read_text() == spoilt + "\n"
    assert (part / "snapshots/gen000003.json.damaged").read_bytes() == snapshot


def test_a_run_whose_snapshots_are_all_damaged_starts_again_from_its_evaluations(
    part, whole, snapshots
):
    for file in (part / "snapshots").iterdir():
        file.write_bytes(b"")
    with pytest.raises(StoreError, match=r"gegp doctor .*part --repair"):
        resume(part)
    known = {done.key for done in Run.load(part).evaluations}
    assert examine(part, repair=True).sound
    resumed = resume(part)
    assert snapshots(part) == whole
    assert len(resumed.evaluations) == len({done.key for done in resumed.evaluations}) > len(known)


def test_lineage(make_problem, tmp_path, interrupted, snapshots):
    toml = "[search]\npopulation = 12\ngenerations = 5\nlineage = true\n"
    code = "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
    problem = load_problem(make_problem(code, toml=toml))
    whole = run(problem, seed=3, out=tmp_path / "whole").directory
    part = interrupted(problem, tmp_path / "part")
    append_to(part / "lineage.csv", "4,0,-1\n4,1")
    report = examine(part, repair=True)
    assert {finding.file for finding in report.findings} == {"lineage.csv"}
    assert report.sound
    assert examine(part).findings == ()
    resume(part)
    assert (part / "lineage.csv").read_bytes() == (whole / "lineage.csv").read_bytes()


def test_scratch_of_an_ended_run_is_removed_and_of_an_interrupted_one_kept(part):
    (part / "scratch").mkdir()
    (part / "scratch/state").write_text("x")
    assert examine(part, repair=True).findings == ()
    assert (part / "scratch/state").exists()
    resume(part)
    (part / "scratch").mkdir(exist_ok=True)
    (finding,) = examine(part, repair=True).findings
    assert finding.file == "scratch"
    assert not (part / "scratch").exists()


def test_what_is_not_of_this_run_is_found_but_left(part, make_problem, tmp_path):
    code = (
        "def key(phenotype):\n    return phenotype[:3]\n"
        "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
    )
    other = tmp_path / "out"
    run(make_problem(code, name="other"), seed=3, out=other)
    shutil.copy(part / "evaluations.jsonl", other)
    foreign = (other / "evaluations.jsonl").read_bytes()
    (finding,) = examine(other, repair=True).remaining
    assert "keys that are not those of their programs" in finding.text
    assert (other / "evaluations.jsonl").read_bytes() == foreign


def test_an_evaluation_without_its_start_is_noted(part):
    lines = (part / "evaluations.jsonl").read_text().splitlines(keepends=True)
    (part / "evaluations.jsonl").write_text("".join(lines[1:]))
    report = examine(part)
    assert report.sound
    (note,) = report.findings
    assert "whose start is not there" in note.text


@pytest.mark.parametrize("file", ["grammar.bnf", "settings.toml"])
def test_what_a_person_must_decide_remains(part, file):
    text = (part / file).read_text()
    (part / file).write_text(text.replace("x |", "z |").replace("population = 12", "population=9"))
    report = examine(part, repair=True)
    assert not report.sound
    assert {finding.file for finding in report.remaining} >= {file}
    assert any("--accept" in finding.remedy for finding in report.remaining)


def test_settings_that_cannot_be_read_are_a_finding(part):
    (part / "settings.toml").write_text("format = ")
    (finding,) = examine(part).remaining
    assert "is damaged" in finding.text


def test_a_problem_that_is_gone_is_a_finding(part, problem_directory):
    shutil.rmtree(problem_directory)
    append_to(part / "log.jsonl", '{"torn')
    report = examine(part, repair=True)
    assert [finding.file for finding in report.remaining] == ["problem"]
    assert (part / "log.jsonl").read_text().endswith("\n")


def test_the_command(part, gegp, tmp_path):
    done = gegp("doctor", "part")
    assert (done.status, done.out) == (0, "part is sound\n")
    flip(part / "snapshots/gen000003.json", 300)
    done = gegp("doctor", "part")
    assert done.status == 1
    assert "to repair: snapshots/gen000003.json: " in done.out
    assert "gegp doctor part --repair" in done.out
    done = gegp("doctor", "part", "--repair", "--json")
    assert done.status == 0
    assert done.json["sound"]
    assert [one["repaired"] for one in done.json["findings"]] == [True, True]
    assert gegp("doctor", "part", "--json").json == {
        "run_dir": "part",
        "sound": True,
        "findings": [],
    }
    assert gegp("doctor", "nothing").status == 2
    (tmp_path / "empty").mkdir()
    assert gegp("doctor", "empty", "--repair").status == 2
    assert list((tmp_path / "empty").iterdir()) == []
    store = Store.open(part)
    done = gegp("doctor", "part")
    assert done.status == 3
    assert "is in use by process" in done.err
    store.close()


def test_looking_changes_nothing(part):
    (part / "run.lock").unlink()
    before = files(part)
    examine(part)
    assert files(part) == before
    assert json.loads((part / "log.jsonl").read_text().splitlines()[0])["event"] == "begun"


def test_resume_says_what_it_passes_over(part, whole, gegp, snapshots):
    flip(part / "snapshots/gen000003.json", 300)
    replace_line(part / "evaluations.jsonl", 2, "{}")
    replace_line(part / "generations.csv", 2, "1,x")
    done = gegp("resume", part, "-q")
    assert done.status == 0
    warned = [line for line in done.err.splitlines() if line.startswith("Warning: ")]
    events = [json.loads(line) for line in (part / "log.jsonl").read_text().splitlines()]
    texts = [event["text"] for event in events if event["event"] == "warning"]
    assert warned == [f"Warning: {text}" for text in texts]
    for file in ("gen000003.json is passed over", "evaluations.jsonl: line 3", "csv: line 3"):
        assert sum(file in text for text in texts) == 1
    assert (part / "generations.csv.damaged").read_text() == "1,x\n"
    assert snapshots(part) == whole


def test_what_follows_a_torn_line_of_the_log_is_a_line_of_its_own(part):
    append_to(part / "log.jsonl", '{"torn')
    resume(part)
    assert [event["event"] for event in read_log(part)] == ["begun", "begun", "ended"]
    assert len(examine(part, repair=True).findings) == 1
    assert examine(part).findings == ()
