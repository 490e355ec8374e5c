"""Everything that gegp raises on purpose.

GegpError                 base of all; a message for a person, never a traceback
├── InputError            what the user gave cannot be used (exit status 2)
│   ├── GrammarError      a grammar file, with the place of each defect
│   ├── SettingsError     a setting, an option or a profile
│   ├── ProblemError      a problem directory that cannot be loaded
│   └── MissingPackage    an optional package that this needs, and the extra that brings it
├── StoreError            a run directory that cannot be read or written (exit status 2)
├── LockedError           a run directory that another process is using (exit status 3)
├── RunFailed             a run that cannot go on (exit status 1)
└── InvalidProgram        raised by a problem: this candidate has no fitness, and why
"""

from __future__ import annotations


class GegpError(Exception):
    """Base class of the errors that gegp raises on purpose."""

    exit_status = 1


class InputError(GegpError):
    """What the user gave cannot be used; the message says where, why and what to do."""

    exit_status = 2


class GrammarError(InputError):
    """A grammar cannot be read; the message holds file, line, column, a caret and a hint."""


class SettingsError(InputError):
    """A setting, an option or a profile is unknown or has an impossible value."""


class ProblemError(InputError):
    """A problem directory is missing, incomplete or does not import."""


class MissingPackage(InputError):
    """An optional package is not installed; the message names the extra that brings it."""


class StoreError(GegpError):
    """A run directory cannot be read or written."""

    exit_status = 2


class LockedError(GegpError):
    """Another process is using the run directory."""

    exit_status = 3


class RunFailed(GegpError):
    """A run cannot go on, because no candidate of its first generation could be evaluated."""


class InvalidProgram(GegpError):
    """Raised by a problem's ``evaluate``: the candidate runs, but has no fitness.

    The candidate gets the outcome ``invalid``, with the message as its reason.
    """


def error_named(name: str) -> type[GegpError] | None:
    """The error of this name, for one that another process has raised; None if there is none."""
    found = globals().get(name)
    return found if isinstance(found, type) and issubclass(found, GegpError) else None
