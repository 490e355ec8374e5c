"""Selection, replacement, islands and baselines, each in a whole search."""

import math

import pytest

from gegp import Run, load_problem, resume, run
from gegp.errors import GegpError, SettingsError
from gegp.islands import split
from gegp.rng import stream
from gegp.selection import find_selection
from gegp.variation import elites

BITS = "<s> ::= <b><b><b><b><b><b><b><b><b><b>\n<b> ::= 0 | 1\n"
ONES = """
def evaluate(phenotype, *, cases=False):
    ones = phenotype.count("1")
    wrong = [float(bit == "0") for bit in phenotype]
    return {"ones": ones, "cases": wrong} if cases else ones
"""
TWO = """
def evaluate(phenotype):
    return {"ones": phenotype.count("1"), "head": int(phenotype[:5], 2)}
"""


@pytest.fixture
def ones(make_problem):
    """Maximise the ones of ten bits; returns how to load it with settings."""
    directory = make_problem(
        ONES,
        grammar=BITS,
        toml='objectives = ["max ones"]\n[search]\npopulation = 12\ngenerations = 30\n'
        "init_depth = 2\nmax_depth = 2\nmutation_rate = 0.1\n",
    )

    def load(*assignments):
        return load_problem(directory, assignments=[f"search.{text}" for text in assignments])

    return load


def best_values(finished):
    return [row["best"] for row in finished.history]


EVERY = [
    "algorithm=random_search",
    "algorithm=hill_climbing",
    "replacement=generational",
    "replacement=steady_state",
    "replacement=plus",
    "replacement=comma",
    "replacement=nsga2",
    "islands=3",
    "selection=lexicase",
    "selection=epsilon_lexicase",
    "selection=selDoubleTournament",
    "selection=selTournamentDCD",
    "selection=selRandom",
    "selection=selBest",
    "selection=selSPEA2",
]
OPTIONS = {
    "selection=selDoubleTournament": [
        "selection_options={fitness_size=3, parsimony_size=1.2, fitness_first=true}"
    ],
}


@pytest.mark.parametrize("setting", EVERY)
def test_every_way_improves_and_repeats_and_resumes(ones, setting, tmp_path):
    settings = [setting, *OPTIONS.get(setting, [])]
    whole = run(ones(*settings), seed=3, out="whole")
    assert len(whole.state.population) == 12
    assert best_values(whole)[-1] > whole.history[0]["median"]
    run(ones(*settings, "generations=9"), seed=3, out="cut")
    manifest = tmp_path / "cut/settings.toml"
    manifest.write_text(manifest.read_text().replace("generations = 9", "generations = 30"))
    resume("cut")
    last = "snapshots/gen000029.json"
    assert (tmp_path / "cut" / last).read_bytes() == (tmp_path / "whole" / last).read_bytes()


@pytest.mark.parametrize(
    "setting", ["replacement=plus", "replacement=steady_state", "replacement=nsga2",
                "algorithm=hill_climbing"],
)  # fmt: skip
def test_survival_of_the_best_never_loses_it(ones, setting):
    values = best_values(run(ones(setting, "elitism=0"), seed=1, out="out"))
    assert values == sorted(values)


def test_comma_forgets_its_parents(ones):
    """With a strong mutation the children alone cannot keep what was good."""
    settings = ["replacement=comma", "mutation_rate=0.5", "generations=40"]
    values = best_values(run(ones(*settings), seed=1, out="out"))
    assert values != sorted(values)


def test_random_search_makes_everything_anew(ones):
    finished = run(ones("algorithm=random_search"), seed=1, out="out")
    medians = [row["median"] for row in finished.history]
    assert all(3 <= median <= 7 for median in medians)
    assert all(row["parents"] == 0 for row in finished.history)


def test_hill_climbers_never_go_down(ones):
    finished = run(
        ones("algorithm=hill_climbing", "population=1", "generations=60"), seed=2, out="o"
    )
    assert best_values(finished)[-1] >= 9


def test_a_steady_state_makes_as_many_children_as_there_are_individuals(ones):
    finished = run(
        ones("replacement=steady_state", "generations=4", "lineage=true"), seed=1, out="o"
    )
    for row in finished.history[1:]:
        # A child that has a new program is evaluated or known; the others are their parents.
        assert row["evaluated"] + row["from_cache"] + row["unchanged"] == 12
    with_two = run(
        ones("replacement=steady_state", "offspring=2", "generations=4"), seed=1, out="p"
    )
    assert with_two.history[1]["evaluated"] <= 12
    assert {row.generation for row in finished.lineage} == {1, 2, 3}


@pytest.mark.parametrize("offspring", [1, 5, 30])
def test_plus_takes_any_number_of_offspring(ones, offspring):
    finished = run(ones("replacement=plus", f"offspring={offspring}"), seed=1, out="out")
    births = [r["evaluated"] + r["from_cache"] + r["unchanged"] for r in finished.history[1:]]
    assert set(births) == {offspring}
    assert len(finished.state.population) == 12


def test_islands_are_apart_but_for_migration(ones):
    """The lineage shows who comes from where."""
    settings = ["islands=3", "migration_interval=4", "migrants=1", "lineage=true", "generations=9"]
    finished = run(ones(*settings), seed=1, out="out")
    for row in finished.lineage:
        homes = {parent // 4 for parent in row.parents}
        if row.generation % 4:
            assert homes == {row.slot // 4}
        else:
            assert homes <= {row.slot // 4, (row.slot // 4 - 1) % 3}
    arrivals = {
        row.generation for row in finished.lineage
        if row.slot // 4 not in {parent // 4 for parent in row.parents}
    }  # fmt: skip
    assert arrivals == {4, 8}


def test_islands_share_the_individuals_evenly():
    assert [len(island) for island in split(range(11), 3)] == [4, 4, 3]


def test_lexicase_keeps_specialists(ones):
    """One that is best in a single case has a chance, however bad it is in the others."""
    problem = ones("selection=lexicase", "generations=1")
    population = list(run(problem, seed=1, out="out").state.population)
    assert all(len(one.fitness.cases) == 10 for one in population)
    select = find_selection("lexicase", tournament_size=1, options={})
    chosen = select(population, 300, rng=stream(1))
    for case in range(10):
        if len(solvers := [one for one in population if one.fitness.cases[case] == 0.0]) == 1:
            assert solvers[0] in chosen


def test_selection_by_case_needs_cases(make_problem):
    directory = make_problem("def evaluate(phenotype):\n    return len(phenotype)\n")
    problem = load_problem(directory, assignments=["search.selection=lexicase"])
    with pytest.raises(SettingsError, match="evaluate\\(\\) has to return them as 'cases'"):
        run(problem, seed=1, out="out")


def test_elites_of_distinct_behaviour(ones):
    population = run(ones("generations=1"), seed=1, out="out").state.population
    values = [one.fitness.values for one in elites(population, 12, distinct=True)]
    assert len(values) == len(set(values))
    assert values == sorted({one.fitness.values for one in population}, reverse=True)
    kept = run(ones("elitism=3", "distinct_elites=true"), seed=1, out="kept")
    assert best_values(kept) == sorted(best_values(kept))


@pytest.mark.parametrize("replacement", ["nsga2", "nsga3"])
def test_non_dominated_sorting_finds_the_front(make_problem, replacement):
    """ones against the number in the first five bits, which is to be small."""
    directory = make_problem(
        TWO,
        grammar=BITS,
        toml='objectives = ["max ones", "min head"]\n[search]\ninit_depth = 2\nmax_depth = 2\n',
    )
    settings = [f"replacement={replacement}", "selection=selTournamentDCD", "mutation_rate=0.1",
                "population=20", "generations=40"]  # fmt: skip
    problem = load_problem(directory, assignments=[f"search.{text}" for text in settings])
    finished = run(problem, seed=1, out="out")
    front = {tuple(one["fitness"]) for one in finished.summary["front"]}
    # The least head for each number of ones among five bits is 2**n - 1.
    assert front == {(5.0 + n, 2.0**n - 1) for n in range(6)}
    assert all(one.fitness.wvalues for one in Run.load("out").front)


def test_no_individual_stands_twice_in_a_population(ones):
    for setting in ("plus", "steady_state", "nsga2"):
        finished = run(
            ones(f"replacement={setting}", "mutation_rate=0.01", "crossover_rate=0.0",
                 "generations=20", "lineage=true"), seed=1, out=setting,
        )  # fmt: skip
        assert len(finished.state.population) == 12
        for row in finished.history[1:]:
            assert row["unchanged"] > 0
    # Programs that others have too are sorted out first.
    assert finished.history[-1]["distinct"] > 6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["selection=tournamnt"], "did you mean 'tournament'"),
        (["selection=selDoubleTournament"], "needs search.selection_options.fitness_size"),
        (["selection=selRandom", "selection_options={a=1}"], "does not take"),
        (["islands=13"], "every island needs an individual"),
        (["islands=4", "elitism=3"], "leaves nothing to vary in an island of 3"),
        (["islands=4", "elitism=1", "migrants=4"], "expected at most 3"),
        (["replacement=comma", "offspring=5"], "expected at least 12"),
        (["replacement=plus", "race_cap=5"], "a race needs"),
        (["mutation=subtree", "mutation_rate=1/used"], "expects a number"),
        (["representation=whge", "crossover=subtree"], "may have no genotype"),
        (["representation=whge", "initialisation=full"], "may have no genotype"),
        (["representation=cfggp", "adaptive_mutation=true"], "adaptive_mutation"),
        (["crossover=one"], "expected one of: mask, one_point, two_point"),
        (["replacement=nsga3"], "needs two objectives"),
        (["replacement=best"], "search.replacement = 'best'"),
        (["initialisation=tree"], "search.initialisation = 'tree'"),
    ],
)
def test_impossible_settings(ones, settings, message):
    with pytest.raises(GegpError, match=message) as caught:
        run(ones(*settings), seed=1, out="out")
    assert caught.value.exit_status == 2


def test_without_a_population_nothing_is_lost_of_a_first_generation(ones):
    """Programs of the first generation differ if so asked, as long as there are others."""
    finished = run(ones("distinct_start=true", "generations=1", "population=40"), seed=1, out="out")
    assert len({one.phenotype for one in finished.state.population}) == 40


def test_the_first_programs_of_a_small_language_repeat(make_problem):
    directory = make_problem(
        "def evaluate(phenotype):\n    return 1.0\n", grammar="<e> ::= x | y\n"
    )
    settings = ["search.distinct_start=true", "search.population=5", "search.generations=1"]
    finished = run(load_problem(directory, assignments=settings), seed=1, out="out")
    assert len({one.phenotype for one in finished.state.population}) == 2


@pytest.mark.parametrize("method", ["grow", "full", "ramped", "pi_grow", "ptc2", "uniform"])
def test_every_initialisation_in_a_run(method):
    settings = [f"search.initialisation={method}", "search.population=30", "search.generations=3"]
    finished = run(load_problem("symbolic_regression", assignments=settings), seed=1, out="out")
    depth = finished.history[0]["depth_mean"]
    assert depth == 6.0 if method == "full" else 1.0 < depth <= 6.0
    assert math.isfinite(finished.best.fitness.values[0])
