"""The dialects by name, and which one a file is written in."""

from __future__ import annotations

from gegp.grammar.dialects.alogos import ALOGOS
from gegp.grammar.dialects.base import Dialect
from gegp.grammar.dialects.ebnf import EBNF
from gegp.grammar.dialects.grape import GRAPE
from gegp.grammar.dialects.quoted import GEGP, PONYGE
from gegp.grammar.dialects.sge import PYTHON_SGE, SGE

DIALECTS = {one.name: one for one in (GEGP, PONYGE, SGE, GRAPE, ALOGOS, EBNF)}
"""Every dialect; sge stands for its files without Python blocks."""


def dialects_of(source: str) -> dict[str, Dialect]:
    """Every dialect as it is in a file of this name: in ``.pybnf`` files sge has Python blocks."""
    return {**DIALECTS, "sge": PYTHON_SGE} if source.endswith(".pybnf") else DIALECTS
