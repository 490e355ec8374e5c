"""Values of a run as texts for a reader."""

from __future__ import annotations

from collections.abc import Iterable

from gegp.runs import Run


def objectives_text(run: Run, values: Iterable[float]) -> str:
    """The objectives with their names."""
    names = run.problem.objective_names
    return ", ".join(f"{name} {value:.6g}" for name, value in zip(names, values, strict=True))


def duration(seconds: float) -> str:
    """Seconds for a person: ``8.5 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
