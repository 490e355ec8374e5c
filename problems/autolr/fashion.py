"""Fashion-MNIST: where it is found, checked and scaled.

It is looked for in the directory that the user names, where Debian's package
dataset-fashion-mnist puts it and in Keras' own cache; as a last resort Keras downloads
it. What is read must be the published data, wherever it came from.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gegp.errors import GegpError, SettingsError

from .parts import Part

if TYPE_CHECKING:
    import numpy as np

DEBIAN = Path("/usr/share/datasets/fashion-mnist")

# SHA-256 of the decompressed files: one data set has been packed in more than one way.
CHECKSUMS = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def fashion_mnist(data_dir: str, prefix: Literal["train", "t10k"] = "train") -> Part:
    """Fashion-MNIST's training (or official test) images, 32×32×3, from 0 to 1."""
    import numpy as np

    directory = find_fashion_mnist(data_dir) or _download_fashion_mnist()
    labels = read_idx(directory, f"{prefix}-labels-idx1-ubyte").astype(np.int64)
    return Part(_scaled(read_idx(directory, f"{prefix}-images-idx3-ubyte")), labels)


def find_fashion_mnist(data_dir: str) -> Path | None:
    """The directory that holds Fashion-MNIST, None if it has to be downloaded.

    Raises SettingsError if the user names a directory and it is not there.
    """
    if data_dir:
        if _holds_fashion_mnist(Path(data_dir).expanduser()):
            return Path(data_dir).expanduser()
        raise SettingsError(
            f"options.data_dir: {data_dir} does not hold Fashion-MNIST's four files "
            f"({', '.join(CHECKSUMS)}; with or without .gz). Without data_dir, {DEBIAN} and "
            f"{_keras_cache()} are tried, then Keras' download."
        )
    return next(filter(_holds_fashion_mnist, (DEBIAN, _keras_cache())), None)


def read_idx(directory: Path, name: str) -> np.ndarray:
    """An array of bytes from a file in IDX format, packed by gzip or not."""
    import numpy as np

    packed, plain = directory / f"{name}.gz", directory / name
    file = packed if packed.exists() else plain
    try:
        content = gzip.decompress(file.read_bytes()) if file == packed else file.read_bytes()
    except (OSError, EOFError) as error:
        raise GegpError(f"{file} cannot be read: {error}") from None
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name]:
        raise GegpError(
            f"{file} is not Fashion-MNIST's {name}: its content has another checksum. "
            "Delete it, or name a directory with the right one by options.data_dir."
        )
    # Two zero bytes, the type (8: unsigned byte), the number of dimensions, the sizes.
    dimensions = content[3]
    sizes = np.frombuffer(content, ">i4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(sizes)


def _holds_fashion_mnist(directory: Path) -> bool:
    return all(
        (directory / name).exists() or (directory / f"{name}.gz").exists() for name in CHECKSUMS
    )


def _keras_cache() -> Path:
    home = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    return Path(home) / "datasets" / "fashion-mnist"


def _download_fashion_mnist() -> Path:
    import fcntl

    import keras

    cache = _keras_cache()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # Workers start together: one downloads, the others wait and find the files.
        with open(cache / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _holds_fashion_mnist(cache):
                keras.datasets.fashion_mnist.load_data()
    except Exception as error:  # whatever a network can do
        raise GegpError(
            "Fashion-MNIST is not in options.data_dir (none is set), "
            f"not in {DEBIAN} (apt-get install dataset-fashion-mnist), not in Keras' cache "
            f"{cache}, and Keras cannot download it: {error}"
        ) from None
    return cache


def _scaled(images: np.ndarray) -> np.ndarray:
    """28×28 grey bytes to 32×32×3 from 0 to 1, by the nearest pixel (centres at halves)."""
    import numpy as np

    nearest = ((np.arange(32) + 0.5) * 28 / 32).astype(int)
    grey = images[:, nearest][:, :, nearest].astype(np.float32) / 255
    return np.repeat(grey[..., None], 3, axis=3)
