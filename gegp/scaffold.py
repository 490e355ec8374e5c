"""New problems: a directory with all that a problem needs, to be changed from there."""

from __future__ import annotations

import csv
import keyword
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from gegp.csv_files import csv_bytes
from gegp.errors import InputError

TEMPLATES = {
    "function": "a function that scores a program, such as its error over some cases",
    "table": "a table of numbers (CSV): a formula for one column, or for two classes",
    "examples": "a program from examples of what it is to do (program synthesis)",
    "simulator": "a policy that a simulation follows, such as a controller",
}
TASKS = ("regression", "classification")
_FUNCTIONS = ("sin", "log", "divide")
_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Data:
    """A table: the names of its columns, of which the last is to be found, and its text."""

    columns: tuple[str, ...]
    text: str


def new_problem(
    directory: Path, template: str, *, data: Path | None = None, task: str = "regression"
) -> list[Path]:
    """Write a new problem and return its files; ``data`` and ``task`` are for the table.

    Raises InputError if something of that name is there, or if the data are no table of numbers.
    """
    if directory.exists() and any(directory.iterdir() if directory.is_dir() else [directory]):
        raise InputError(f"{directory} is there already; name a directory that is not, or is empty")
    values = {"name": _name(directory), "directory": str(directory), "task": task}
    files: dict[str, str] = {}
    if template == "table":
        table = read_table(data) if data else sample_table(task)
        values["columns"] = " | ".join(table.columns[:-1])
        files["data.csv"] = table.text
    sources = [*(_FOLDER / template).iterdir(), _FOLDER / "README.md.in"]
    for source in sorted(sources):
        text = Template(source.read_text(encoding="utf-8")).substitute(values)
        files[source.name.removesuffix(".in")] = text
    return _write(directory, files)


def read_table(path: Path) -> Data:
    """A CSV file with a line of names and lines of numbers.

    Names become such that formulas can hold them. Raises InputError with the line and the column of
    what is no number.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}") from None
    if len(rows) < 3 or len(rows[0]) < 2:
        raise InputError(
            f"{path}: expected a line of names and two lines of numbers or more, in two columns or "
            f"more, found {len(rows)} lines of {len(rows[0]) if rows else 0} columns"
        )
    columns = tuple(_identifier(name, place) for place, name in enumerate(rows[0]))
    if len(set(columns)) < len(columns):
        raise InputError(f"{path}:1: two columns have one name: {', '.join(rows[0])}")
    for number, row in enumerate(rows[1:], 2):
        _check(path, number, row, rows[0])
    return Data(columns, _csv([columns, *rows[1:]]))


def sample_table(task: str) -> Data:
    """A made-up table, of a known formula of two of three columns."""
    rng = random.Random(0)
    rows = []
    for _ in range(80):
        x, y, z = (round(rng.uniform(-3, 3), 3) for _ in range(3))
        found = x * y + 0.5 * x
        rows.append([x, y, z, round(found, 6) if task == "regression" else int(found > 0)])
    columns = ("x", "y", "z", "wanted")
    return Data(columns, _csv([columns, *rows]))


def _check(path: Path, number: int, row: list[str], names: list[str]) -> None:
    if len(row) != len(names):
        raise InputError(
            f"{path}:{number}: expected {len(names)} columns as in line 1, found {len(row)}"
        )
    for name, cell in zip(names, row, strict=True):
        try:
            float(cell)
        except ValueError:
            raise InputError(
                f"{path}:{number}: column {name!r}: expected a number, found {cell!r}; make "
                "numbers of texts, and leave out lines that lack some"
            ) from None


def _name(directory: Path) -> str:
    """The problem's name for a reader, without what would end a text of Python or TOML."""
    return re.sub(r"[^\w .-]", "_", directory.resolve().name).replace("_", " ").strip()


def _identifier(name: str, place: int) -> str:
    found = re.sub(r"\W+", "_", name.strip(), flags=re.ASCII).strip("_").lower()
    if not found or found[0].isdigit():
        return f"column_{place + 1}"
    return f"{found}_" if keyword.iskeyword(found) or found in _FUNCTIONS else found


def _csv(rows: Iterable[Sequence[object]]) -> str:
    return csv_bytes(rows).decode()


def _write(directory: Path, files: Mapping[str, str]) -> list[Path]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{directory} cannot be written: {error.strerror}") from None
    return [directory / name for name in files]
