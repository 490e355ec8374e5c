"""Corners of selection, migration and survival that a run may come to."""

import math

import pytest

from gegp import Run, build_toolbox, load_problem, resume, run
from gegp.errors import GegpError, SettingsError
from gegp.grammar.growth import Growth
from gegp.grammar.reader import parse_grammar
from gegp.individual import Fitness, Individual
from gegp.islands import migrate
from gegp.outcome import Outcome
from gegp.repetition import combine
from gegp.representations.base import Derivation
from gegp.rng import stream
from gegp.search_settings import convert_search
from gegp.selection import find_selection

TWO = """
def evaluate(phenotype):
    return {"length": len(phenotype), "plus": phenotype.count("+")}
"""
SEEDED = """
def evaluate(phenotype):
    return len(phenotype)


def seeds():
    return ["ab"]
"""


def individual(number, value, weight=1.0, cases=()):
    fitness = Fitness((weight,), (value,))
    fitness.cases = cases
    return Individual((number,), Derivation(str(number), 1, (1,), choices=(number,)), fitness)


@pytest.mark.parametrize("selection", ["selTournamentDCD", "selNSGA2", "tournament"])
@pytest.mark.parametrize("replacement", ["generational", "comma"])
def test_resuming_where_parents_stand_in_several_slots(make_problem, selection, replacement):
    directory = make_problem(
        TWO,
        grammar="<e> ::= x | y | (<e> + <e>) | <e><e>\n",
        toml='objectives = ["min length", "max plus"]\n[search]\npopulation = 30\n'
        "mutation_rate = 0.02\ncrossover_rate = 0.5\nelitism = 3\nlineage = true\n",
    )
    settings = [f"search.selection={selection}", f"search.replacement={replacement}"]

    def made(generations):
        return load_problem(directory, assignments=[*settings, f"search.generations={generations}"])

    whole = run(made(12), seed=1, out="whole").directory
    cut = run(made(6), seed=1, out="cut").directory
    manifest = cut / "settings.toml"
    manifest.write_text(manifest.read_text().replace("generations = 6", "generations = 12"))
    resume(cut)
    for name in ("snapshots/gen000011.json", "lineage.csv"):
        assert (cut / name).read_bytes() == (whole / name).read_bytes()
    rows = [
        [line.split(",")[:14] for line in (path / "generations.csv").read_text().splitlines()]
        for path in (whole, cut)
    ]
    assert rows[0] == rows[1]
    population = Run.load(whole).state.population
    assert len({id(one) for one in population}) == 30
    assert len(set(population)) < 30


def test_a_best_program_without_codons_is_one(make_problem):
    directory = make_problem(SEEDED, grammar="<s> ::= a<b>\n<b> ::= b\n")
    problem = load_problem(directory, assignments=["search.representation=ge"])
    finished = run(problem, seed=1, out="out")
    assert len(finished.best) == 0
    assert finished.summary["best"]["phenotype"] == "ab"
    assert Run.load("out").best.phenotype == "ab"


@pytest.mark.parametrize("name", ["lexicase", "selBest", "selTournamentDCD"])
def test_where_all_have_failed_anyone_is_a_parent(name):
    failed = [individual(number, -1e30) for number in range(6)]
    chosen = find_selection(name, tournament_size=3, options={})(failed, 40, rng=stream(1))
    assert len(set(chosen)) > 3


@pytest.mark.parametrize(
    ("name", "value"), [("selRoulette", 0.0), ("selStochasticUniversalSampling", -1.0)]
)
def test_a_selector_that_selects_nobody_is_an_error(name, value):
    select = find_selection(name, tournament_size=3, options={})
    with pytest.raises(SettingsError, match=name):
        select([individual(number, value) for number in range(4)], 4, rng=stream(1))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("selTournament", {"tournsize": "a"}),
        ("selTournament", {"tournsize": 0}),
        ("selDoubleTournament", {"fitness_size": 3, "parsimony_size": 3, "fitness_first": True}),
        ("selBest", {"fit_attr": "nope"}),
        ("selNSGA3", {}),
        ("tournament", {"tournsize": 3}),
    ],
)
def test_options_that_cannot_be_are_refused_before_a_run(name, options):
    with pytest.raises(SettingsError, match="selection"):
        find_selection(name, tournament_size=3, options=options)


@pytest.mark.parametrize("bad", ["float('nan')", "float('inf')", "1e31", "'x'", "None"])
def test_cases_that_are_no_numbers_are_no_fitness(make_problem, bad):
    code = f"def evaluate(phenotype):\n    return {{'length': 1.0, 'cases': [0.5, {bad}]}}\n"
    directory = make_problem(code)
    with pytest.raises(GegpError, match=r"cases\[1\] is"):
        run(load_problem(directory), seed=1, out="out")


def test_failures_do_not_drive_out_successes():
    settings = convert_search({"islands": 2, "population": 4, "migrants": 2, "elitism": 0})
    islands = [
        [individual(0, -1e30), individual(1, -1e30)],
        [individual(2, 5.0), individual(3, 6.0)],
    ]
    moved, arrivals = migrate(islands, settings, 5)
    assert {one.fitness.values[0] for one in moved[1]} == {5.0, 6.0}
    assert {one.fitness.values[0] for one in moved[0]} == {5.0, 6.0}
    assert len(arrivals) == 2


def test_it_is_the_worst_that_goes_not_one_with_the_same_genotype():
    settings = convert_search({"islands": 2, "population": 4, "elitism": 0})
    twins = [individual(7, 6.0), individual(7, 5.0)]
    moved, _ = migrate([[individual(0, 9.0), individual(1, 1.0)], twins], settings, 5)
    assert [one.fitness.values[0] for one in moved[1]] == [6.0, 9.0]


@pytest.mark.parametrize("name", ["copsge", "dsge search.adaptive_mutation=true"])
def test_subtrees_leave_what_else_a_genotype_holds(name):
    assignments = [
        *f"search.representation={name}".split(), "search.crossover=subtree",
        "search.mutation=subtree", "search.mutation_rate=1.0",
    ]  # fmt: skip
    toolbox = build_toolbox(load_problem("symbolic_regression", assignments=assignments), seed=1)
    representation = toolbox.representation
    genotype = representation.create(stream(1))
    while representation.mutate(stream(2), genotype)[0] == genotype[0]:
        genotype = representation.mutate(stream(len(str(genotype))), genotype)
    genotype = representation.mutate(stream(2), genotype)
    parent = toolbox.express(genotype)
    assert parent.genotype[0] != representation.create(stream(1))[0]
    (mutant,) = toolbox.mutate(parent)
    assert mutant.phenotype != parent.phenotype
    assert mutant.genotype[0] == parent.genotype[0]


def test_chance_alone_does_not_learn():
    settings = ["search.representation=psge", "search.algorithm=random_search",
                "search.learning_factor=1.0", "search.generations=4"]  # fmt: skip
    finished = run(load_problem("symbolic_regression", assignments=settings), seed=1, out="out")
    turn, probabilities = finished.state.representation.learned
    assert turn == 0
    assert all(len(set(values)) == 1 for values in probabilities)


@pytest.mark.parametrize("offspring", [None, 1, 2, 5])
def test_a_steady_state_of_islands_makes_no_more_children_than_needed(offspring):
    settings = ["search.replacement=steady_state", "search.islands=4", "search.population=20",
                "search.generations=3", "search.elitism=0"]  # fmt: skip
    settings += [f"search.offspring={offspring}"] if offspring else []
    finished = run(load_problem("symbolic_regression", assignments=settings), seed=1, out="out")
    row = finished.history[1]
    births = row["evaluated"] + row["from_cache"] + row["unchanged"]
    assert 20 <= births <= 24


def test_unknown_settings_of_a_toolbox():
    with pytest.raises(SettingsError, match="did you mean 'mutation_rate'"):
        build_toolbox(load_problem("symbolic_regression"), seed=1, search={"mutaton_rate": 0.5})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"preset": 5}, "search.preset = 5"),
        ({"preset": [1]}, "search.preset"),
        ({"probability_deviation": math.inf}, "probability_deviation"),
        ({"target": math.nan}, "target"),
        ({"wraps": 10**20}, "wraps"),
    ],
)
def test_numbers_and_texts_that_cannot_be(table, message):
    from gegp.search_settings import with_preset

    with pytest.raises(SettingsError, match=message):
        convert_search(with_preset(table))


def test_large_weights_do_not_overflow():
    growth = Growth(parse_grammar("<e> ::= x %1e308 | y %1e308 | z %1e-308"))
    drawn = {growth.draw(stream(seed), 0, 1) for seed in range(50)}
    assert drawn == {0, 1}


def test_a_spread_that_makes_a_number_too_large_is_a_failure():
    outcomes = [Outcome("ok", (1e29,)), Outcome("ok", (-1e29,))]
    assert combine(outcomes, (-1.0,), 1e6).status == "invalid"
