"""Where genotypes change: the sites of a mutation, and what a crossover exchanges.

A genotype is seen as lists of codons: one a rule in Structured Grammatical Evolution,
a single one in linear representations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gegp.rng import Stream

Rates = Sequence[float | None]
"""The mutation rate of each list; None is one over the number of its codons that are used."""

MUTATIONS = ("per_codon", "per_gene", "one", "any")
"""The kinds of mutation that :func:`mutation_sites` has."""

CROSSOVERS = ("mask", "one_point", "two_point")
"""The kinds of crossover that :func:`crossover_mask` has."""


def mutation_sites(
    rng: Stream, kind: str, rates: Rates, used: Sequence[int], lengths: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The codons that a mutation changes, as lists and positions.

    ``per_codon``: every used codon with the rate of its list. ``per_gene``: of every list,
    with its rate, one of the used codons. ``one``: one of the used codons of one list. ``any``:
    one of all codons, used or not. Lists whose rate is 0 are left alone.

    What is yielded depends on draws that are made then: the caller may draw in between.
    """
    open_lists = [i for i, rate in enumerate(rates) if rate is None or rate > 0.0]
    if kind == "per_codon":
        for i in open_lists:
            rate = _number(rates[i], used[i])
            position = rng.misses(rate, used[i])
            while position < used[i]:
                yield i, position
                position += 1
                position += rng.misses(rate, used[i] - position)
    elif kind == "per_gene":
        for i in open_lists:
            if used[i] and rng.random() < _number(rates[i], used[i]):
                yield i, rng.below(used[i])
    elif kind == "one":
        if candidates := [i for i in open_lists if used[i]]:
            i = rng.choice(candidates)
            yield i, rng.below(used[i])
    elif total := sum(lengths[i] for i in open_lists):
        position = rng.below(total)
        for i in open_lists:
            if position < lengths[i]:
                yield i, position
                break
            position -= lengths[i]


def another(rng: Stream, value: int, count: int) -> int:
    """A number below ``count`` that is not the present value."""
    drawn = rng.below(count - 1)
    return drawn + (drawn >= value)


def crossover_mask(rng: Stream, kind: str, count: int) -> list[int]:
    """1 where two parents exchange what they have, 0 where not.

    ``mask``: each place with probability one half. ``one_point``: the places from a cut on.
    ``two_point``: those between two cuts. The cuts of the latter lie inside, so that
    something is exchanged and something is kept if there are two places or more.
    """
    if kind == "mask":
        return [rng.below(2) for _ in range(count)]
    if count < 2:
        return [0] * count
    first = 1 + rng.below(count - 1)
    if kind == "one_point":
        return [0] * first + [1] * (count - first)
    last = first + 1 + rng.below(count - first)
    return [0] * first + [1] * (last - first) + [0] * (count - last)


def _number(rate: float | None, used: int) -> float:
    return (1.0 / used if used else 0.0) if rate is None else rate
