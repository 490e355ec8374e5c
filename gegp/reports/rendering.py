"""Templates into HTML; whatever is put in is escaped."""

from __future__ import annotations

import math
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gegp.reports.plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH


def render(name: str, **values: Any) -> str:
    """The template of that name with its values; ``frame`` are the measures of a chart."""
    environment = Environment(
        loader=PackageLoader("gegp.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    sides = {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
    frame = {"width": WIDTH, "height": HEIGHT, **sides}
    return environment.get_template(name).render(frame=frame, **values)


def cell(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.5g}" if math.isfinite(value) else "–"
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)
