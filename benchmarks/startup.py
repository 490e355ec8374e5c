"""How long gegp takes to start: ``gegp --help``, and a run of 40 individuals in both ways.

As multiples of an empty Python. Prints medians and ratios; the compiled run needs gegp[fast], and
``gegp warm-up`` before.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec

RUN = """
import sys
from gegp.cli import main
main(["run", "symbolic_regression", "--seed", "1", "--set", "search.population=20", "--set",
      "search.generations=2", "--set", "search.compiled={}", "--out", sys.argv[1] + "/run"])
"""


def median_seconds(code: str, repeats: int = 11) -> float:
    """The median time of a process that runs the code, with an empty directory as argument."""
    times = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as directory:
            start = time.perf_counter()
            command = [sys.executable, "-c", code, directory]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    empty = median_seconds("pass")
    print(f"{'empty Python':24} {1e3 * empty:7.1f} ms")
    starts = {
        "gegp --help": "from gegp.cli import main; main(['--help'])",
        "a run, readable path": RUN.format("false"),
    }
    if find_spec("numba"):
        starts["a run, compiled"] = RUN.format("true")
    for name, code in starts.items():
        taken = median_seconds(code)
        print(f"{name:24} {1e3 * taken:7.1f} ms  ratio {taken / empty:5.2f}")
