"""Programs of a grammar at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gegp.errors import InputError
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.model import Grammar
from gegp.representations.base import Genotype
from gegp.rng import stream
from gegp.search_settings import convert_search
from gegp.toolbox import build_representation

DEFAULT_DEPTH = 6


class Sample(NamedTuple):
    """A program, its depth and its genotype."""

    phenotype: str
    depth: int
    genotype: Genotype


def sample_programs(
    grammar: Grammar,
    count: int,
    *,
    seed: int,
    representation: str = "dsge",
    max_depth: int | None = None,
    uniform: bool = False,
) -> Iterator[Sample]:
    """So many programs as a representation creates them: those of a run's first generation.

    With ``uniform`` every derivation up to the depth has the same probability. The depth
    is 6 unless given, or the least depth where that is greater. Raises InputError if no
    program is that shallow, SettingsError if there is no such representation.
    """
    least = least_depth(grammar)
    depth = max_depth or max(DEFAULT_DEPTH, least)
    if depth < least:
        raise InputError(f"no program has depth {depth} or less; the shallowest has depth {least}")
    settings = convert_search(
        {"representation": representation, "init_depth": depth, "max_depth": depth}
    )
    chosen = build_representation(grammar, settings)
    counts = DerivationCounts(chosen.grammar, depth) if uniform else None
    for slot in range(count):
        rng = stream(seed, 0, slot)
        genotype = chosen.encode(counts.draw(rng)) if counts else chosen.create(rng)
        derivation = chosen.derive(genotype)
        yield Sample(derivation.phenotype, derivation.depth, genotype)
