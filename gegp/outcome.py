"""What became of one evaluation, and the attempt that finds out."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from gegp.errors import GegpError, InvalidProgram

Status = Literal["ok", "error", "timeout", "crashed", "memory", "invalid"]

_LONGEST_DETAIL = 2000


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The result of evaluating a candidate: a value that any engine can send.

    ``values`` are the objectives in the problem's order and as the problem states
    them; they are there only if the status is ``ok``. ``cases`` are errors by
    case, if the problem gives them. ``extra`` holds whatever else it returned.
    ``detail`` says why there is no value; ``setup`` that it is not the candidate's fault,
    but lies in what the user gave: data, options, a file.
    """

    status: Status
    values: tuple[float, ...] = ()
    cases: tuple[float, ...] = ()
    seconds: float = 0.0
    detail: str = ""
    extra: dict[str, Any] = {}
    setup: bool = False

    @property
    def ok(self) -> bool:
        """Whether the candidate has a fitness."""
        return self.status == "ok"


class Evaluable(Protocol):
    """The part of a problem that an evaluation needs."""

    @property
    def objective_names(self) -> tuple[str, ...]:
        """The names of the objectives."""

    def evaluate(self, phenotype: str, seed: int) -> Any:
        """The problem's own result."""


def attempt(problem: Evaluable, phenotype: str, seed: int) -> Outcome:
    """Evaluate one candidate, whatever it does short of killing the process.

    Only an interruption by the user passes; everything else that is raised
    becomes an outcome.
    """
    start = time.perf_counter()
    try:
        outcome = _read_result(problem.evaluate(phenotype, seed), problem.objective_names)
    except InvalidProgram as error:
        outcome = failure("invalid", _text(error))
    except GegpError as error:  # it says itself what is wrong, and where
        outcome = msgspec.structs.replace(failure("error", _text(error)), setup=True)
    except MemoryError as error:
        outcome = failure("memory", _text(error) or "out of memory")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a candidate must not end the run
        outcome = failure("error", _describe(error))
    return msgspec.structs.replace(outcome, seconds=round(time.perf_counter() - start, 6))


def failure(status: Status, detail: str, seconds: float = 0.0) -> Outcome:
    """The outcome of a candidate without fitness."""
    readable = detail[:_LONGEST_DETAIL].encode(errors="replace").decode()
    return Outcome(status, detail=readable, seconds=seconds)


def _describe(error: BaseException) -> str:
    """The error in a line, with the last place in the problem's code that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {_text(error)}{place}"


def _text(error: BaseException) -> str:
    """What an error says; some cannot even say that."""
    try:
        return str(error)
    except Exception:
        return "it has no text"


def _read_result(result: Any, objectives: Sequence[str]) -> Outcome:
    """The outcome that a problem's return value stands for."""
    cases: tuple[float, ...] = ()
    extra: dict[str, Any] = {}
    if isinstance(result, Mapping):
        missing = [name for name in objectives if name not in result]
        if missing:
            return failure("invalid", f"the result lacks the objective {missing[0]!r}")
        values = [result[name] for name in objectives]
        errors = tuple(result.get("cases", ()))
        wrong = next((i for i, error in enumerate(errors) if not is_fitness(error)), None)
        if wrong is not None:
            return failure(
                "invalid",
                f"cases[{wrong}] is {errors[wrong]!r}: expected a finite number below 1e30 in size",
            )
        cases = tuple(map(float, errors))
        extra = {
            name: _plain(value)
            for name, value in result.items()
            if name not in objectives and name != "cases"
        }
    elif isinstance(result, Sequence) and not isinstance(result, str):
        values = list(result)
    else:
        values = [result]
    if len(values) != len(objectives):
        return failure(
            "invalid",
            f"expected {len(objectives)} values ({', '.join(objectives)}), got {values!r}",
        )
    for name, value in zip(objectives, values, strict=True):
        if not is_fitness(value):
            return failure(
                "invalid", f"{name} is {value!r}: expected a finite number below 1e30 in size"
            )
    return Outcome("ok", tuple(float(value) for value in values), cases, extra=extra)


def is_fitness(value: Any) -> bool:
    """Whether a value is a number that can be compared, and not as large as that of a failure."""
    try:
        return not isinstance(value, str | complex) and abs(float(value)) < 1e30
    except (TypeError, ValueError, OverflowError):
        return False


def _plain(value: Any) -> Any:
    """A value as JSON holds it: numpy's numbers as Python's.

    What JSON cannot hold is text: numbers that are not finite or too large, and others.
    """
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return str(value)
    if isinstance(value, bool | int | str) or value is None:
        return value
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return str(value)
