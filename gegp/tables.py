"""A table of text as aligned columns, Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LATEX = {
    "\\": r"\textbackslash{}",
    "±": r"$\pm$",
    "–": "--",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
} | {character: f"\\{character}" for character in "&%$#_{}"}


def figure(value: float) -> str:
    """A number for a table: four significant digits, six from 1,000 on."""
    return f"{value:.6g}" if abs(value) >= 1000 else f"{value:.4g}"


@dataclass(frozen=True)
class Table:
    """Headings and rows of equal length; ``texts`` columns hold text, the others numbers.

    ``notes`` are lines to stand below it.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1
    notes: Sequence[str] = ()

    def text(self) -> str:
        """Aligned columns."""
        lines = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = [
            "  ".join(
                cell.ljust(width) if i < self.texts else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        notes = ["", *self.notes] if self.notes else []
        return "\n".join([aligned[0], "-" * max(map(len, aligned)), *aligned[1:], *notes]) + "\n"

    def markdown(self) -> str:
        """A Markdown table; the notes are paragraphs."""
        marks = ["---" if i < self.texts else "---:" for i in range(len(self.headings))]
        lines = [self.headings, marks, *self.rows]
        table = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in x)} |" for x in lines]
        return "\n".join(table) + "\n" + "".join(f"\n{note}\n" for note in self.notes)

    def latex(self, *, booktabs: bool = False) -> str:
        """A ``tabular`` that needs no package, or ``booktabs``; the notes are comments."""
        rules = (r"\toprule", r"\midrule", r"\bottomrule") if booktabs else [r"\hline"] * 3
        top, middle, bottom = rules
        columns = "l" * self.texts + "r" * (len(self.headings) - self.texts)
        lines = [" & ".join(map(_escaped, line)) + r" \\" for line in (self.headings, *self.rows)]
        notes = [f"% {line}" for note in self.notes for line in note.split("\n")]
        return "\n".join(
            [
                rf"\begin{{tabular}}{{{columns}}}",
                top,
                lines[0],
                middle,
                *lines[1:],
                bottom,
                r"\end{tabular}",
                *notes,
                "",
            ]
        )


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
