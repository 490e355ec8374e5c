"""Dask's clusters: one that is there is found by its address, one of our own is started."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gegp.engines.environment import device_of
from gegp.errors import InputError, MissingPackage

if TYPE_CHECKING:
    from distributed import Client

_CONNECT = 4.0  # seconds until a scheduler must have answered


def require_dask() -> None:
    """Raise MissingPackage if dask's package ``distributed`` is not installed."""
    if find_spec("distributed") is None:
        raise MissingPackage(
            "search.engine = 'dask' needs the package distributed, which is not installed; "
            'install it with: pip install "gegp[dask]"'
        )


def connect(scheduler: str) -> Client:
    """A client of the cluster at an address. Raises InputError if no scheduler answers there."""
    require_dask()
    from distributed import Client
    from distributed.comm.addressing import get_address_host_port

    quiet = logging.getLogger("distributed")
    level = quiet.level
    try:
        quiet.setLevel(logging.CRITICAL)
        get_address_host_port(scheduler, strict=True)
        return Client(scheduler, timeout=_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise InputError(
            f"search.scheduler = {scheduler!r}: no dask scheduler answers there ({error}); "
            "expected an address as `dask scheduler` prints it, such as tcp://192.168.0.1:8786"
        ) from None
    finally:
        quiet.setLevel(level)


def start_local(workers: int, devices: Sequence[str] = ()) -> Client:
    """A client of a new cluster of so many worker processes on this machine.

    ``devices`` are the GPUs that they share out. The cluster is the client's ``cluster``;
    close it after the client.
    """
    require_dask()
    from distributed import Client, Nanny, Scheduler, SpecCluster

    options = {"host": "127.0.0.1", "dashboard": False, "dashboard_address": "127.0.0.1:0"}
    with _deaf_to_hang_up():
        cluster = SpecCluster(  # type: ignore[no-untyped-call]
            scheduler={"cls": Scheduler, "options": options},
            workers={
                number: {"cls": Nanny, "options": _local_worker(number, devices)}
                for number in range(workers)
            },
            silence_logs=logging.ERROR,
        )
    return Client(cluster, set_as_default=False)  # type: ignore[no-untyped-call]


@contextmanager
def _deaf_to_hang_up() -> Iterator[None]:
    """Block SIGHUP in the threads that begin within the block, and in all that they start.

    The end of a terminal reaches all its processes; it is for the run to end its workers.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def workers_of(client: Client) -> list[dict[str, Any]]:
    """What a client's scheduler says of each worker: ``nthreads``, ``resources`` and more."""
    return list(client.scheduler_info(n_workers=-1)["workers"].values())


def count_threads(scheduler: str) -> int:
    """How many candidates the cluster at an address evaluates at once as it is now.

    Raises MissingPackage if dask is not installed, InputError if no scheduler answers.
    """
    client = connect(scheduler)
    try:
        return sum(worker["nthreads"] for worker in workers_of(client))
    finally:
        client.close()  # type: ignore[no-untyped-call]


def _local_worker(number: int, devices: Sequence[str]) -> dict[str, Any]:
    """Options of a worker that evaluates one candidate at once, on a GPU of its own if there is."""
    options: dict[str, Any] = {
        "host": "127.0.0.1",
        "nthreads": 1,
        "memory_limit": 0,
        "dashboard": False,
    }
    options["silence_logs"] = logging.ERROR
    device = device_of(number, devices)
    if device is None:
        return options
    return options | {"resources": {"GPU": 1}, "env": {"CUDA_VISIBLE_DEVICES": device}}
