"""Breeding: the children of an island."""

from gegp import build_toolbox, load_problem
from gegp.breeding import Place, breed
from gegp.individual import Fitness


class Watched(Fitness):
    """A fitness that counts how often anybody asks whether it is one."""

    looks = 0

    @property
    def failed(self):
        Watched.looks += 1
        return super().failed


def test_an_island_is_looked_through_once_for_all_its_children():
    problem = load_problem("symbolic_regression", assignments=["search.population=200"])
    toolbox = build_toolbox(problem, seed=1)
    island = toolbox.population(n=200)
    for i, one in enumerate(island):
        one.fitness = Watched(problem.weights, [float(i)])
    Watched.looks = 0
    settings = problem.settings.search
    births = breed(island, 200, toolbox, settings, toolbox.representation, Place(1, 1, 0))
    assert len(births) == 200
    assert 200 <= Watched.looks <= 2 * 200
