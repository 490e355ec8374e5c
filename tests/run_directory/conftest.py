import pytest

from gegp import Observer, load_problem, run

CODE = "def evaluate(phenotype):\n    return abs(len(phenotype) - 20)\n"
TOML = "[search]\npopulation = 12\ngenerations = 5\nmutation_rate = 0.3\n"


@pytest.fixture
def problem_directory(make_problem):
    return make_problem(CODE, toml=TOML)


@pytest.fixture
def problem(problem_directory):
    return load_problem(problem_directory)


class Warnings(Observer):
    """Keeps what it is warned of."""

    def __init__(self):
        self.texts = []

    def warned(self, text):
        self.texts.append(text)


@pytest.fixture
def warnings():
    return Warnings()


@pytest.fixture
def interrupted():
    """Makes a run that was interrupted after a generation; returns its directory."""

    def make(problem, directory, last=3):
        class Kill(Observer):
            def generation(self, state, row, improved):
                if state.generation == last:
                    raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(problem, seed=3, out=directory, observer=Kill())
        return directory

    return make


@pytest.fixture
def snapshots():
    """The snapshots of a run by name."""

    def read(directory):
        return {file.name: file.read_bytes() for file in (directory / "snapshots").glob("*.json")}

    return read
