"""Where images come from and how they are split."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from gegp.errors import GegpError, SettingsError

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")


@pytest.fixture
def splits(data):
    return data.load_splits("digits", "", (400, 300, 1000), 0)


def rows(part):
    return {image.tobytes() for image in part.x}


def test_the_parts_have_their_sizes_and_types(splits):
    parts = (splits.train, splits.validation, splits.test)
    assert [part.x.shape for part in parts] == [(400, 8, 8, 1), (300, 8, 8, 1), (1000, 8, 8, 1)]
    assert all(part.x.dtype == np.float32 and len(part.y) == len(part.x) for part in parts)


def test_no_image_is_in_two_parts(splits):
    train, validation, test = rows(splits.train), rows(splits.validation), rows(splits.test)
    assert not (train & validation or train & test or validation & test)


def test_every_part_has_every_class_alike(splits):
    for part in (splits.train, splits.validation, splits.test):
        share = np.bincount(part.y, minlength=10) / len(part.y)
        assert share == pytest.approx(np.full(10, 0.1), abs=0.01)


def test_the_training_part_is_standardised_and_the_others_by_it(splits):
    assert splits.train.x.mean() == pytest.approx(0, abs=1e-5)
    assert splits.train.x.std() == pytest.approx(1, abs=1e-4)
    # Other images, the same shift: near, but not the same.
    assert splits.test.x.mean() == pytest.approx(0, abs=0.05)
    assert abs(splits.test.x.mean()) > 1e-5


def test_the_seed_decides_the_split(data, splits):
    again = data.load_splits("digits", "", (400, 300, 1000), 0)
    other = data.load_splits("digits", "", (400, 300, 1000), 1)
    assert (again.train.x == splits.train.x).all() and (again.test.y == splits.test.y).all()
    assert rows(other.train) != rows(splits.train)


def test_fashion_mnist_is_scaled_by_the_nearest_pixel(fashion, fashion_mnist_directory):
    raw = fashion.read_idx(fashion_mnist_directory, "t10k-images-idx3-ubyte")
    images, labels = fashion.fashion_mnist("", "t10k")
    assert raw.shape == (10_000, 28, 28)
    assert images.shape == (10_000, 32, 32, 3)
    assert images.dtype == np.float32 and images.max() == 1 and images.min() == 0
    assert np.bincount(labels).tolist() == [1000] * 10
    nearest = [int((place + 0.5) * 28 / 32) for place in range(32)]
    assert (images[7, :, :, 2] * 255).round().astype(int).tolist() == [
        [int(raw[7, row, column]) for column in nearest] for row in nearest
    ]


def test_fashion_mnists_parts_are_standardised(data, fashion_mnist_directory):
    splits = data.load_splits("fashion-mnist", "", (700, 150, 150), 0)
    assert splits.train.x.shape == (700, 32, 32, 3)
    assert splits.train.x.mean() == pytest.approx(0, abs=1e-4)
    assert splits.train.x.std() == pytest.approx(1, abs=1e-4)
    assert np.bincount(splits.validation.y).tolist() == [15] * 10


def test_files_need_not_be_packed(fashion, fashion_mnist_directory, tmp_path):
    name = "t10k-labels-idx1-ubyte"
    packed = (fashion_mnist_directory / f"{name}.gz").read_bytes()
    (tmp_path / name).write_bytes(gzip.decompress(packed))
    expected = fashion.read_idx(fashion_mnist_directory, name)
    assert (fashion.read_idx(tmp_path, name) == expected).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [(gzip.compress(b"other data"), "checksum"), (b"no gzip", "cannot be read")],
)
def test_other_data_under_the_same_name_is_refused(fashion, tmp_path, content, message):
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(GegpError, match=rf"train-labels-idx1-ubyte\.gz.*{message}"):
        fashion.read_idx(tmp_path, "train-labels-idx1-ubyte")


def test_a_named_directory_without_the_files_is_an_error(fashion, tmp_path):
    with pytest.raises(SettingsError, match=r"options\.data_dir.*does not hold"):
        fashion.find_fashion_mnist(str(tmp_path))


def fill(directory: Path, fashion) -> Path:
    directory.mkdir(parents=True)
    for name in fashion.CHECKSUMS:
        (directory / f"{name}.gz").touch()
    return directory


def test_places_are_tried_in_order(fashion, tmp_path, monkeypatch):
    named, debian = tmp_path / "named", tmp_path / "debian"
    cache = tmp_path / "keras" / "datasets" / "fashion-mnist"
    monkeypatch.setattr(fashion, "DEBIAN", debian)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert fashion.find_fashion_mnist("") is None
    fill(cache, fashion)
    assert fashion.find_fashion_mnist("") == cache
    fill(debian, fashion)
    assert fashion.find_fashion_mnist("") == debian
    fill(named, fashion)
    assert fashion.find_fashion_mnist(str(named)) == named


def test_a_failed_download_names_all_places(fashion, backend, tmp_path, monkeypatch):
    import keras

    def fail() -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(fashion, "DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", fail)
    with pytest.raises(GegpError) as caught:
        fashion.fashion_mnist("")
    for part in ("data_dir", "debian", "dataset-fashion-mnist", "keras", "no route to host"):
        assert part in str(caught.value)
