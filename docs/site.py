"""What the documentation is made of beside the pages of this directory (a hook of mkdocs).

The command line's reference is made from the commands, Python's from what ``gegp`` offers.
READMEs that stand elsewhere in the repository become pages.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]

ELSEWHERE = {
    **{f"problems/{path.parent.name}.md": path for path in ROOT.glob("problems/*/README.md")},
    "benchmarks.md": ROOT / "benchmarks/README.md",
    "contributing.md": ROOT / "CONTRIBUTING.md",
    "changelog.md": ROOT / "CHANGELOG.md",
}
"""Pages and the files of the repository that they are."""

SHOWN = (".md", ".csv", ".png", ".svg")
"""What of this directory is on the site."""

LINK = re.compile(r"\[([^\]]*)\]\(([^)#:\s]+)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    for name, path in ELSEWHERE.items():
        text = with_links(path.read_text(encoding="utf-8"), path.parent, name)
        files.append(File.generated(config, name, content=text))
    files.append(File.generated(config, "reference/command-line.md", content=command_line()))
    files.append(File.generated(config, "reference/python.md", content=python()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links to files of the repository lead to their pages, if they have one."""
    if page.file.generated_by:
        return markdown
    name = page.file.src_uri
    return with_links(markdown, (ROOT / "docs" / name).parent, name)


def with_links(text: str, place: Path, name: str) -> str:
    """A text whose links were written for a directory, with links for the page of that name."""
    pages = {path.resolve(): page for page, path in ELSEWHERE.items()}
    pages[ROOT / "README.md"] = "index.md"
    up = "../" * name.count("/")

    def changed(match: re.Match[str]) -> str:
        shown, anchor = match[1], match[3] or ""
        target = (place / match[2]).resolve()
        if target in pages:
            return f"[{shown}]({up}{pages[target]}{anchor})"
        if target.is_relative_to(ROOT / "docs") and target.suffix in SHOWN:
            return f"[{shown}]({up}{target.relative_to(ROOT / 'docs').as_posix()}{anchor})"
        return shown  # it is in the repository only

    return LINK.sub(changed, text)


def command_line() -> str:
    """The help of every command."""
    from gegp.cli import main

    return "\n".join(["# Command line\n", *sections(main, "gegp")])


def sections(command: click.Command, name: str) -> Iterator[str]:
    """The help of a command and of those below it."""
    if name != "gegp":
        yield f"## {name}\n"
    context = click.Context(command, info_name=name, terminal_width=96, max_content_width=96)
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from sections(found, f"{name} {inner}")


def python() -> str:
    """All that ``import gegp`` offers, and the contracts to inherit."""
    import gegp

    offered = sorted(gegp.__all__, key=lambda name: (name[0].isupper(), name.lower()))
    lines = [
        "# Python\n",
        "What `import gegp` offers. Nothing heavy is imported before it is used.\n",
    ]
    lines += [
        f"::: {importlib.import_module(gegp._HOMES[name]).__name__}.{name}\n" for name in offered
    ]
    lines += ["## Estimators for scikit-learn\n", "::: gegp.sklearn\n"]
    lines += ["## Contracts to inherit in your tests\n", "::: gegp.testing\n"]
    return "\n".join(lines)
