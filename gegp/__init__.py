"""gegp: grammar-based genetic programming.

A problem, a grammar that says which programs are allowed, and a way to score a
program go in; the best program comes out. Names are imported when they are used,
so that ``import gegp`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gegp.ask_tell import Search as Search
    from gegp.errors import GegpError as GegpError
    from gegp.errors import GrammarError as GrammarError
    from gegp.errors import InvalidProgram as InvalidProgram
    from gegp.grammar.model import Grammar as Grammar
    from gegp.grammar.reader import read_grammar as read_grammar
    from gegp.group_comparison import compare as compare
    from gegp.individual import Individual as Individual
    from gegp.problem import load_problem as load_problem
    from gegp.representations.cfggp import CFGGP as CFGGP
    from gegp.representations.copsge import CoPSGE as CoPSGE
    from gegp.representations.dsge import DSGE as DSGE
    from gegp.representations.ge import GE as GE
    from gegp.representations.pige import PiGE as PiGE
    from gegp.representations.psge import PSGE as PSGE
    from gegp.representations.sge import SGE as SGE
    from gegp.representations.whge import WHGE as WHGE
    from gegp.runner import Observer as Observer
    from gegp.runner import resume as resume
    from gegp.runner import run as run
    from gegp.runs import Run as Run
    from gegp.search_states import states as states
    from gegp.toolbox import build_toolbox as build_toolbox

_HOMES = {
    "CFGGP": "gegp.representations.cfggp",
    "CoPSGE": "gegp.representations.copsge",
    "DSGE": "gegp.representations.dsge",
    "GE": "gegp.representations.ge",
    "GegpError": "gegp.errors",
    "Grammar": "gegp.grammar.model",
    "GrammarError": "gegp.errors",
    "Individual": "gegp.individual",
    "InvalidProgram": "gegp.errors",
    "Observer": "gegp.runner",
    "PSGE": "gegp.representations.psge",
    "PiGE": "gegp.representations.pige",
    "Run": "gegp.runs",
    "Search": "gegp.ask_tell",
    "SGE": "gegp.representations.sge",
    "WHGE": "gegp.representations.whge",
    "build_toolbox": "gegp.toolbox",
    "compare": "gegp.group_comparison",
    "load_problem": "gegp.problem",
    "read_grammar": "gegp.grammar.reader",
    "resume": "gegp.runner",
    "run": "gegp.runner",
    "states": "gegp.search_states",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'gegp' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
