"""Feeds any bytes to the readers of grammars, guided by what they reach in the code.

    pip install atheris
    python tests/fuzz/fuzz_grammar.py -max_total_time=600 -max_len=400 -timeout=20

What is read must be a grammar that prints and reads as itself, or a GrammarError with
a place. The first input that breaks this is written to a file ``crash-…`` in the working
directory and replayed by giving its name as the argument. The seeds are grammars and
the examples of every message.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gegp"]):
    from gegp import GrammarError
    from gegp.grammar.catalogue import DEFECTS, WARNINGS
    from gegp.grammar.dialects.table import DIALECTS
    from gegp.grammar.reader import read_bytes

ROOT = Path(__file__).parents[2]
FILES = ("x.bnf", "x.pybnf", "x.ebnf")
WAYS = [(None, file) for file in FILES] + [(name, "x.bnf") for name in DIALECTS]
WAYS.append(("sge", "x.pybnf"))

WORDS = (
    "<a> ::= ",
    "\na ::= ",
    "<int 1..3>",
    "<float 0.1..1 steps 3 log>",
    "GE_RANGE:3",
    " %2",
    "{:",
    ":}",
    '""',
    "None",
    "\\le",
    "\\x41",
    "[a-z]",
    "{2,5}",
    "/*",
    "*/",
    "#x41",
    "\u2028",
    "\ufeff",
)
"""What mutations put in; see libFuzzer's dictionaries."""


GRAMMARS = (
    "<a> ::= (<a> + <b>) %2 | <b>\n<b> ::= <int 1..3> | x<float 0..1 steps 2> # c\n",
    "<a> ::= <b>\n  | '<' <b> \"|\" \\t\n<b> ::= GE_RANGE:2 | {:x:}\n",
    "# c\n<a> ::= 'x' <b> | None\n<b> ::= p \\le q \\eb | \n",
    "a ::= ('x' | b)* [a-c0] #x41? /* c */\nb ::= 'y'{2,3} (b 'z')? \"w\"+\n",
    "a ::= (b | [x-z]){0,2}\nb ::= | ('x'{2,} b)? | (([#x41-#x43]))+\n",
)


def check(data: bytes) -> None:
    """Reads the bytes in every way."""
    for dialect, source in WAYS:
        try:
            reading = read_bytes(data, source, dialect=dialect)
        except GrammarError as error:
            if not re.match(rf"{re.escape(source)}:[1-9]\d*:[1-9]\d*: ", str(error)):
                raise AssertionError(f"no place in the message, {dialect}: {error}") from error
        else:
            reading.format_warnings()
            printed = str(reading.grammar).encode()
            assert read_bytes(printed, "x.bnf", dialect="gegp").grammar == reading.grammar, dialect


def write_seeds(directory: Path) -> None:
    """One file a seed."""
    messages = [*DEFECTS.values(), *WARNINGS.values()]
    texts = [text for message in messages for _, text, _ in message.examples]
    texts += GRAMMARS
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "grammars").glob("*.*bnf")]
    for number, text in enumerate(texts):
        (directory / str(number)).write_bytes(text.encode())


def quoted(word: str) -> str:
    """A line of a dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


def main() -> None:
    """Fuzzes, or replays the files that are given."""
    arguments = list(sys.argv)
    if all(argument.startswith("-") for argument in arguments[1:]):
        directory = Path(tempfile.mkdtemp())
        (directory / "seeds").mkdir()
        write_seeds(directory / "seeds")
        (directory / "words").write_text("".join(map(quoted, WORDS)), encoding="ascii")
        arguments += [f"-dict={directory / 'words'}", str(directory / "seeds")]
    atheris.Setup(arguments, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
