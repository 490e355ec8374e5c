"""``settings.toml``: what a run was started with, and digests of what decides its future."""

from __future__ import annotations

import platform
import re
import stat
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from gegp.durable import write_durably
from gegp.errors import GegpError, StoreError
from gegp.settings import Settings
from gegp.version import VERSION

FORMAT = 1
SETTINGS = "settings.toml"

_LARGEST = 16 * 2**20
_ENTRY = re.compile(r"([^\W\d]\w*(\.[^\W\d]\w*)*)?(:[^\W\d]\w*)?")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``settings.toml``: what a run was started with, all of it resolved.

    ``problem_digest`` is the problem's context, and ``made_with`` holds, as JSON, the settings
    as they were when the run was made. Both are empty in runs of older versions.
    """

    format: int
    seed: int
    grammar_digest: str
    problem_digest: str = ""
    made_with: str = ""
    versions: dict[str, str]
    settings: Settings


def read_manifest(directory: Path) -> Manifest:
    """What the run of a directory was started with. Raises StoreError if it holds no run."""
    path = directory / SETTINGS
    try:
        text = _read(path)
        if text is None:
            raise StoreError(f"{directory} holds no run: expected a file settings.toml in it")
        table = tomllib.loads(text)
        if table.get("format") != FORMAT:
            raise StoreError(_wrong_format(path, table))
        manifest = msgspec.convert(table, Manifest)
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        raise StoreError(f"{path} is damaged: {error}") from None
    except StoreError:
        raise
    except GegpError as error:
        raise StoreError(f"{path} is damaged: {error}") from None
    _check(path, manifest)
    return manifest


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write ``settings.toml`` whole."""
    text = tomli_w.dumps(_without_none(msgspec.to_builtins(manifest)))
    write_durably(directory / SETTINGS, text.encode())


def current_versions() -> dict[str, str]:
    """The versions of what a result may depend on."""
    packages = ("deap", "lark", "numpy")
    own = {"gegp": VERSION, "python": platform.python_version(), "platform": sys.platform}
    return own | {name: version(name) for name in packages}


def _read(path: Path) -> str | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if status.st_size > _LARGEST:
        raise ValueError(f"it has {status.st_size} bytes, more than settings ever have")
    return path.read_text(encoding="utf-8")


def _wrong_format(path: Path, table: Mapping[str, Any]) -> str:
    versions = table.get("versions")
    maker = versions.get("gegp", "?") if isinstance(versions, dict) else "?"
    return (
        f"{path}: format {table.get('format')!r}, this gegp reads {FORMAT}; "
        f"it was written by gegp {maker}"
    )


def _check(path: Path, manifest: Manifest) -> None:
    """Raise StoreError for what no run writes, and what would reach out of the problem."""
    settings = manifest.settings
    if not _ENTRY.fullmatch(settings.entry):
        raise StoreError(f"{path} is damaged: entry = {settings.entry!r} is no MODULE:CLASS")
    if manifest.seed < 0:
        raise StoreError(f"{path} is damaged: seed = {manifest.seed} is negative")
    if "\0" in settings.problem or not Path(settings.problem).is_absolute():
        raise StoreError(f"{path} is damaged: problem = {settings.problem!r} is no absolute path")


def _without_none(value: Any) -> Any:
    """TOML has no null: what is not set is not written."""
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    return value
