"""The ``[search]`` table: everything about a search that can be set, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from gegp.checking import unknown_key, value_message
from gegp.errors import SettingsError
from gegp.presets import preset_settings

Rate = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]
Positive = Annotated[float, msgspec.Meta(gt=0.0, le=1e9)]
Finite = Annotated[float, msgspec.Meta(ge=-1e300, le=1e300)]

EngineName = Literal["serial", "processes", "dask"]
Algorithm = Literal["evolution", "random_search", "hill_climbing"]
Replacement = Literal["generational", "steady_state", "plus", "comma", "nsga2", "nsga3"]
Initialisation = Literal["random", "grow", "full", "ramped", "pi_grow", "ptc2", "uniform"]

BY_CASE = ("lexicase", "epsilon_lexicase", "selLexicase", "selEpsilonLexicase")


class SearchSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The ``[search]`` table.

    Depths count non-terminals on the longest path, the start symbol included.
    ``generations`` counts evaluated populations, the first included. The budgets
    ``target``, ``max_seconds`` and ``max_evaluations`` are looked at after every
    generation. ``timeout`` is in seconds a candidate. ``seed_phenotypes`` are programs
    that the first generation begins with; None stands for the problem's own.

    A candidate is evaluated ``repeats`` times, with different seeds; its fitness is the
    mean of each objective, made worse by ``spread_penalty`` sample standard deviations.
    With ``race_cap`` the population races in each generation: those that may be the best,
    by tests at the significance ``race_level``, are evaluated up to so many times.

    Settings of a representation apply where that representation has them. None leaves a
    choice to the representation, or to the problem.
    """

    preset: str = ""
    representation: str = "dsge"
    algorithm: Algorithm = "evolution"
    population: Count = 100
    generations: Count = 50
    elitism: Natural | Share = 1
    distinct_elites: bool = False
    selection: str = "tournament"
    tournament_size: Count = 3
    selection_options: dict[str, Any] = {}
    replacement: Replacement = "generational"
    offspring: Count | None = None
    reference_divisions: Count = 12
    islands: Count = 1
    migration_interval: Count = 5
    migrants: Count = 1
    crossover: str | None = None
    crossover_rate: Rate = 0.9
    mutation: str | None = None
    mutation_rate: Rate | Literal["1/used"] | dict[str, Rate] = 0.05
    initialisation: Initialisation = "random"
    init_depth: Count = 6
    init_size: Count | None = None
    distinct_start: bool = False
    max_depth: Count = 17
    spare_codons: Natural = 10
    recursion_level: Natural = 3
    genome_length: Count | None = None
    wraps: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1
    codon_rule: Literal["modulo", "bucket"] = "modulo"
    invalid: Literal["complete", "worst"] = "complete"
    expressiveness_depth: Natural = 2
    learning_factor: Rate = 0.01
    codon_deviation: Positive = 0.5
    probability_mutation_rate: Rate = 0.05
    probability_deviation: Positive = 0.5
    adaptive_mutation: bool = False
    rate_mutation_rate: Rate = 0.3
    rate_deviation: Positive = 0.01
    compiled: bool | None = None
    engine: EngineName | None = None
    workers: Count | None = None
    scheduler: str | None = None
    timeout: Positive | None = None
    memory_limit: Count | None = None
    worker_tasks: Count | None = None
    target: Finite | None = None
    max_seconds: Positive | None = None
    max_evaluations: Count | None = None
    evaluation_seed: int | None = None
    repeats: Count = 1
    spread_penalty: Annotated[float, msgspec.Meta(ge=0.0, le=1e6)] = 0.0
    race_cap: Count | None = None
    race_level: Rate = 0.05
    seed_phenotypes: list[str] | None = None
    lineage: bool = False

    def __post_init__(self) -> None:
        _check_population(self)
        _check_repeats(self)

    def elites(self, size: int) -> int:
        """How many individuals of a population of this size are its elite."""
        return self.elitism if isinstance(self.elitism, int) else round(self.elitism * size)

    @property
    def by_case(self) -> bool:
        """Whether parents are selected by the errors of single cases."""
        return self.selection in BY_CASE or self.selection == "selAutomaticEpsilonLexicase"


OPEN = {field.name for field in msgspec.structs.fields(SearchSettings) if field.default is None}
"""Settings without a value of their own; ``"none"`` takes a value back, as TOML has no null."""


def convert_search(table: Mapping[str, Any]) -> SearchSettings:
    """The checked ``[search]`` table; SettingsError names key, expected type and value found."""
    values = {
        key: None if value == "none" and key in OPEN else value for key, value in table.items()
    }
    try:
        return msgspec.convert(values, SearchSettings)
    except msgspec.ValidationError as error:
        raise SettingsError(value_message("search", table, error)) from None


def change_search(settings: SearchSettings, changes: Mapping[str, Any]) -> SearchSettings:
    """Settings with some changed; a preset among the changes stands for those of the preset."""
    for key in changes:
        if key not in SearchSettings.__struct_fields__:
            raise unknown_key(key, SearchSettings.__struct_fields__, "setting", "search")
    return convert_search(msgspec.structs.asdict(settings) | with_preset(changes))


def with_preset(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings on top of those of the preset that it names, if it names one."""
    name = table.get("preset", "")
    # Whatever is no text is refused when the table is converted.
    return {**(preset_settings(name) if name and isinstance(name, str) else {}), **table}


def _check_population(settings: SearchSettings) -> None:
    smallest = settings.population // settings.islands
    of = "a population" if settings.islands == 1 else "an island"
    if smallest == 0:
        raise SettingsError(
            f"search.islands = {settings.islands} is more than search.population = "
            f"{settings.population}; every island needs an individual"
        )
    if settings.elites(smallest) >= smallest and _keeps_elites(settings):
        raise SettingsError(
            f"search.elitism = {settings.elitism} leaves nothing to vary in {of} of "
            f"{smallest}; make it smaller than search.population"
            f"{' / search.islands' * (settings.islands > 1)}, or a share such as 0.1"
        )
    if settings.islands > 1 and settings.migrants > smallest:
        raise SettingsError(
            f"search.migrants = {settings.migrants}: expected at most {smallest}, "
            "the individuals of an island"
        )
    if settings.replacement == "comma" and (settings.offspring or settings.population) < (
        settings.population
    ):
        raise SettingsError(
            f"search.offspring = {settings.offspring}: with search.replacement = 'comma' the next "
            f"population comes from the offspring alone; expected at least {settings.population}"
        )


def _keeps_elites(settings: SearchSettings) -> bool:
    return settings.algorithm == "evolution" and settings.replacement == "generational"


def _check_repeats(settings: SearchSettings) -> None:
    if settings.spread_penalty and settings.repeats < 2:
        raise SettingsError(
            f"search.spread_penalty = {settings.spread_penalty:g} needs search.repeats of 2 or "
            "more: one evaluation has no spread"
        )
    if settings.race_cap is None:
        return
    least = max(2, settings.repeats)
    if settings.race_cap < least:
        raise SettingsError(
            f"search.race_cap = {settings.race_cap}: expected at least {least}, so that there is "
            f"something to race for with search.repeats = {settings.repeats}"
        )
    if not _keeps_elites(settings):
        raise SettingsError(
            f"search.race_cap = {settings.race_cap}: a race needs search.algorithm = 'evolution' "
            "and search.replacement = 'generational'"
        )
