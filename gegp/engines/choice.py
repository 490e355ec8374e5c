"""Where the candidates of a problem are evaluated, as its settings say."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gegp.engines.base import Engine
from gegp.engines.dask_cluster import count_threads, require_dask
from gegp.engines.environment import find_devices
from gegp.engines.processes import ProcessEngine
from gegp.engines.serial import SerialEngine
from gegp.problem import Problem


def make_engine(problem: Problem, workers: int, log: Path) -> Engine:
    """The engine of so many worker processes, whose output goes to a file; 0 for this process."""
    search = problem.settings.search
    if search.engine == "dask":
        from gegp.engines.dask import DaskEngine

        return DaskEngine(
            problem, workers=workers, scheduler=search.scheduler, timeout=search.timeout, log=log
        )
    if workers == 0:
        return SerialEngine(problem)
    return ProcessEngine(problem, workers=workers, timeout=search.timeout, log=log)


def require_engine(problem: Problem) -> None:
    """Raise what keeps the engine of the settings from being used.

    MissingPackage if its package is not installed, InputError if the scheduler of the
    cluster does not answer.
    """
    search = problem.settings.search
    if search.engine == "dask":
        require_dask()
        if search.scheduler:
            count_threads(search.scheduler)


def worker_count(problem: Problem) -> int:
    """The number of worker processes; 0 means evaluation in this process.

    On an existing cluster the number of candidates that its workers evaluate at once, as
    they are now, but at least 1. By default one a GPU for a problem that has a ``device``
    option, else as many as the cores allow with the problem's ``threads`` each.
    """
    search = problem.settings.search
    if search.engine == "dask" and search.scheduler:
        return max(1, count_threads(search.scheduler))
    engine = search.engine or ("processes" if problem.settings.isolate else "serial")
    if engine == "serial":
        return 0
    if search.workers is not None:
        return search.workers
    gpus = len(find_devices(problem.entry, os.environ))
    return gpus or max(1, cores() // getattr(problem.entry, "threads", 1))


def cores() -> int:
    """The processor cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
