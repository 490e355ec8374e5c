"""How long ``gegp --help`` takes, as a multiple of an empty Python. Prints medians and a ratio."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def median_seconds(code: str, repeats: int = 21) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    empty = median_seconds("pass")
    help_ = median_seconds("from gegp.cli import main; main(['--help'])")
    print(f"empty Python {1e3 * empty:.1f} ms, gegp --help {1e3 * help_:.1f} ms")
    print(f"ratio {help_ / empty:.2f}")
