import pytest

from gegp import Run, build_toolbox, load_problem, resume, run
from gegp.errors import InputError, LockedError, RunFailed, StoreError
from gegp.journal import Journal, read_journal
from gegp.outcome import Outcome
from gegp.store import Store

CODE = "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
TOML = "[search]\npopulation = 20\ngenerations = 6\nmutation_rate = 0.3\n"


@pytest.fixture
def problem(make_problem):
    return load_problem(make_problem(CODE, toml=TOML))


def contents(directory):
    """What determines a run: snapshots, and the table without what may differ."""
    columns = range(9)
    rows = (directory / "generations.csv").read_text().splitlines()
    return (
        {file.name: file.read_bytes() for file in (directory / "snapshots").iterdir()},
        [[row.split(",")[i] for i in columns] for row in rows],
    )


def test_a_run_directory(problem, tmp_path):
    found = run(problem, seed=3, out=tmp_path / "out")
    names = {file.name for file in found.directory.iterdir()}
    assert names >= {
        "settings.toml",
        "grammar.bnf",
        "snapshots",
        "evaluations.jsonl",
        "generations.csv",
        "log.jsonl",
    }
    assert sum(path.is_file() for path in found.directory.rglob("*")) <= 12
    snapshots = sorted(file.name for file in (found.directory / "snapshots").iterdir())
    assert snapshots == ["gen000003.json", "gen000004.json", "gen000005.json"]
    assert len(found.history) == 6
    loaded = Run.load(found.directory)
    assert loaded.best.phenotype == found.best.phenotype
    assert loaded.summary == found.summary
    assert loaded.summary["seed"] == 3
    assert loaded.summary["generations"] == 6
    counts = loaded.summary["evaluations"]
    assert counts["candidates"] == counts["evaluated"] + counts["from_cache"]
    assert counts["evaluated"] == len({done.key for done in loaded.evaluations})


def test_the_default_directory_is_new_every_time(problem):
    one, two = run(problem, seed=3), run(problem, seed=3)
    assert one.directory != two.directory
    assert one.directory.parts[:2] == ("runs", "mine")
    assert contents(one.directory) == contents(two.directory)


@pytest.mark.parametrize("last", [None, 0, 2, 5])
def test_resuming_gives_the_uninterrupted_run(problem, tmp_path, last):
    whole = run(problem, seed=3, out=tmp_path / "whole")
    part = tmp_path / "part"
    interrupted = run_until(problem, part, last)
    assert interrupted == last
    resumed = resume(part)
    assert contents(part) == contents(whole.directory)
    assert resumed.summary | {"run_dir": "", "seconds": 0} == whole.summary | {
        "run_dir": "",
        "seconds": 0,
    }


def run_until(problem, directory, last):
    """Make a run that ends as if killed after a generation was saved, or before the first."""
    from gegp import Observer

    class Kill(Observer):
        def evaluated(self, phenotype, outcome):
            if last is None:
                raise KeyboardInterrupt

        def generation(self, state, row, improved):
            if state.generation == last:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(problem, seed=3, out=directory, observer=Kill())
    state = Run.load(directory).state
    return state.generation if state else None


def test_a_finished_run_is_not_touched_by_resume(problem, tmp_path):
    found = run(problem, seed=3, out=tmp_path / "out")
    before = contents(found.directory)
    assert resume(found.directory).best == found.best
    assert contents(found.directory) == before


def test_nothing_finished_is_evaluated_again(make_problem, tmp_path):
    code = (
        "import pathlib\n"
        "def evaluate(phenotype):\n"
        "    with (pathlib.Path(__file__).parent / 'count').open('a') as file:\n"
        "        file.write(phenotype + '\\n')\n"
        "    return abs(len(phenotype) - 20)\n"
    )
    path = make_problem(code, toml=TOML)
    run_until(load_problem(path), tmp_path / "out", 2)
    resume(tmp_path / "out")
    evaluated = (path / "count").read_text().splitlines()
    assert len(evaluated) == len(set(evaluated))


def test_a_damaged_snapshot_falls_back_to_the_one_before(problem, tmp_path):
    whole = run(problem, seed=3, out=tmp_path / "whole")
    run_until(problem, tmp_path / "part", 4)
    newest = tmp_path / "part/snapshots/gen000004.json"
    newest.write_bytes(newest.read_bytes()[:-5])
    resume(tmp_path / "part")
    assert contents(tmp_path / "part") == contents(whole.directory)


def test_what_a_kill_left_of_old_snapshots_goes(problem, tmp_path):
    finished = run(problem, seed=3, out=tmp_path / "out")
    folder = finished.directory / "snapshots"
    kept = sorted(file.name for file in folder.iterdir())
    (folder / "gen000000.json").write_bytes((folder / kept[0]).read_bytes())
    resume(finished.directory)
    assert sorted(file.name for file in folder.iterdir()) == kept


def test_older_snapshots_stay_as_long_as_newer_ones_are_damaged(problem, tmp_path):
    part = run(problem, seed=3, out=tmp_path / "out").directory
    oldest, *newer = sorted((part / "snapshots").iterdir())
    for file in [*newer, part / "snapshots/gen000900.json"]:
        file.write_bytes(b"damaged")
    store = Store.open(part)
    assert store.load(build_toolbox(problem, seed=3)).generation == int(oldest.stem[3:])
    store.close()
    assert oldest.exists()


def test_a_run_whose_snapshots_are_all_damaged_is_refused(problem, tmp_path):
    run_until(problem, tmp_path / "out", 4)
    for file in (tmp_path / "out/snapshots").iterdir():
        file.write_bytes(b"")
    with pytest.raises(StoreError, match="every snapshot is damaged"):
        resume(tmp_path / "out")


def test_a_directory_with_a_run_is_not_overwritten(problem, tmp_path):
    run(problem, seed=3, out=tmp_path / "out")
    with pytest.raises(StoreError, match=r"holds a run already; continue it with: gegp resume"):
        run(problem, seed=4, out=tmp_path / "out")


def test_a_directory_without_settings_is_taken_over(problem, tmp_path):
    run_until(problem, tmp_path / "out", 2)
    (tmp_path / "out/settings.toml").unlink()
    again = run(problem, seed=3, out=tmp_path / "out")
    assert len(again.history) == 6


def test_a_directory_in_use_is_refused(problem, tmp_path):
    run_until(problem, tmp_path / "out", 2)
    store = Store.open(tmp_path / "out")
    with pytest.raises(LockedError, match=r"is in use by process \d+"):
        resume(tmp_path / "out")
    store.close()
    resume(tmp_path / "out")


def test_what_is_no_run_directory_is_said(tmp_path):
    with pytest.raises(StoreError, match=r"holds no run: expected a file settings\.toml"):
        Run.load(tmp_path)
    (tmp_path / "settings.toml").write_text("format = 99\n")
    with pytest.raises(StoreError, match="format 99, this gegp reads 1"):
        Run.load(tmp_path)
    (tmp_path / "settings.toml").write_text("format = ")
    with pytest.raises(StoreError, match="is damaged"):
        Run.load(tmp_path)


def test_a_torn_journal_is_cut_back_at_any_place(tmp_path):
    path = tmp_path / "evaluations.jsonl"
    journal = Journal(path)
    for i in range(4):
        journal.done(0, f"key{i}", "é" * i, Outcome("ok", (i / 3,), extra={"check": "x"}))
    journal.close()
    data = path.read_bytes()
    ends = [i + 1 for i, byte in enumerate(data) if byte == ord("\n")]
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        records = read_journal(path, repair=True)
        whole = sum(end <= cut for end in ends)
        assert [record.key for record in records] == [f"key{i}" for i in range(whole)]
        journal = Journal(path)
        journal.done(1, "new", "x", Outcome("ok", (1.0,)))
        journal.close()
        assert read_journal(path)[-1].key == "new"
        assert len(read_journal(path)) == whole + 1


def test_a_flipped_bit_in_the_journal_is_noticed(tmp_path):
    path = tmp_path / "evaluations.jsonl"
    journal = Journal(path)
    journal.done(0, "key", "x + y", Outcome("ok", (0.25,)))
    journal.close()
    data = path.read_bytes()
    for place in range(len(data) - 1):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert read_journal(path) == []


def test_budgets(make_problem, tmp_path):
    path = make_problem(CODE, toml=TOML)

    def generations(*assignments):
        return run(load_problem(path, assignments=assignments), seed=3).summary["generations"]

    assert generations("search.generations=1") == 1
    assert generations("search.max_evaluations=1") == 1
    assert generations("search.max_seconds=1e-9") == 1
    assert generations("search.target=1e9") == 1
    assert generations("search.target=-1", "search.generations=9") == 9


def test_the_budget_of_evaluations_counts_the_same_after_a_resume(make_problem, tmp_path):
    problem = load_problem(make_problem(CODE, toml=TOML + "max_evaluations = 25\n"))
    whole = run(problem, seed=3, out=tmp_path / "whole")
    assert whole.summary["generations"] < 6
    run_until(problem, tmp_path / "part", 0)
    resume(tmp_path / "part")
    assert contents(tmp_path / "part") == contents(whole.directory)


def test_a_first_generation_that_fails_for_one_reason_ends_the_run(make_problem, tmp_path):
    problem = load_problem(make_problem("def evaluate(phenotype):\n    return undefined_name\n"))
    with pytest.raises(RunFailed, match="same reason: error: NameError: name 'undefined_name'"):
        run(problem, seed=1, out=tmp_path / "out")


def test_what_the_user_gave_ends_the_run_as_wrong_input(make_problem, tmp_path):
    """The words may differ from candidate to candidate."""
    code = (
        "from gegp import GegpError\n\n"
        "def evaluate(phenotype):\n    raise GegpError('no data ' + phenotype)\n"
    )
    with pytest.raises(InputError, match="no candidate can be evaluated: no data"):
        run(load_problem(make_problem(code, toml=TOML)), seed=1, out=tmp_path / "out")


def test_what_the_user_has_mended_is_evaluated_on_resume(make_problem, tmp_path):
    """Also where a candidate that failed in a saved generation is asked for again."""
    broken = tmp_path / "broken"
    code = (
        "import pathlib\n\nfrom gegp import GegpError\n\n"
        "def evaluate(phenotype):\n"
        f"    if len(phenotype) < 4 and pathlib.Path({str(broken)!r}).exists():\n"
        "        raise GegpError('no data')\n"
        "    return len(phenotype)\n"
    )
    problem = load_problem(make_problem(code, toml=TOML))
    whole = run(problem, seed=3, out=tmp_path / "whole")
    assert any(len(done.phenotype) < 4 for done in whole.evaluations)
    broken.touch()
    run_until(problem, tmp_path / "part", 1)
    broken.unlink()
    resumed = resume(tmp_path / "part")
    assert resumed.summary["generations"] == whole.summary["generations"]
    assert not any(done.setup for done in resumed.evaluations if done.generation > 2)


def test_failures_for_different_reasons_do_not(make_problem, tmp_path):
    problem = load_problem(
        make_problem("def evaluate(phenotype):\n    raise ValueError(phenotype)\n", toml=TOML)
    )
    found = run(problem, seed=1, out=tmp_path / "out")
    assert found.best is None
    assert found.history[-1]["best"] is None
    assert found.history[-1]["failed"] == 20
    assert found.summary["evaluations"]["failed"] == found.summary["evaluations"]["evaluated"]
    assert resume(tmp_path / "out").best is None
