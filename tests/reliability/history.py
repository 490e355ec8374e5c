"""The same run on every engine, whatever the order in which its evaluations end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from measurement import Measurement
from samples import KINDS, Sample, gegp, history_hash, make_problem

from gegp.journal import read_journal

ENGINES = {
    "serial": ("engine=serial",),
    "processes with 1 worker": ("engine=processes", "workers=1"),
    "processes with 2": ("engine=processes", "workers=2"),
    "dask with 2": ("engine=dask", "workers=2"),
}
# Evaluations that take microseconds, so that workers are sent many at a time.
CHEAP = ("population=40", "generations=8")


class Made(NamedTuple):
    """A run: what it has come to, and the order in which its evaluations ended."""

    kind: str
    engine: str
    hash: str
    order: list[str]


def measure(directory: Path, rng: random.Random, *, full: bool) -> Iterator[Measurement]:
    """All kinds three times on all engines; the short form two kinds, one of them on dask."""
    problem = make_problem(directory / "problem")
    names = list(KINDS) if full else [rng.choice(list(KINDS))]
    samples = {name: Sample(problem, KINDS[name], rng.randrange(1000)) for name in names}
    samples["cheap"] = Sample(Path("symbolic_regression"), CHEAP, rng.randrange(1000))
    wanted = [
        (kind, engine)
        for _ in range(3 if full else 1)
        for kind in samples
        for engine in ENGINES
        if full or kind != "cheap" or engine != "dask with 2"
    ]
    # Two at a time they disturb each other.
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(
                make, directory / f"run{i}", kind, engine, samples[kind], rng.getrandbits(32)
            )
            for i, (kind, engine) in enumerate(wanted)
        ]
        made = [run.result() for run in runs]
    other = samples["cheap"]._replace(seed=samples["cheap"].seed + 1)
    made_otherwise = make(directory / "other", "cheap", "serial", other, 0)
    yield row(made, made_otherwise)


def make(out: Path, kind: str, engine: str, sample: Sample, hash_seed: int) -> Made:
    """A run on an engine, in processes whose sets have an order of their own."""
    sample = sample._replace(settings=(*sample.settings, *ENGINES[engine]))
    done = gegp(*sample.arguments(out), PYTHONHASHSEED=str(hash_seed))
    if done.returncode != 0:
        raise RuntimeError(f"{kind} on {engine}: status {done.returncode}: {done.stderr}")
    order = [f"{one.key} {one.repeat}" for one in read_journal(out / "evaluations.jsonl")]
    return Made(kind, engine, history_hash(out), order)


def row(made: list[Made], otherwise: Made) -> Measurement:
    """All runs of a kind beside the first one of it, which is in one process."""
    first = {one.kind: one for one in reversed(made)}
    differ = [one for one in made if one.hash != first[one.kind].hash]
    shuffled = sum(one.order != first[one.kind].order for one in made)
    told = f": {', '.join(f'{one.kind} on {one.engine}' for one in differ)}" if differ else ""
    return Measurement(
        "Equal seeds give equal snapshots and tables, whatever the engine, the number of workers, "
        f"the order of completion and PYTHONHASHSEED: {', '.join(ENGINES)}",
        f"{len(differ)} of {len(made)} runs of {len(first)} kinds differ{told}; in {shuffled} the "
        "evaluations ended in another order",
        not differ and shuffled > 0 and otherwise.hash != first["cheap"].hash,
    )
