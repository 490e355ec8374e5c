"""The best errors of the representations on Pagie's function, over seeds, with tests.

    python benchmarks/representations.py run FILE.csv [--seeds 30] [--workers 2] [--set K=V]...
    python benchmarks/representations.py table FILE.csv

``run`` makes a run for each representation and each seed that the file lacks, every one with
the preset of its paper, but with the population and the generations of the problem, and
writes its best error down as it ends. ``table`` prints medians, quartiles and tests.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from statistics import median, quantiles

from gegp import load_problem, run
from gegp.comparison import a12, holm, mann_whitney
from gegp.tables import Table

PRESETS = {
    "sge": "sge-2016",
    "dsge": "dsge-2018",
    "psge": "psge-2022",
    "copsge": "copsge-2022",
    "ge": "ge-2001",
    "pige": "pige-2004",
    "cfggp": "cfggp-1995",
    "whge": "whge-2020",
}
BASELINE = "random search"
COLUMNS = ("search", "seed", "best", "evaluated", "seconds")


def best_error(
    search: str, seed: int, settings: Sequence[str]
) -> tuple[str, int, float, int, float]:
    """One run: its best error, the candidates evaluated and the CPU time in seconds."""
    own = "algorithm=random_search" if search == BASELINE else f"preset={PRESETS[search]}"
    problem = load_problem(
        "symbolic_regression",
        assignments=[f"search.{own}", "search.population=200", "search.generations=50", *settings],
    )
    start = time.process_time()
    with tempfile.TemporaryDirectory() as directory:
        finished = run(problem, seed=seed, out=Path(directory) / "run")
        summary = finished.summary
    (error,) = summary["best"]["fitness"]
    seconds = round(time.process_time() - start, 1)
    return search, seed, error, summary["evaluations"]["evaluated"], seconds


def make_runs(path: Path, seeds: int, workers: int, settings: Sequence[str]) -> None:
    """The runs that a file lacks, so many at a time; each is added to the file as it ends."""
    done = {(row["search"], int(row["seed"])) for row in read(path)}
    searches = [*PRESETS, BASELINE]
    missing = [
        (search, seed)
        for seed in range(1, seeds + 1)
        for search in searches
        if (search, seed) not in done
    ]
    with path.open("a", encoding="utf-8", newline="") as file, ProcessPoolExecutor(workers) as pool:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(COLUMNS)
        jobs = [pool.submit(best_error, search, seed, settings) for search, seed in missing]
        for number, job in enumerate(as_completed(jobs), 1):
            writer.writerow(job.result())
            file.flush()
            print(f"{number} of {len(jobs)}: {job.result()}", flush=True)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(rows: Iterable[dict[str, str]], reference: str = "dsge") -> str:
    """For each search the quartiles of its best errors, and tests against the reference."""
    errors: dict[str, list[float]] = {}
    for row in sorted(rows, key=lambda row: int(row["seed"])):
        errors.setdefault(row["search"], []).append(float(row["best"]))
    others = [search for search in errors if search != reference]
    adjusted = holm([mann_whitney(errors[search], errors[reference]) for search in others])
    tests = dict(zip(others, adjusted, strict=True))
    lines = []
    for search in sorted(errors, key=lambda search: median(errors[search])):
        low, middle, high = quantiles(errors[search], n=4, method="inclusive")
        against = (
            [f"{tests[search]:.2g}", f"{a12(errors[reference], errors[search]):.2f}"]
            if search in tests
            else ["", ""]
        )
        lines.append(
            [search, str(len(errors[search])), f"{middle:.3f}", f"{low:.3f} to {high:.3f}",
             f"{min(errors[search]):.3f}", *against]
        )  # fmt: skip
    head = ["search", "runs", "median", "quartiles", "best", "p", "A12"]
    return Table(head, lines, texts=1).markdown()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["run", "table"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--set", action="append", default=[], dest="settings", metavar="KEY=VALUE")
    arguments = parser.parse_args()
    if arguments.command == "run":
        make_runs(arguments.file, arguments.seeds, arguments.workers, arguments.settings)
    print(table(read(arguments.file)))


if __name__ == "__main__":
    main()
