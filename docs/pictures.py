"""Makes the pictures of the documentation from real runs: ``python docs/pictures.py``.

It needs the packages pyte and playwright, and a Chromium.
"""

from __future__ import annotations

import io
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyte
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
COLUMNS, LINES = 96, 24


def main() -> None:
    """All pictures, into docs/pictures."""
    PICTURES.mkdir(exist_ok=True)
    tree()
    large = ("--set", "search.population=4000")  # so that the run has not ended by then
    terminal(("run", "symbolic_regression", "--seed", "1", *large), seconds=3.0)
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "report.html"
        assessment = DOCS / "autolr/assessment.json"
        gegp("report", DOCS / "autolr/runs/20-epochs", "--assessment", assessment, "-o", page)
        photograph(page)


def tree() -> None:
    """The derivation tree of the page on SGE."""
    text = (DOCS / "sge.md").read_text(encoding="utf-8")
    grammar = text.partition('```bnf title="policy.bnf"\n')[2].partition("```")[0]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "policy.bnf"
        file.write_text(grammar, encoding="utf-8")
        program = "if_func(epoch < 10, 0.1, 0.01)"
        gegp("grammar", "tree", file, "--phenotype", program, "-o", PICTURES / "tree.svg")


def terminal(arguments: tuple[str, ...], *, seconds: float) -> None:
    """What a terminal shows so long after a command was started in it."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    place = tempfile.mkdtemp()
    child, master = pty.fork()
    if child == 0:
        os.chdir(place)
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
        os.execv(sys.executable, [sys.executable, "-m", "gegp", *arguments])
    end = None
    while end is None or time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            stream.feed(os.read(master, 65536))
            # The clock starts when there is something to see.
            end = end or time.monotonic() + seconds
    os.kill(child, 15)
    os.waitpid(child, 0)
    shutil.rmtree(place)
    shown = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    shown.print(Text(f"$ gegp {' '.join(arguments)}", style="bold"))
    lines = [line.rstrip() for line in screen.display]
    shown.print(Text("\n".join(lines).strip("\n")))
    shown.save_svg(str(PICTURES / "terminal.svg"), title="gegp")


def photograph(page: Path) -> None:
    """The report in a browser, by day and by night."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme, name in (("light", "report.png"), ("dark", "report-dark.png")):
            tab = browser.new_page(viewport={"width": 1120, "height": 820}, color_scheme=scheme)
            tab.goto(page.as_uri())
            tab.screenshot(path=PICTURES / name)
        browser.close()


def gegp(*arguments: object) -> None:
    """Run a command of gegp."""
    subprocess.run([sys.executable, "-m", "gegp", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
