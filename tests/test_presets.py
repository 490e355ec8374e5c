import pytest

from gegp import load_problem, run
from gegp.errors import SettingsError
from gegp.presets import PRESETS
from gegp.search_settings import SearchSettings, convert_search, with_preset


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "nsga-iii"])
def test_every_preset_runs(name):
    assignments = [f"search.preset={name}", "search.population=12", "search.generations=3",
                   "search.genome_length=100"]  # fmt: skip
    problem = load_problem("symbolic_regression", assignments=assignments)
    finished = run(problem, seed=1, out="out")
    assert len(finished.history) == 3
    assert problem.settings.search.preset == name


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_what_it_says(name):
    preset = PRESETS[name]
    settings = convert_search(with_preset({"preset": name}))
    for key, value in preset.settings.items():
        assert key in SearchSettings.__struct_fields__
        assert getattr(settings, key) == value
    assert preset.source


def test_what_is_set_beside_a_preset_holds_in_any_order():
    for assignments in (
        ["search.preset=sge-2016", "search.population=77"],
        ["search.population=77", "search.preset=sge-2016"],
    ):
        search = load_problem("symbolic_regression", assignments=assignments).settings.search
        assert (search.population, search.representation, search.recursion_level) == (77, "sge", 5)


def test_a_preset_of_the_problem_gives_way_to_its_profile_and_the_command_line(make_problem):
    directory = make_problem(
        "def evaluate(phenotype):\n    return 1.0\n",
        toml='[search]\npreset = "ge-2001"\nwraps = 3\n'
        '[profiles.small.search]\npopulation = 7\n[profiles.tree.search]\npreset = "cfggp-1995"\n',
    )
    search = load_problem(directory).settings.search
    assert (search.representation, search.wraps, search.population) == ("ge", 3, 500)
    search = load_problem(directory, profile="small").settings.search
    assert (search.representation, search.population) == ("ge", 7)
    search = load_problem(directory, profile="tree").settings.search
    assert (search.representation, search.mutation, search.wraps) == ("cfggp", "subtree", 3)


def test_an_unknown_preset_is_an_error_with_the_nearest_one():
    with pytest.raises(SettingsError, match="did you mean 'dsge-2018'"):
        load_problem("symbolic_regression", assignments=["search.preset=dsge-2019"])
