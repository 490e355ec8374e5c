"""The settings of papers, by name: what ``search.preset`` stands for.

A preset fills in what is not set in the same place: ``--set search.preset=sge-2016 --set
search.population=100`` is the paper's search with a smaller population.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gegp.checking import unknown_key


class Preset(NamedTuple):
    """Settings of the ``[search]`` table and where they are from."""

    source: str
    settings: Mapping[str, Any]


_STRUCTURED: dict[str, Any] = {
    "population": 1000,
    "generations": 50,
    "elitism": 0.1,
    "tournament_size": 3,
    "crossover": "mask",
    "crossover_rate": 0.9,
    "initialisation": "random",
    "max_depth": 17,
}

PRESETS: Mapping[str, Preset] = {
    "sge-2016": Preset(
        "Lourenço, Pereira, Costa: Unveiling the properties of structured grammatical "
        "evolution, GPEM 17(3), 2016",
        _STRUCTURED
        | {
            "representation": "sge",
            "recursion_level": 5,
            "mutation": "per_gene",
            "mutation_rate": 0.05,
        },
    ),
    "dsge-2018": Preset(
        "Lourenço, Assunção, Pereira, Costa, Machado: Structured grammatical evolution: a "
        "dynamic approach, Handbook of GE, 2018, with the mutation of its authors' code",
        _STRUCTURED
        | {
            "representation": "dsge",
            "mutation": "per_codon",
            "mutation_rate": "1/used",
            "init_depth": 6,
        },
    ),
    "psge-2022": Preset(
        "Mégane, Lourenço, Machado: Probabilistic structured grammatical evolution, CEC 2022",
        _STRUCTURED
        | {
            "representation": "psge",
            "mutation": "per_codon",
            "mutation_rate": 0.05,
            "init_depth": 6,
            "learning_factor": 0.01,
            "codon_deviation": 0.5,
        },
    ),
    "copsge-2022": Preset(
        "Mégane, Lourenço, Machado: Co-evolutionary probabilistic structured grammatical "
        "evolution, GECCO 2022",
        _STRUCTURED
        | {
            "representation": "copsge",
            "mutation": "per_codon",
            "mutation_rate": 0.05,
            "init_depth": 6,
            "codon_deviation": 0.5,
            "probability_mutation_rate": 0.05,
            "probability_deviation": 0.5,
        },
    ),
    "adaptive-2023": Preset(
        "Carvalho, Mégane, Lourenço, Machado: Context matters: adaptive mutation for "
        "grammars, EuroGP 2023",
        _STRUCTURED
        | {
            "representation": "dsge",
            "mutation": "per_codon",
            "mutation_rate": 0.1,
            "adaptive_mutation": True,
            "init_depth": 6,
        },
    ),
    "ge-2001": Preset(
        "O'Neill, Ryan: Grammatical evolution, IEEE Transactions on Evolutionary "
        "Computation 5(4), 2001, with generational replacement",
        {
            "representation": "ge",
            "population": 500,
            "generations": 50,
            "elitism": 1,
            "crossover": "one_point",
            "crossover_rate": 0.9,
            "mutation": "per_codon",
            "mutation_rate": 0.01,
            "codon_rule": "modulo",
            "wraps": 10,
            "invalid": "worst",
        },
    ),
    "pige-2004": Preset(
        "O'Neill, Brabazon, Nicolau, Mc Garraghy, Keenan: πGrammatical evolution, GECCO 2004",
        {
            "representation": "pige",
            "population": 500,
            "generations": 50,
            "crossover": "one_point",
            "crossover_rate": 0.9,
            "mutation": "per_codon",
            "mutation_rate": 0.01,
        },
    ),
    "cfggp-1995": Preset(
        "Whigham: Grammatically-based genetic programming, 1995",
        {
            "representation": "cfggp",
            "population": 500,
            "generations": 50,
            "initialisation": "grow",
            "crossover": "subtree",
            "crossover_rate": 0.9,
            "mutation": "subtree",
            "mutation_rate": 0.1,
        },
    ),
    "whge-2020": Preset(
        "Bartoli, Castelli, Medvet: Weighted hierarchical grammatical evolution, IEEE "
        "Transactions on Cybernetics 50(2), 2020",
        {
            "representation": "whge",
            "population": 500,
            "generations": 50,
            "crossover": "two_point",
            "crossover_rate": 0.8,
            "mutation": "per_codon",
            "mutation_rate": 0.01,
            "replacement": "plus",
            "genome_length": 1024,
        },
    ),
    "nsga-ii": Preset(
        "Deb, Pratap, Agarwal, Meyarivan: A fast and elitist multiobjective genetic "
        "algorithm: NSGA-II, IEEE Transactions on Evolutionary Computation 6(2), 2002",
        {"selection": "selTournamentDCD", "replacement": "nsga2", "crossover_rate": 0.9},
    ),
    "nsga-iii": Preset(
        "Deb, Jain: An evolutionary many-objective optimization algorithm using "
        "reference-point-based nondominated sorting approach, part I, IEEE Transactions on "
        "Evolutionary Computation 18(4), 2014",
        {"selection": "selRandom", "replacement": "nsga3", "crossover_rate": 1.0},
    ),
}
"""Every preset by its name."""


def preset_settings(name: str) -> dict[str, Any]:
    """The settings of a preset. Raises SettingsError if there is none of that name."""
    if name not in PRESETS:
        raise unknown_key(name, PRESETS, "preset", "search.preset")
    return dict(PRESETS[name].settings)
