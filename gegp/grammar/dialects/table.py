"""The dialects by name, and which one a file is written in."""

from __future__ import annotations

from gegp.grammar.dialects.alogos import ALOGOS
from gegp.grammar.dialects.ebnf import EBNF
from gegp.grammar.dialects.grape import GRAPE
from gegp.grammar.dialects.quoted import GEGP, PONYGE
from gegp.grammar.dialects.sge import PYTHON_SGE, SGE

DIALECTS = {one.name: one for one in (GEGP, PONYGE, SGE, GRAPE, ALOGOS, EBNF)}
"""Every dialect; sge stands for its files without Python blocks."""

PYTHON_DIALECTS = {**DIALECTS, "sge": PYTHON_SGE}
"""The same for files that end in ``.pybnf``."""
