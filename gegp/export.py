"""Exports: the best program of a run in a form that is of use elsewhere."""

from __future__ import annotations

import json

from gegp.errors import InputError, InvalidProgram
from gegp.problem import Problem


def formats(problem: Problem) -> tuple[str, ...]:
    """The formats in which a problem's programs can be exported; ``json`` always is one."""
    own = tuple(getattr(problem.entry, "formats", ())) if problem.hook("export") else ()
    return own if "json" in own else (*own, "json")


def export_program(problem: Problem, phenotype: str, format: str) -> str:
    """A program as text in a format.

    Raises InputError if the problem does not have the format, or cannot read the program.
    """
    known = formats(problem)
    if format not in known:
        raise InputError(
            f"problem {problem.name} has no format {format!r}; expected one of: {', '.join(known)}"
        )
    hook = problem.hook("export")
    if hook is None or format not in getattr(problem.entry, "formats", ()):
        return json.dumps({"problem": problem.name, "phenotype": phenotype}, indent=2) + "\n"
    try:
        text: str = hook(phenotype, format)
    except InvalidProgram as error:
        raise InputError(f"the program cannot be exported: {error}") from None
    return text
