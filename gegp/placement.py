"""Where the evaluations of a stored run are made: that changes without changing the run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gegp.engines.dask_cluster import count_threads
from gegp.search_settings import EngineName
from gegp.store import Store


def place(
    directory: Path,
    *,
    engine: EngineName | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> None:
    """Write down where a run is evaluated from now on; what is None stays as it is.

    With a scheduler the engine is ``dask``. With an engine alone it is on this machine.
    Raises StoreError or LockedError for the directory, MissingPackage if dask is not
    installed, and InputError if the scheduler does not answer.
    """
    if scheduler:
        count_threads(scheduler)
    store = Store.open(directory)
    try:
        search = store.manifest.settings.search
        search = msgspec.structs.replace(
            search,
            engine="dask" if scheduler else engine or search.engine,
            workers=workers or search.workers,
            scheduler=scheduler or (None if engine else search.scheduler),
        )
        settings = msgspec.structs.replace(store.manifest.settings, search=search)
        store.take_over(msgspec.structs.replace(store.manifest, settings=settings))
    finally:
        store.close()
