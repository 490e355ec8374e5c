"""The backend that Keras computes on: which one, with how many threads, on what device."""

from __future__ import annotations

import glob
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Literal

from gegp.errors import MissingPackage, SettingsError

Device = Literal["auto", "cpu", "gpu"]

BACKENDS = ("tensorflow", "jax", "torch")


def find_backend() -> str:
    """The name of the Keras backend to use, found without importing anything.

    KERAS_BACKEND decides if it is set; else the first of BACKENDS that is installed.
    Raises MissingPackage if there is none.
    """
    wanted = os.environ.get("KERAS_BACKEND", "")
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    extra = wanted if wanted in ("tensorflow", "jax") else "tensorflow"
    if not importlib.util.find_spec("keras"):
        raise MissingPackage(f'Keras is not installed: pip install "gegp[{extra}]"')
    if wanted and wanted not in installed:
        raise MissingPackage(
            f"KERAS_BACKEND is {wanted}: not installed, or not one that trains; "
            f'pip install "gegp[{extra}]"'
        )
    if not installed:
        raise MissingPackage(
            'Keras needs a backend: pip install "gegp[tensorflow]" (or "gegp[jax]")'
        )
    return wanted or installed[0]


def prepare_backend(threads: int, device: Device) -> str:
    """Set threads and device of the backend, before anything is computed.

    Returns a line that says what is used. Threads and device are a process' own: if the
    backend is in use already, it stays as it is (the line says what holds).
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
    if "keras" in sys.modules:
        import keras

        backend = keras.config.backend()
        if backend not in BACKENDS:
            raise MissingPackage(f"Keras is in use with backend {backend}, which does not train")
    else:
        backend = find_backend()
        os.environ["KERAS_BACKEND"] = backend
    return _PREPARE[backend](threads, device)


@contextmanager
def memory_errors() -> Iterator[None]:
    """What the backends raise when memory is short becomes a MemoryError that says what helps."""
    try:
        yield
    except Exception as error:
        # TensorFlow's and PyTorch's own classes; JAX has one class for all that XLA reports.
        kinds = ("ResourceExhaustedError", "OutOfMemoryError")
        if type(error).__name__ not in kinds and "RESOURCE_EXHAUSTED" not in str(error):
            raise
        raise MemoryError(
            "the device has not enough memory for this training: use fewer workers "
            "(search.workers) or smaller batches (options.batch_size)"
        ) from None


def _prepare_tensorflow(threads: int, device: Device) -> str:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not gpus:
        raise SettingsError("options.device is gpu, but TensorFlow finds none")
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        if device == "cpu":
            tf.config.set_visible_devices([], "GPU")
        for gpu in gpus:
            # Several workers share a GPU: none takes all of its memory at once.
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:  # initialised already
        threads = tf.config.threading.get_intra_op_parallelism_threads()
    where = "GPU" if tf.config.get_visible_devices("GPU") else "CPU"
    return f"tensorflow {tf.__version__}, {where}, {_threads(threads)}"


def _prepare_jax(threads: int, device: Device) -> str:
    if "jax" not in sys.modules:
        _set_variables_of_jax(threads, device)
    import jax

    try:
        found = jax.devices()[0].platform
    except RuntimeError as error:  # a driver that does not fit, or all memory is taken
        raise SettingsError(
            'JAX cannot start (is the memory of the GPU taken? options.device = "cpu" does '
            f"without it): {error}"
        ) from None
    if device == "gpu" and found == "cpu":
        raise SettingsError("options.device is gpu, but JAX finds none")
    return f"jax {jax.__version__}, {found.upper()}, {_threads(threads)}"


def _set_variables_of_jax(threads: int, device: Device) -> None:
    """What JAX reads when it is imported; flags that the user has set come last, and hold."""
    on_gpu = device != "cpu" and _jax_has_gpu()
    flags = []
    if threads == 1:
        flags.append("--xla_cpu_multi_thread_eigen=false")
    if threads == 1 and on_gpu:
        # Without it each process takes the kernels that it finds fastest, some of which add
        # up in any order.
        flags.append("--xla_gpu_deterministic_ops=true")
    flags.append(os.environ.get("XLA_FLAGS", ""))
    os.environ["XLA_FLAGS"] = " ".join(filter(None, flags))
    # On a GPU these threads compile and do nothing else: a single one takes minutes.
    os.environ["NPROC"] = str(len(os.sched_getaffinity(0)) if on_gpu else threads)
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if device == "cpu":
        os.environ["JAX_PLATFORMS"] = "cpu"


def _jax_has_gpu() -> bool:
    """Whether JAX is going to find a GPU, as far as one can tell without importing it."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all") not in ("", "-1")
    return visible and bool(glob.glob("/dev/nvidia[0-9]*") and entry_points(group="jax_plugins"))


def _prepare_torch(threads: int, device: Device) -> str:
    import torch

    torch.set_num_threads(threads)
    if device == "cpu":
        os.environ["KERAS_TORCH_DEVICE"] = "cpu"
    found = "cuda" if torch.cuda.is_available() and device != "cpu" else "cpu"
    if device == "gpu" and found == "cpu":
        raise SettingsError("options.device is gpu, but PyTorch finds none")
    return f"torch {torch.__version__}, {found.upper()}, {_threads(threads)}"


_PREPARE: dict[str, Callable[[int, Device], str]] = {
    "tensorflow": _prepare_tensorflow,
    "jax": _prepare_jax,
    "torch": _prepare_torch,
}


def _threads(number: int) -> str:
    return "1 thread" if number == 1 else f"{number} threads"
