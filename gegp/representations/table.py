"""The representations by name: those of gegp, and those of other packages."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from gegp.errors import SettingsError
from gegp.grammar.messages import nearest
from gegp.grammar.model import Grammar
from gegp.representations.base import Representation

OWN = {
    "dsge": "gegp.representations.dsge:DSGE",
    "sge": "gegp.representations.sge:SGE",
    "cfggp": "gegp.representations.cfggp:CFGGP",
    "whge": "gegp.representations.whge:WHGE",
    "ge": "gegp.representations.ge:GE",
    "pige": "gegp.representations.pige:PiGE",
    "psge": "gegp.representations.psge:PSGE",
    "copsge": "gegp.representations.copsge:CoPSGE",
}
"""Where the class of each representation stands."""

GROUP = "gegp.representations"
"""The group of entry points under which other packages publish representations."""


def representation_names() -> list[str]:
    """The names of all representations, gegp's own first."""
    return [*OWN, *(point.name for point in entry_points(group=GROUP) if point.name not in OWN)]


def find_representation(name: str) -> type[Representation]:
    """The class of a representation. Raises SettingsError if there is none of that name."""
    if name in OWN:
        module, _, class_name = OWN[name].partition(":")
        found: type[Representation] = getattr(importlib.import_module(module), class_name)
        return found
    for point in entry_points(group=GROUP):
        if point.name == name:
            published: type[Representation] = point.load()
            return published
    names = representation_names()
    near = nearest(name, names)
    hint = f"did you mean {near!r}?" if near else f"expected one of: {', '.join(names)}"
    raise SettingsError(f"there is no representation {name!r}; {hint}")


def make_representation(name: str, grammar: Grammar, settings: Mapping[str, Any]) -> Representation:
    """A representation over a grammar, made with the settings that it has parameters for."""
    found = find_representation(name)
    parameters = inspect.signature(found).parameters
    chosen = {key: value for key, value in settings.items() if key in parameters}
    make: Any = found
    representation: Representation = make(grammar, **chosen)
    return representation
