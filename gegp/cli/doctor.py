"""``gegp doctor``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gegp.cli.options import json_option
from gegp.commands import command_line

if TYPE_CHECKING:
    from gegp.doctor import Report
    from gegp.examination import Finding


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--repair", is_flag=True, help="Do what is safe; nothing of use is deleted.")
@json_option
def doctor(directory: Path, repair: bool, as_json: bool) -> None:
    """Look at everything in a run directory, and say what is damaged and what can be done.

    \b
    Example: gegp doctor runs/autolr/2026-11-24T10-00-00-seed1 --repair

    Exit status: 0 sound or repaired, 1 findings remain, 2 no run there, 3 in use.
    """
    from gegp.doctor import examine

    report = examine(directory, repair=repair)
    if as_json:
        click.echo(json.dumps(_table(report)))
    else:
        for finding in report.findings:
            click.echo(_line(report, finding))
        click.echo(_conclusion(report))
    if not report.sound:
        raise SystemExit(1)


def _table(report: Report) -> dict[str, Any]:
    return {
        "run_dir": str(report.directory),
        "sound": report.sound,
        "findings": [
            {
                "file": finding.file,
                "text": finding.text,
                "remedy": finding.remedy,
                "damage": finding.open,
                "repairable": finding.repair is not None,
                "repaired": report.was_repaired(finding),
            }
            for finding in report.findings
        ],
    }


def _line(report: Report, finding: Finding) -> str:
    if not finding.open:
        mark = "note"
    elif report.was_repaired(finding):
        mark = "repaired"
    else:
        mark = "to repair" if finding.repair else "remains"
    return f"{mark}: {finding.file}: {finding.text} ({finding.remedy})"


def _conclusion(report: Report) -> str:
    if report.sound:
        return f"{report.directory} is sound"
    if any(finding.repair for finding in report.remaining):
        command = command_line("doctor", report.directory, "--repair")
        return f"what can be repaired is, by: {command}"
    return f"{report.directory}: what remains needs a person"
