"""What runs in a worker process: it loads the problem once, then evaluates what it is sent.

The process leads a session of its own (its parent sees to that) and dies with its parent.
Whatever a candidate does short of killing the process becomes an outcome.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress

from gegp.engines.messages import Done, Inbox, Message, Ready, Refused, Start, Work, pack
from gegp.engines.surroundings import Surroundings
from gegp.errors import GegpError, SettingsError
from gegp.outcome import Outcome, attempt, failure
from gegp.problem import Problem, problem_from_json

_PR_SET_PDEATHSIG = 1
_MIB = 2**20


def main() -> None:
    """Work until the parent hangs up. The arguments are the channel's descriptor and the parent."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    _prepare_process(int(sys.argv[2]))
    # A process that a candidate forks must neither keep the channel open nor answer on it.
    os.register_at_fork(after_in_child=channel.close)
    messages = _receive(channel)
    start = next(messages, None)
    if not isinstance(start, Start):
        return
    problem = _load(start)
    if isinstance(problem, Refused):
        channel.sendall(pack(problem))
        return
    surroundings = Surroundings()
    channel.sendall(pack(Ready()))
    for message in messages:
        for phenotype, seed in message.tasks if isinstance(message, Work) else ():
            outcome = _evaluate(problem, phenotype, seed)
            surroundings.restore()
            try:
                channel.sendall(_pack_outcome(outcome))
            except OSError:  # a forked child, or a candidate that has closed the channel
                os._exit(1)


def _prepare_process(parent: int) -> None:
    """Death with the parent, no core files, a trace in the log of what kills the process.

    No signal is blocked, whatever the parent has blocked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable(file=os.dup(2))


def _receive(channel: socket.socket) -> Iterator[Message]:
    """The messages of the parent, until it hangs up."""
    inbox = Inbox()
    with suppress(ConnectionError):
        while data := channel.recv(65536):
            yield from inbox.feed(data)


def _load(start: Start) -> Problem | Refused:
    """The problem, made ready for its first candidate; a refusal if that cannot be."""
    try:
        problem = problem_from_json(start.settings)
        _prepare_problem(problem)
        if start.memory_limit is not None:
            _limit_memory(start.memory_limit)
        return problem
    except GegpError as error:
        return Refused(type(error).__name__, str(error))
    except BaseException as error:
        traceback.print_exc()
        return Refused("", f"{type(error).__name__}: {error}")


def _prepare_problem(problem: Problem) -> None:
    """Call the problem's ``prepare()``, if it has one. If it fails, evaluations will too."""
    hook = problem.hook("prepare")
    if hook:
        try:
            hook()
        except Exception:
            traceback.print_exc()


def _limit_memory(limit: int) -> None:
    """Limit the address space of this process, in MiB, from here on."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize() // _MIB
        if taken >= limit:
            raise SettingsError(
                f"search.memory_limit = {limit}: a worker process has {taken} MiB of address space "
                "before its first candidate; expected more than that, or no limit"
            )
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = limit * _MIB if hard == resource.RLIM_INFINITY else min(limit * _MIB, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def _evaluate(problem: Problem, phenotype: str, seed: int) -> Outcome:
    """The outcome of a program, even of one that raises KeyboardInterrupt."""
    try:
        return attempt(problem, phenotype, seed)
    except BaseException as error:
        return failure("error", f"{type(error).__name__} was raised")


def _pack_outcome(outcome: Outcome) -> bytes:
    """The frame of an outcome; what no frame can hold is the candidate's error."""
    try:
        return pack(Done(outcome))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        reason = failure("error", f"the result cannot be sent: {error}", outcome.seconds)
        return pack(Done(reason))
