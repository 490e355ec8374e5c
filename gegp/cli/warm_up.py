"""``gegp warm-up``."""

from __future__ import annotations

import json
import time

import click

from gegp.cli.options import json_option


@click.command("warm-up")
@json_option
def warm_up(as_json: bool) -> None:
    """Compile what fast runs need, once and for all; it takes some seconds, and needs numba.

    From then on every run that can be is made by compiled code. The result is the same.

    \b
    Example: gegp warm-up
    """
    from gegp.batch.choice import require_numba

    require_numba()
    from gegp.batch.warming import warm_up as compile_all

    begun = time.perf_counter()
    place = compile_all()
    seconds = time.perf_counter() - begun
    if as_json:
        click.echo(json.dumps({"cache": str(place), "seconds": round(seconds, 3)}))
    else:
        click.echo(f"compiled in {seconds:.1f} s; it lies in {place}")
