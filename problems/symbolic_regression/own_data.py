"""The user's own data: a CSV file with a line of names, of which one column is the target."""

from __future__ import annotations

import csv
import keyword
import math
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from gegp.checking import unknown_key
from gegp.errors import SettingsError
from gegp.rng import stream

from .cases import Cases, Floats, Parts

_SEPARATORS = (",", ";", "\t")


def read_cases(path: str, column: str, reserved: Collection[str]) -> Cases:
    """The cases of a file; the target is the column of that name, by default the last one.

    Values are separated by commas, semicolons or tabs. Variables have the names of their columns,
    in which ``_`` takes the place of what a formula cannot hold, and stands before the ``reserved``
    ones. Raises SettingsError with line and column for what cannot be used.
    """
    header, rows = _read(path)
    names = [name.strip() for name in header]
    if column and column not in names:
        raise unknown_key(column, names, "column", "options.column")
    target = names.index(column) if column else len(names) - 1
    values = _numbers(path, names, rows)
    if np.ptp(values[target]) == 0:
        raise _wrong(f"{path}: the target {names[target]!r} is {values[target][0]:g} in all rows")
    variables: dict[str, Floats] = {}
    for i, name in enumerate(names):
        if i == target:
            continue
        variable = _variable(name, reserved)
        if variable in variables:
            raise _wrong(f"{path}:1: column {i + 1}: a second variable {variable!r}; rename one")
        variables[variable] = values[i]
    return Cases(variables, values[target])


def divided(cases: Cases, test_share: float) -> Parts:
    """Training and test part: a share of the cases, drawn at random, always the same."""
    count = len(cases.target)
    size = round(count * test_share)
    if not size:
        return Parts(cases)
    rng = stream(0)
    drawn = np.argsort([rng.random() for _ in range(count)], kind="stable")
    parts = Parts(*(_taken(cases, np.sort(part)) for part in (drawn[size:], drawn[:size])))
    for name, part in parts._asdict().items():
        if np.ptp(part.target) == 0:
            raise SettingsError(
                f"options.test_share = {test_share:g}: the target is the same in all "
                f"{len(part.target)} rows of the {name} part; take another share, or more data"
            )
    return parts


def _taken(cases: Cases, places: np.ndarray) -> Cases:
    variables = {name: values[places] for name, values in cases.variables.items()}
    return Cases(variables, cases.target[places])


def _read(path: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names, and the other lines that are not empty, with their numbers."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _wrong(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise _wrong(f"{path}: cannot be read as UTF-8 text: {error}") from None
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    lines = csv.reader(text.splitlines(), delimiter=separator, skipinitialspace=True)
    try:
        found = [(lines.line_num, line) for line in lines if any(map(str.strip, line))]
    except csv.Error as error:
        raise _wrong(f"{path}:{lines.line_num}: {error}") from None
    if not found:
        raise _wrong(f"{path}: expected a line of names and lines of numbers, found nothing")
    header, rows = found[0][1], found[1:]
    if len(header) < 2:
        raise _wrong(f"{path}:1: expected two columns or more, found {', '.join(header)!r}")
    if all(_number(name) is not None for name in header):
        raise _wrong(f"{path}:1: expected names of the columns, found numbers: {header[0]}, ...")
    if len(rows) < 2:
        raise _wrong(f"{path}: expected two rows of numbers or more, found {len(rows)}")
    return header, rows


def _numbers(
    path: str, names: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> list[Floats]:
    """The values of each column."""
    table = np.empty((len(rows), len(names)))
    for i, (line, texts) in enumerate(rows):
        if len(texts) != len(names):
            raise _wrong(f"{path}:{line}: expected {len(names)} values, found {len(texts)}")
        for j, (name, text) in enumerate(zip(names, texts, strict=True)):
            number = _number(text)
            if number is None:
                place = f"{path}:{line}: column {j + 1} ({name})"
                raise _wrong(f"{place}: expected a number, found {text[:40]!r}")
            table[i, j] = number
    return list(np.ascontiguousarray(table.T))


def _number(text: str) -> float | None:
    """The finite number that a text is."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _variable(name: str, reserved: Collection[str]) -> str:
    """A name as a formula can hold it."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    taken = plain in reserved or keyword.iskeyword(plain)
    return f"_{plain}" if taken or not plain.isidentifier() else plain


def _wrong(text: str) -> SettingsError:
    return SettingsError(f"options.data: {text}")
