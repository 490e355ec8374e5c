"""Snapshots: a state as a file that is either whole or not there.

The first line is ``gegp-snapshot 1 <sha256> <bytes>``, the rest JSON. A snapshot
holds only what determines the future, so equal runs have equal bytes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec
from deap import base

from gegp.errors import StoreError
from gegp.individual import Individual, worst_values
from gegp.representations.base import Genotype, derivation_of
from gegp.search import State

_MAGIC = "gegp-snapshot 1"
_KEPT = 3


class _IndividualRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """``choices`` are there if the representation learns: it may map the genotype otherwise now."""

    genotype: list[Any]
    fitness: list[float] | None
    cases: list[float] = []
    choices: list[int] = []


class _StateRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    generation: int
    found: int
    best: _IndividualRecord | None
    population: list[_IndividualRecord]
    learned: list[Any] = []


def save_snapshot(folder: Path, state: State) -> None:
    """Write the state's snapshot durably, and remove all but the last three."""
    body = msgspec.json.encode(_record(state))
    header = f"{_MAGIC} {hashlib.sha256(body).hexdigest()} {len(body)}\n"
    write_durably(folder / f"gen{state.generation:06d}.json", header.encode() + body)
    for old in _files(folder)[:-_KEPT]:
        old.unlink()


def load_snapshot(folder: Path, toolbox: base.Toolbox) -> State | None:
    """The newest state that is intact, its individuals made by the toolbox; None if there is none.

    Raises StoreError if there are snapshots and every one is damaged.
    """
    files = _files(folder)
    for file in reversed(files):
        body = _read_body(file)
        if body is not None:
            record = msgspec.json.decode(body, type=_StateRecord)
            return _state(record, toolbox)
    if files:
        raise StoreError(f"{folder}: every snapshot is damaged; the run cannot be resumed")
    return None


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves the old contents or the new, on disk."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("gen*.json"))


def _read_body(file: Path) -> bytes | None:
    """The JSON of a snapshot, or None if its frame does not fit."""
    header, _, body = file.read_bytes().partition(b"\n")
    expected = f"{_MAGIC} {hashlib.sha256(body).hexdigest()} {len(body)}"
    return body if header == expected.encode() else None


def _record(state: State) -> _StateRecord:
    learned = state.representation.learned
    return _StateRecord(
        state.generation,
        state.found,
        _individual_record(state.best, bool(learned)) if state.best is not None else None,
        [_individual_record(individual, bool(learned)) for individual in state.population],
        list(learned),
    )


def _individual_record(individual: Individual, learns: bool) -> _IndividualRecord:
    fitness = individual.fitness
    return _IndividualRecord(
        list(individual.genotype),
        None if fitness.failed else list(fitness.values),
        list(fitness.cases),
        list(individual.derivation.choices) if learns else [],
    )


def _state(record: _StateRecord, toolbox: base.Toolbox) -> State:
    def individual(one: _IndividualRecord) -> Individual:
        made: Individual = toolbox.express(_tuples(one.genotype))
        if one.choices:
            derivation = derivation_of(toolbox.representation.grammar, tuple(one.choices))
            made = Individual(made.genotype, derivation, made.fitness)
        failed = one.fitness is None
        made.fitness.values = worst_values(made.fitness.weights) if failed else one.fitness
        made.fitness.cases = tuple(one.cases)
        return made

    return State(
        record.generation,
        tuple(individual(one) for one in record.population),
        toolbox.representation.with_learned(_tuples(record.learned)),
        individual(record.best) if record.best else None,
        record.found,
    )


def _tuples(value: list[Any]) -> Genotype:
    return tuple(_tuples(item) if isinstance(item, list) else item for item in value)
