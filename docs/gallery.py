"""Writes docs/gallery.md from real runs: ``python docs/gallery.py``. It takes some minutes."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent

HEAD = """# Gallery

What real runs found, each with the command that finds it again. Times are of two cores; the page is
made by `python docs/gallery.py`. What else each problem can do is told on its own page.
"""


@dataclass(frozen=True)
class Piece:
    """A run, what it is about, and the name of its picture, if its problem draws one."""

    title: str
    text: str
    command: str
    picture: str = ""


PIECES = (
    Piece(
        "A learning-rate schedule",
        "A policy for a small network on handwritten digits: how fast it should learn in which "
        "epoch. The fitness is the accuracy that it reaches, here in at most 20 epochs.",
        "gegp run autolr --seed 1",
        "schedule.png",
    ),
    Piece(
        "A polynomial, exactly",
        "Koza's sextic, x⁶ - 2x⁴ + x², from nothing but `x`, 1 and arithmetic.",
        "gegp run symbolic_regression --profile polynomials --set options.target=sextic --seed 1",
    ),
    Piece(
        "Pagie's function",
        "Two variables and a steep valley: a hard one. 1 is the error of the mean.",
        "gegp run symbolic_regression --set search.representation=cfggp --seed 2",
    ),
    Piece(
        "A multiplexer",
        "Two address bits choose one of four data bits; 64 rows of a truth table.",
        "gegp run boolean --seed 1",
    ),
    Piece(
        "Rules for irises",
        "Three kinds of flowers told apart by four lengths, from 0 to 1; the share of errors among "
        "105 flowers. A small depth keeps the rule readable.",
        "gegp run classification --seed 1 --set search.max_depth=5 --set search.init_depth=4",
    ),
    Piece(
        "An ant on its trail",
        "89 pieces of food with gaps between them; the fewer are left after 600 steps, the better.",
        "gegp run ant --seed 3",
    ),
    Piece(
        "The median, from examples",
        "A program that is right on 100 cases of three numbers.",
        "gegp run program_synthesis --seed 2",
    ),
    Piece(
        "Few gates too",
        "Wrong rows and gates of a multiplexer as two objectives: a front, not one program.",
        "gegp run boolean --profile gates --seed 1",
    ),
)


def main() -> None:
    """Make all pieces."""
    with tempfile.TemporaryDirectory() as place:
        parts = [show(piece, Path(place) / str(i)) for i, piece in enumerate(PIECES)]
    (DOCS / "gallery.md").write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def show(piece: Piece, directory: Path) -> str:
    """A piece of the page, from a run of its command."""
    gegp(*shlex.split(piece.command)[1:], "-q", "--out", str(directory))
    summary = json.loads(gegp("show", str(directory), "--json"))
    shown = gegp("show", str(directory))
    best = shown.partition("found in generation")[2].partition("\n\n")[2]
    best = re.split(r"\n\d+ candidates failed:|\n  gegp show ", best)[0].strip()
    values = re.findall(r"^best: (.*), found in generation", shown, re.MULTILINE)[0]
    counts = summary["evaluations"]
    lines = [
        f"## {piece.title}\n",
        f"{piece.text}\n",
        f"```text\n{piece.command}\n```\n",
        f"{values[0].upper()}{values[1:]} after {summary['generations']} generations, "
        f"{counts['evaluated']:,} evaluations and {summary['seconds']:.0f} s:\n",
        f"```text\n{folded(best)}\n```\n",
    ]
    if piece.picture:
        (DOCS / "pictures" / piece.picture).write_bytes((directory / "best.png").read_bytes())
        lines.append(f"![{piece.title}](pictures/{piece.picture})\n")
    return "\n".join(lines)


def folded(text: str) -> str:
    """Text whose long lines go on in the next ones."""
    return "\n".join(
        line if len(line) <= 92 else textwrap.fill(line, 92, subsequent_indent="    ")
        for line in text.split("\n")
    )


def gegp(*arguments: str) -> str:
    """What a command of gegp prints."""
    command = [sys.executable, "-m", "gegp", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
