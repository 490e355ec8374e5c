"""Makes the runs of this directory: for each an interrupted run, and how it ends.

python tests/data/format1/make.py

The runs that are stored here were made by the version of gegp that wrote this format
first. They are made again only together with a new format, in a directory of its own.
"""

import shutil
import sys
from pathlib import Path

from gegp import Observer, load_problem, run

HERE = Path(__file__).parent
RUNS = {
    "dsge": [],
    "psge": ["search.representation=psge", "search.learning_factor=0.2"],
    "lexicase": ["search.selection=lexicase", "search.lineage=true"],
}
SEED = 7
LAST = 2


class Kill(Observer):
    """Ends a run after a generation."""

    def generation(self, state, row, improved):
        if state.generation == LAST:
            raise KeyboardInterrupt


def make(name: str, place: Path) -> None:
    """The interrupted run as NAME, and what its end leaves in snapshots and lineage as NAME.end."""
    problem = load_problem(HERE / "problem", assignments=RUNS[name])
    try:
        run(problem, seed=SEED, out=place / name, observer=Kill())
    except KeyboardInterrupt:
        (place / name / "run.lock").unlink()
    run(problem, seed=SEED, out=place / "whole")
    end = place / f"{name}.end"
    end.mkdir()
    for file in [*(place / "whole/snapshots").iterdir(), place / "whole/lineage.csv"]:
        if file.exists():
            shutil.copy(file, end / file.name)
    shutil.rmtree(place / "whole")


if __name__ == "__main__":
    for name in RUNS:
        make(name, Path(sys.argv[1]) if sys.argv[1:] else HERE)
