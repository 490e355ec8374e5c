"""Snapshots: a state as a file that is either whole or not there.

The first line is ``gegp-snapshot 1 <sha256> <bytes>``, the rest JSON. A snapshot
holds only what determines the future, so equal runs have equal bytes.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast

import msgspec
from deap import base

from gegp.batch.population import Population
from gegp.commands import command_line
from gegp.durable import write_durably, writing
from gegp.errors import StoreError
from gegp.individual import Individual, worst_values
from gegp.representations.base import derivation_of
from gegp.search import State
from gegp.vetting import Vetting, check_fitness, tuples

_MAGIC = "gegp-snapshot 1"
_KEPT = 3
_NAME = re.compile(r"gen\d{6,}\.json")

# What a representation does with a genotype that is none of its own.
_MISFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_Natural = Annotated[int, msgspec.Meta(ge=0)]


class _IndividualRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """``choices`` are there if the representation learns: it may map the genotype otherwise now."""

    genotype: list[Any]
    fitness: list[float] | None
    cases: list[float] = []
    choices: list[int] = []


class _StateRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    generation: _Natural
    found: _Natural
    best: _IndividualRecord | None
    population: Annotated[list[_IndividualRecord], msgspec.Meta(min_length=1)]
    learned: list[Any] = []


class Damaged(NamedTuple):
    """A snapshot that cannot be used, and why."""

    file: Path
    reason: str


class Snapshots(NamedTuple):
    """The newest state that is intact, and the damaged snapshots that are newer."""

    state: State | None
    damaged: tuple[Damaged, ...]


def save_snapshot(folder: Path, state: State) -> None:
    """Write the state's snapshot durably, and remove all but the last three."""
    body = msgspec.json.encode(_record(state))
    header = f"{_MAGIC} {hashlib.sha256(body).hexdigest()} {len(body)}\n"
    write_durably(folder / f"gen{state.generation:06d}.json", header.encode() + body)
    remove_old_snapshots(folder)


def remove_old_snapshots(folder: Path) -> None:
    """Remove all but the last three."""
    for old in snapshot_files(folder)[:-_KEPT]:
        with writing(old):
            old.unlink()


def load_snapshot(folder: Path, toolbox: base.Toolbox) -> State | None:
    """The newest state that is intact, its individuals made by the toolbox; None if there is none.

    Raises StoreError if there are snapshots and every one is damaged.
    """
    return load_snapshots(folder, toolbox).state


def load_snapshots(folder: Path, toolbox: base.Toolbox) -> Snapshots:
    """The same, with what was passed over."""
    damaged: list[Damaged] = []
    for file in reversed(snapshot_files(folder)):
        found = read_snapshot(file, toolbox)
        if isinstance(found, State):
            return Snapshots(found, tuple(damaged))
        damaged.append(found)
    if damaged:
        repair = command_line("doctor", folder.parent, "--repair")
        raise StoreError(
            f"{folder}: every snapshot is damaged; the run cannot be resumed ({damaged[0].file}: "
            f"{damaged[0].reason}). {repair} sets them aside; then it starts again from its "
            "evaluations"
        )
    return Snapshots(None, ())


def read_snapshot(file: Path, toolbox: base.Toolbox) -> State | Damaged:
    """The state of a snapshot, or why it has none."""
    try:
        body = _read_body(file)
        if body is None:
            return Damaged(file, "it is not whole: its checksum does not fit")
        record = msgspec.json.decode(body, type=_StateRecord)
        _check_record(record, file)
        return _state(record, toolbox)
    except OSError as error:
        return Damaged(file, f"it cannot be read: {error.strerror}")
    except (msgspec.MsgspecError, *_MISFIT) as error:
        return Damaged(file, f"its contents do not fit this run: {error}")


def snapshot_files(folder: Path) -> list[Path]:
    """The snapshots of a directory, the oldest first."""
    files = [file for file in folder.glob("gen*.json") if _NAME.fullmatch(file.name)]
    return sorted(files, key=lambda file: (len(file.name), file.name))


def _read_body(file: Path) -> bytes | None:
    """The JSON of a snapshot, or None if its frame does not fit."""
    header, _, body = file.read_bytes().partition(b"\n")
    expected = f"{_MAGIC} {hashlib.sha256(body).hexdigest()} {len(body)}"
    return body if header == expected.encode() else None


def _check_record(record: _StateRecord, file: Path) -> None:
    if file.name != f"gen{record.generation:06d}.json":
        raise ValueError(f"it is of generation {record.generation}")
    if record.found > record.generation:
        raise ValueError(f"its best was found in generation {record.found}")


def _record(state: State) -> _StateRecord:
    learned = state.representation.learned
    return _StateRecord(
        state.generation,
        state.found,
        _individual_record(state.best, bool(learned)) if state.best is not None else None,
        _records(state.population, bool(learned)),
        list(learned),
    )


def _records(population: Sequence[Individual], learns: bool) -> list[_IndividualRecord]:
    if not isinstance(population, Population):
        return [_individual_record(individual, learns) for individual in population]
    from gegp.batch.notation import in_json

    values = [None if math.isnan(value) else [value] for value in population.values.tolist()]
    genotypes = cast(list[list[Any]], [*map(msgspec.Raw, in_json(population.genotypes))])
    return [_IndividualRecord(*pair) for pair in zip(genotypes, values, strict=True)]


def _individual_record(individual: Individual, learns: bool) -> _IndividualRecord:
    fitness = individual.fitness
    return _IndividualRecord(
        list(individual.genotype),
        None if fitness.failed else list(fitness.values),
        list(fitness.cases),
        list(individual.derivation.choices) if learns else [],
    )


def _state(record: _StateRecord, toolbox: base.Toolbox) -> State:
    vetting = Vetting(toolbox.representation)
    learned = tuples(record.learned)
    vetting.check_learned(learned)
    make = _maker(toolbox, vetting)
    return State(
        record.generation,
        tuple(make(one) for one in record.population),
        toolbox.representation.with_learned(learned),
        make(record.best) if record.best else None,
        record.found,
    )


def _maker(toolbox: base.Toolbox, vetting: Vetting) -> Callable[[_IndividualRecord], Individual]:
    """Makes an individual of its record; raises what is among the misfits."""

    def make(one: _IndividualRecord) -> Individual:
        genotype = tuples(one.genotype)
        vetting.check_genotype(genotype)
        made: Individual = toolbox.express(genotype)
        if one.choices:
            derivation = derivation_of(toolbox.representation.grammar, tuple(one.choices))
            made = Individual(made.genotype, derivation, made.fitness)
        vetting.check_individual(made)
        weights = made.fitness.weights
        if one.fitness is not None:
            check_fitness(one.fitness, one.cases, len(weights))
        made.fitness.values = worst_values(weights) if one.fitness is None else one.fitness
        made.fitness.cases = tuple(one.cases)
        return made

    return make
