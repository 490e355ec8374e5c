"""Reads grammar files: a :class:`Grammar`, or everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gegp.errors import GrammarError, SettingsError
from gegp.grammar.bindings import Bindings
from gegp.grammar.build import build_grammar
from gegp.grammar.detection import detect
from gegp.grammar.dialects.table import DIALECTS, dialects_of
from gegp.grammar.messages import Defect, format_defect, grammar_error, nearest
from gegp.grammar.model import Grammar


@dataclass(frozen=True)
class Reading:
    """A grammar with how it was read: in which dialect and why, and what is doubtful in it."""

    grammar: Grammar
    dialect: str
    reason: str
    warnings: tuple[Defect, ...]
    source: str
    lines: tuple[str, ...]

    def format_warnings(self) -> list[str]:
        """The warnings as they are shown."""
        return [format_defect(warning, self.source, self.lines) for warning in self.warnings]


def read_grammar(
    path: str | Path,
    *,
    dialect: str | None = None,
    bindings: Bindings | None = None,
) -> Grammar:
    """The grammar in a file (UTF-8).

    ``dialect`` is one of ``gegp``, ``ponyge``, ``sge``, ``grape``, ``alogos`` and ``ebnf``;
    without it the file shows it. ``bindings`` are the numbers behind the names of
    GE_RANGE, and tuples of texts for names without a rule. Raises GrammarError with file,
    line, column, caret and hint for every defect.
    """
    return read_file(path, dialect=dialect, bindings=bindings).grammar


def read_file(
    path: str | Path,
    *,
    dialect: str | None = None,
    bindings: Bindings | None = None,
) -> Reading:
    """The same as :func:`read_grammar`, with how it was read."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise GrammarError(f"{path}: there is no such grammar file") from None
    except (OSError, ValueError) as error:
        raise GrammarError(f"{path}: cannot be read: {error}") from None
    return read_bytes(data, str(path), dialect=dialect, bindings=bindings)


def read_bytes(
    data: bytes,
    source: str,
    *,
    dialect: str | None = None,
    bindings: Bindings | None = None,
) -> Reading:
    """The same for what a file holds; ``source`` is its name, in messages and for its ending."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error, source) from None
    return read_text(text, source, dialect=dialect, bindings=bindings)


def parse_grammar(text: str, source: str = "<grammar>", *, dialect: str | None = None) -> Grammar:
    """The grammar that a text describes; ``source`` names the text in messages."""
    return read_text(text, source, dialect=dialect).grammar


def read_text(
    text: str,
    source: str = "<grammar>",
    *,
    dialect: str | None = None,
    bindings: Bindings | None = None,
) -> Reading:
    """The same, with how it was read."""
    text = _with_line_ends(text)
    table = dialects_of(source)
    if dialect is not None and dialect not in table:
        raise _unknown(dialect)
    choice = detect(text, source) if dialect is None else None
    name = choice.dialect if choice else dialect or ""
    reason = choice.reason if choice else "as it was asked for"
    lines = tuple(text.split("\n"))
    built = build_grammar(table[name].read(text), table[name], bindings or {})
    if built.grammar is None:
        note = f"read in the {name} dialect: {reason}; --dialect chooses another"
        able = _without_defects(text, source, bindings or {}) if choice else []
        note += f"; without defects in: {', '.join(able)}" if able else ""
        raise grammar_error(built.defects, source, lines, note if choice else "")
    warnings = [*(choice.warnings if choice else ()), *built.warnings]
    return Reading(built.grammar, name, reason, tuple(warnings), source, lines)


_SHORT = 100_000


def _without_defects(text: str, source: str, bindings: Bindings) -> list[str]:
    """The dialects in which a text that is not too long is a grammar."""
    return [
        dialect.name
        for dialect in dialects_of(source).values()
        if len(text) < _SHORT and build_grammar(dialect.read(text), dialect, bindings).grammar
    ]


def _with_line_ends(text: str) -> str:
    """The text without a byte-order mark, every line end a line feed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unknown(dialect: str) -> SettingsError:
    near = nearest(dialect.lower(), DIALECTS)
    hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(DIALECTS)}"
    return SettingsError(f"there is no dialect {dialect!r}; {hint}")


def _not_utf8(data: bytes, error: UnicodeDecodeError, source: str) -> GrammarError:
    """What to do about bytes that are no UTF-8, and where the first of them stand."""
    before = _with_line_ends(data[: error.start].decode())
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    found = "UTF-16" if utf16 else f"the byte 0x{data[error.start]:02x}"
    return GrammarError(
        f"{source}:{line}:{column}: expected UTF-8 text, found {found}\n"
        f"    hint: save the file as UTF-8"
    )
