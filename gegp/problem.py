"""Problems: a directory with a ``problem.toml`` and, in Python, a way to score a program."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from gegp.checking import unknown_key, value_message
from gegp.errors import GegpError, ProblemError, SettingsError
from gegp.grammar.bindings import Bindings, checked_bindings
from gegp.grammar.messages import nearest
from gegp.grammar.model import Grammar
from gegp.grammar.reader import Reading, read_file
from gegp.rng import seed_for
from gegp.settings import Settings, resolve_settings


class Problem:
    """A problem with its grammar and settings, ready to score programs.

    ``entry`` is the object that does the scoring: an instance of the class that
    ``problem.toml`` names, made of the options, or the module ``problem.py`` itself. One that is
    given takes its place, in this process: workers load what the settings say.
    """

    def __init__(self, settings: Settings, entry: Any = None) -> None:
        self.settings = settings
        self.directory = Path(settings.problem)
        self.name = self.directory.name
        self.entry = entry or _load_entry(settings, self.directory)
        # A problem whose options decide what is measured says so itself.
        texts = getattr(self.entry, "objectives", None) or settings.objectives
        self._objectives = [_parse_objective(text, self.directory) for text in texts]
        if not callable(getattr(self.entry, "evaluate", None)):
            raise ProblemError(f"{self.directory}: expected a function evaluate(phenotype)")
        parameters = inspect.signature(self.entry.evaluate).parameters
        self._takes_seed = "seed" in parameters
        self._takes_scratch = "scratch" in parameters
        self._takes_cases = "cases" in parameters and settings.search.by_case
        self._key_of = self.hook("key")

    @cached_property
    def reading(self) -> Reading:
        """The grammar file with how it was read."""
        return read_file(
            self.settings.grammar, dialect=self.settings.dialect or None, bindings=self._bindings()
        )

    @property
    def grammar(self) -> Grammar:
        """The grammar of the programs."""
        return self.reading.grammar

    def _bindings(self) -> Bindings:
        """What the problem binds to names that its grammar leaves open."""
        bindings = getattr(self.entry, "bindings", {})
        try:
            bindings = bindings() if callable(bindings) else bindings
            return checked_bindings(bindings)
        except GegpError:
            raise
        except Exception as error:
            raise ProblemError(
                f"{self.directory}: bindings: expected whole numbers or lists of texts by name: "
                f"{error}"
            ) from error

    @cached_property
    def context(self) -> str:
        """A digest of all that an evaluation depends on beside the program and the seed.

        What the problem's ``context()`` returns, or its options where there is none; and in
        any case the Python files in its directory and the objectives.
        """
        hook = self.hook("context")
        own = hook() if hook else sorted(self.settings.options.items())
        parts = (own, self._objectives, self.settings.entry, *(["cases"] * self._takes_cases))
        digest = hashlib.sha256(repr(parts).encode())
        for file in sorted(self.directory.rglob("*.py")):
            digest.update(file.relative_to(self.directory).as_posix().encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()[:32]

    @property
    def objective_names(self) -> tuple[str, ...]:
        """The names of the objectives, in order."""
        return tuple(name for name, _ in self._objectives)

    @property
    def weights(self) -> tuple[float, ...]:
        """For each objective 1.0 to maximise and -1.0 to minimise it."""
        return tuple(weight for _, weight in self._objectives)

    def evaluate(self, phenotype: str, seed: int) -> Any:
        """The problem's own result for a program; raises whatever the problem raises."""
        arguments: dict[str, Any] = {"seed": seed} if self._takes_seed else {}
        if self._takes_scratch and self.settings.scratch:
            arguments["scratch"] = Path(self.settings.scratch)
        if self._takes_cases:
            arguments["cases"] = True
        return self.entry.evaluate(phenotype, **arguments)

    def key(self, phenotype: str) -> str:
        """Identifies a candidate: programs with equal keys are evaluated once.

        A digest of the problem's ``key(phenotype)``, or of the phenotype where there
        is none, or where it fails: then the evaluation says what is wrong.
        """
        key = self.own_key(phenotype)
        return hashlib.sha256(repr(key).encode(errors="replace")).hexdigest()[:32]

    def own_key(self, phenotype: str) -> Any:
        """The problem's ``key(phenotype)``, or the phenotype."""
        if self._key_of:
            try:
                return self._key_of(phenotype)
            except Exception:
                return phenotype
        return phenotype

    def evaluation_seed(self, seed: int, key: str) -> int:
        """The seed of a candidate's evaluation; with common seeding the same for all of a run.

        It is 0 where an evaluation takes no seed: then runs with different seeds share a cache.
        """
        if not self._takes_seed:
            return 0
        return seed if self.settings.seeding == "common" else seed_for(seed, key)

    def hook(self, name: str) -> Callable[..., Any] | None:
        """An optional function of the problem, such as ``key`` or ``export``."""
        function = getattr(self.entry, name, None)
        return function if callable(function) else None


def load_problem(
    path: str | Path,
    *,
    profile: str = "",
    grammar: str | Path | None = None,
    dialect: str = "",
    assignments: Sequence[str] = (),
) -> Problem:
    """The problem in a directory, or the shipped or published one of that name.

    ``assignments`` are texts such as ``"options.epochs=20"``. Raises ProblemError,
    SettingsError or GrammarError, which all say what to change.
    """
    settings = resolve_settings(
        find_problem(path),
        profile=profile,
        grammar=grammar,
        dialect=dialect,
        assignments=assignments,
    )
    return Problem(settings)


def find_problem(path: str | Path) -> Path:
    """The directory of a problem, by path, or by name among those that :func:`problems` lists."""
    directory = Path(path)
    if (directory / "problem.toml").is_file():
        return directory.resolve()
    known = problems()
    if str(path) in known:
        return known[str(path)]
    if directory.is_dir():
        raise ProblemError(f"{directory}: expected a file problem.toml in this directory")
    near = nearest(directory.name, known)
    hint = f"did you mean {near!r}?" if near else f"known by name: {', '.join(sorted(known))}"
    raise ProblemError(f"{path}: there is no such problem directory; {hint}")


def problems() -> dict[str, Path]:
    """The problems known by name: shipped ones, and packages' in group ``gegp.problems``."""
    found: dict[str, Path] = {}
    for point in entry_points(group="gegp.problems"):
        spec = importlib.util.find_spec(point.value)
        for location in (spec.submodule_search_locations or []) if spec else []:
            found[point.name] = Path(location)
    package = Path(__file__).parent
    # In an installation the problems lie inside the package, in a checkout beside it.
    for root in (package.parent / "problems", package / "problems"):
        for file in sorted(root.glob("*/problem.toml")):
            found[file.parent.name] = file.parent
    return found


def _parse_objective(text: str, directory: Path) -> tuple[str, float]:
    found = re.fullmatch(r"(max|min)\s+(\w+)", text.strip())
    if not found:
        raise ProblemError(
            f"{directory / 'problem.toml'}: objective {text!r}: expected 'max NAME' or 'min NAME'"
        )
    return found[2], 1.0 if found[1] == "max" else -1.0


def _load_entry(settings: Settings, directory: Path) -> Any:
    module_name, _, class_name = (settings.entry or "problem").partition(":")
    module = _import_module(directory, module_name)
    if not class_name:
        for key in settings.options:
            raise unknown_key(key, (), "option", str(directory / "problem.toml"))
        return module
    entry = getattr(module, class_name, None)
    if not isinstance(entry, type):
        raise ProblemError(f"{directory / 'problem.toml'}: entry: {settings.entry!r} is no class")
    return _make_entry(entry, settings, directory)


def _make_entry(entry: type, settings: Settings, directory: Path) -> Any:
    """An instance of the entry class made of the options, checked against its fields."""
    if not dataclasses.is_dataclass(entry):
        raise ProblemError(
            f"{directory}: expected {entry.__name__} to be a dataclass of its options"
        )
    known = [field.name for field in dataclasses.fields(entry)]
    for key in settings.options:
        if key not in known:
            raise unknown_key(key, known, "option", f"options of {directory.name}")
    try:
        return msgspec.convert(settings.options, entry)
    except msgspec.ValidationError as error:
        raise SettingsError(value_message("options", settings.options, error)) from None


def _import_module(directory: Path, name: str) -> ModuleType:
    """A module of a problem's directory, which is imported as a package of its own.

    The package's name is made from the path: two problems may both have a
    ``problem.py``, ``from . import network`` works, and ``sys.path`` stays as it is.
    """
    place = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
    package_name = f"gegp_problem_{re.sub(r'[^0-9A-Za-z]', '_', directory.name)}_{place}"
    if package_name not in sys.modules:
        package = ModuleType(package_name)
        package.__path__ = [str(directory)]
        sys.modules[package_name] = package
    if importlib.util.find_spec(f"{package_name}.{name}") is None:
        raise ProblemError(f"{directory / (name + '.py')}: there is no such file")
    try:
        return importlib.import_module(f"{package_name}.{name}")
    except GegpError:
        raise
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(directory)
        if isinstance(error, SyntaxError):
            place = f"{error.filename}:{error.lineno}"
        message = f"{place}: the problem does not import: {type(error).__name__}: {error}"
        raise ProblemError(message) from error


@lru_cache(maxsize=4)
def problem_from_json(settings: bytes) -> Problem:
    """The problem of encoded settings: what a worker is sent, loaded once a process."""
    return Problem(msgspec.json.decode(settings, type=Settings))
