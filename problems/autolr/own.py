"""What users bring along: a file, or a function in a module."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gegp.errors import GegpError, SettingsError
from gegp.grammar.messages import nearest


def require_own(option: str, reference: str, suffix: str, shipped: tuple[str, ...] = ()) -> None:
    """Raise SettingsError if a reference is neither a file nor MODULE:FUNCTION.

    Imports nothing of the user's: whether the function exists shows when it is called.
    """
    module, colon, function = reference.partition(":")
    known = "".join(f"{name}, " for name in shipped)
    if not colon and not reference.endswith(suffix):
        raise SettingsError(
            f"options.{option} = {reference!r}: expected {known}a file FILE{suffix}, or "
            "MODULE:FUNCTION such as train.py:build"
        )
    if colon and not function.isidentifier():
        raise SettingsError(
            f"options.{option} = {reference!r}: expected the name of a function after the colon"
        )
    file = module if colon else reference
    if (not colon or module.endswith(".py")) and not Path(file).expanduser().is_file():
        raise SettingsError(
            f"options.{option} = {reference!r}: there is no file {Path(file).expanduser()} "
            f"(looked for from {Path.cwd()})"
        )


def own_function(option: str, reference: str) -> Callable[..., Any]:
    """The function (or class) that MODULE:FUNCTION names.

    MODULE is a path that ends in .py, or the name of a module that is installed or in the
    working directory. What stands beside a file can be imported by it, as when Python
    runs it. Raises GegpError.
    """
    module_name, _, name = reference.partition(":")
    try:
        module = _module(module_name)
    except Exception as error:
        raise GegpError(
            f"options.{option}: {module_name} does not import: {type(error).__name__}: {error}"
        ) from error
    found = getattr(module, name, None)
    if not callable(found):
        near = nearest(name, [one for one, value in vars(module).items() if callable(value)])
        hint = f"; did you mean {near!r}?" if near else ""
        raise GegpError(f"options.{option}: {module_name} has no function {name!r}{hint}")
    function: Callable[..., Any] = found
    return function


def digest(reference: str) -> str:
    """Of the contents of the file that a reference names; empty for an installed module."""
    file = Path(reference.partition(":")[0]).expanduser()
    return hashlib.sha256(file.read_bytes()).hexdigest()[:32] if file.is_file() else ""


def _module(name: str) -> Any:
    if not name.endswith(".py"):
        with _first_in_path(str(Path.cwd())):
            return importlib.import_module(name)
    path = Path(name).expanduser().resolve()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _first_in_path(str(path.parent)):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _first_in_path(directory: str) -> Iterator[None]:
    sys.path.insert(0, directory)
    try:
        yield
    finally:
        sys.path.remove(directory)
