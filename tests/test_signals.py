"""Signals that are held back are heard afterwards."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from gegp.signals import held


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_heard_when_the_block_has_ended(number):
    code = (
        "import os, signal\n"
        "from gegp.signals import held\n"
        "def end(number, frame): print('heard'); os._exit(7)\n"
        f"signal.signal({int(number)}, end)\n"
        "with held():\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    print('done', flush=True)\n"
        "print('never')\n"
    )
    done = subprocess.run(
        [sys.executable, "-uc", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (7, ["done", "heard"])


def test_a_second_one_ends_the_process_at_once():
    code = (
        "import os, signal\n"
        "from gegp.signals import held\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "with held():\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    print('once', flush=True)\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        "    print('twice', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, "once\n")


@pytest.fixture
def interruptible():
    """SIGINT interrupts; where tests run in the background it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_handlers_are_as_before(interruptible):
    with held():
        assert signal.getsignal(signal.SIGINT) is not interruptible
    assert signal.getsignal(signal.SIGINT) is interruptible
    with pytest.raises(KeyboardInterrupt), held():
        os.kill(os.getpid(), signal.SIGINT)


def test_what_is_ignored_stays_ignored(interruptible):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with held():
        os.kill(os.getpid(), signal.SIGINT)


def test_another_thread_holds_nothing():
    found = []

    def work():
        with held():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
