"""A run directory from elsewhere: whatever is in it, there is a result or one clear error."""

import contextlib
import hashlib
import json
import os
import shutil
import tomllib

import msgspec
import pytest
import tomli_w

from gegp import Run, load_problem, resume
from gegp.doctor import examine
from gegp.errors import GegpError, InputError, RunFailed, StoreError
from gegp.rng import stream

# Other seeds try other damages: GEGP_FUZZ_SEED=1 pytest tests/run_directory/test_hostile_runs.py
SEED = int(os.environ.get("GEGP_FUZZ_SEED", "0"))

REPRESENTATIONS = ("dsge", "sge", "psge", "copsge", "ge", "pige", "cfggp", "whge", "adaptive")


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


VALUES = [
    *(None, True, -1, 0, 1, 2**31, 2**63, 2**70, -(2**64), 0.5, -0.5, 1e300, 1e30, "", "x", "\0"),
    *("\U0001f600", [], {}, [[]], [0], [[0]], ["x"], {"x": 1}, [1] * 300, "x" * 100_000),
]


@pytest.fixture
def made(problem_directory, interrupted, tmp_path):
    """Makes an interrupted run of a representation."""

    def make(name, *assignments):
        chosen = ["search.adaptive_mutation=true"] if name == "adaptive" else []
        chosen = chosen or [f"search.representation={name}"]
        problem = load_problem(problem_directory, assignments=[*chosen, *assignments])
        return interrupted(problem, tmp_path / name, last=2)

    return make


def attempt(directory):
    """Do all that reads a run directory: each has a result or one clear error."""
    for work in (
        lambda: examine(directory),
        lambda: Run.load(directory).summary,
        lambda: Run.load(directory).lineage,
        lambda: resume(directory),
        lambda: examine(directory, repair=True),
    ):
        with contextlib.suppress(InputError, StoreError, RunFailed):
            work()


def paths(value):
    """The places in a JSON value."""
    found, waiting = [], [((), value)]
    while waiting:
        path, inner = waiting.pop()
        found.append(path)
        if isinstance(inner, dict):
            waiting += [((*path, name), one) for name, one in inner.items()]
        elif isinstance(inner, list):
            waiting += [((*path, i), one) for i, one in enumerate(inner)]
    return found


def replaced(value, path, new):
    """A copy of a JSON value with another one in a place."""
    if not path:
        return new
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if new is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return copy


REMOVED = object()


def framed(body):
    return f"gegp-snapshot 1 {hashlib.sha256(body).hexdigest()} {len(body)}\n".encode() + body


def mutants(value, rng, count):
    places = paths(value)
    choices = [REMOVED, *VALUES]
    for _ in range(count):
        path = places[rng.below(len(places))]
        new = choices[rng.below(len(choices))]
        if path or new is not REMOVED:
            yield replaced(value, path, new)


@pytest.mark.parametrize("name", REPRESENTATIONS)
def test_snapshots_of_any_contents(made, name, tmp_path):
    part = made(name)
    for older in ("gen000000.json", "gen000001.json"):
        (part / "snapshots" / older).unlink()
    file = "snapshots/gen000002.json"
    state = json.loads((part / file).read_bytes().partition(b"\n")[2])
    for i, mutant in enumerate(mutants(state, stream(SEED, REPRESENTATIONS.index(name)), 25)):
        copy = shutil.copytree(part, tmp_path / f"mutant{i}")
        (copy / file).write_bytes(framed(json.dumps(mutant).encode()))
        attempt(copy)
        shutil.rmtree(copy)


@pytest.mark.parametrize("depth", [20, 900, 10_000, 100_000])
@pytest.mark.parametrize("file", ["snapshots/gen000002.json", "evaluations.jsonl"])
def test_nested_without_end(made, file, depth):
    part = made("dsge")
    hostile = b"[" * depth + b"]" * depth
    if file.startswith("snapshots"):
        body = (part / file).read_bytes().partition(b"\n")[2]
        start = body.index(b'"genotype":') + 11
        body = body[:start] + hostile + body[body.index(b',"fitness"', start) :]
        (part / file).write_bytes(framed(body))
        for older in ("gen000000.json", "gen000001.json"):
            (part / "snapshots" / older).unlink()
        with pytest.raises(StoreError, match="every snapshot is damaged"):
            resume(part)
    else:
        body = b'{"event":"done","generation":0,"key":"x","phenotype":"x","status":"ok",'
        body += b'"extra":{"x":' + hostile + b"}}"
        check = hashlib.sha256(body).hexdigest()[:16].encode()
        line = body[:-1] + b',"check":"' + check + b'"}\n'
        (part / file).write_bytes((part / file).read_bytes() + line)
        attempt(part)


def test_journals_of_any_contents(made, tmp_path):
    part = made("dsge")
    lines = (part / "evaluations.jsonl").read_bytes().splitlines()
    rng = stream(SEED, 100)
    for i in range(25):
        place = rng.below(len(lines))
        record = json.loads(lines[place])
        del record["check"]
        for mutant in mutants(record, rng, 1):
            copy = shutil.copytree(part, tmp_path / f"mutant{i}")
            body = msgspec.json.encode(mutant)
            check = hashlib.sha256(body).hexdigest()[:16].encode()
            sealed = body[:-1] + b',"check":"' + check + b'"}'
            text = b"\n".join([*lines[:place], sealed, *lines[place + 1 :]]) + b"\n"
            (copy / "evaluations.jsonl").write_bytes(text)
            attempt(copy)
            shutil.rmtree(copy)


def test_settings_of_any_contents(made, tmp_path):
    part = made("dsge", "search.generations=4")
    table = tomllib.loads((part / "settings.toml").read_text())
    table["made_with"] = ""
    for i, mutant in enumerate(mutants(table, stream(SEED, 101), 80)):
        if not isinstance(mutant, dict) or b"population" not in msgspec.json.encode(mutant):
            continue
        copy = shutil.copytree(part, tmp_path / f"mutant{i}")
        try:
            (copy / "settings.toml").write_text(tomli_w.dumps(mutant))
        except TypeError:
            continue  # TOML has no null
        if not endless(mutant):
            attempt(copy)
        shutil.rmtree(copy)


def endless(table):
    """Whether a number is merely so large that the run would take for ever."""
    search = table.get("settings", {}).get("search", {})
    numbers = [value for value in search.values() if isinstance(value, int | float)]
    return max(numbers, default=0) > 1000


@pytest.mark.parametrize(
    "file",
    [
        "settings.toml",
        "grammar.bnf",
        "evaluations.jsonl",
        "generations.csv",
        "lineage.csv",
        "log.jsonl",
        "snapshots/gen000002.json",
    ],
)
def test_bytes_that_are_flipped_and_files_that_are_cut(made, tmp_path, file):
    part = made("dsge", "search.lineage=true")
    data = (part / file).read_bytes()
    rng = stream(SEED, len(file))
    for i in range(12):
        copy = shutil.copytree(part, tmp_path / f"mutant{i}")
        place = rng.below(len(data))
        flipped = data[:place] + bytes([data[place] ^ (1 << rng.below(8))]) + data[place + 1 :]
        (copy / file).write_bytes(data[:place] if i % 2 else flipped)
        attempt(copy)
        shutil.rmtree(copy)


@pytest.mark.parametrize("entry", ["../../evil:Mine", "/evil", "os:system", "a.b/../c", "é b"])
def test_an_entry_cannot_lead_out_of_the_problem(made, tmp_path, entry):
    part = made("dsge")
    (tmp_path / "evil.py").write_text("raise SystemExit('executed')")
    settings = part / "settings.toml"
    text = settings.read_text()
    assert 'entry = ""' in text
    settings.write_text(text.replace('entry = ""', f"entry = {json.dumps(entry)}"))
    with pytest.raises(GegpError):
        resume(part)


def test_paths_in_the_settings_are_not_used(made, tmp_path):
    part = made("dsge")
    settings = part / "settings.toml"
    text = settings.read_text()
    text = text.replace('scratch = ""', f'scratch = "{tmp_path / "elsewhere"}"')
    settings.write_text(text.replace(str(part / "grammar.bnf"), str(tmp_path / "none.bnf")))
    resume(part)
    assert not (tmp_path / "elsewhere").exists()
    assert Run.load(part).problem.settings.scratch == ""


@pytest.mark.parametrize(
    "name", ["evaluations.jsonl", "log.jsonl", "run.lock", "snapshots", "scratch", "workers.log"]
)
def test_links_that_lead_out_are_refused(made, tmp_path, name):
    part = made("dsge")
    target = tmp_path / "precious"
    if (part / name).is_dir():
        shutil.move(part / name, target)
    else:
        target.write_text("mine")
        (part / name).unlink(missing_ok=True)
    (part / name).symlink_to(target)
    with pytest.raises(StoreError, match="is a link or a device"):
        resume(part)
    assert not examine(part, repair=False).sound
    assert target.is_dir() or target.read_text() == "mine"


def test_a_genotype_that_does_not_fit_the_grammar_is_named(made, warnings):
    part = made("dsge")
    file = part / "snapshots/gen000002.json"
    state = json.loads(file.read_bytes().partition(b"\n")[2])
    state["population"][0]["genotype"][0][0] = 99
    file.write_bytes(framed(json.dumps(state).encode()))
    resume(part, observer=warnings)
    (text,) = warnings.texts
    assert "gen000002.json is passed over" in text
    assert "has no production 99" in text
