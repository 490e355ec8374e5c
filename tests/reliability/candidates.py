"""Candidates that do their worst, and the status that each of them is promised.

A program is the name of what it does. Beside them are innocent ones, ``innocent N`` and, of 0.3 s,
``slow N``: their value is N if nothing of what the others did is left.
"""

CODE = """\
import ctypes, math, os, pathlib, re, signal, sys, threading, time

HOME, VARIABLES = os.getcwd(), set(os.environ)
BEGUN = os.environ.get("BEGUN")
KILLED = pathlib.Path(__file__).with_name("killed")

class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")

class Locked(Exception):
    def __init__(self):
        self.lock = threading.Lock()

def endless(depth):
    return endless(depth + 1)

def kill(number):
    os.kill(os.getpid(), number)
    time.sleep(60)

def kill_once(number):
    if KILLED.exists():
        return 1.0
    KILLED.touch()
    kill(number)

def killed():
    worker = os.getpid()
    if os.fork() == 0:
        time.sleep(0.1)
        os.kill(worker, signal.SIGKILL)
        os._exit(0)
    time.sleep(60)

def loop():
    while True:
        pass

def forever(number):
    signal.signal(number, signal.SIG_IGN)
    loop()

def array():
    import numpy
    return numpy.zeros(3)

def stay():
    if os.fork() == 0:
        time.sleep(300)
        os._exit(0)
    return 1.0

def both():
    os.fork()
    return 1.0

def thread():
    threading.Thread(target=time.sleep, args=(300,)).start()
    return 1.0

def fail(error):
    raise error

def after(value, *_):
    return value

TABLE = {
    "raise": lambda: fail(ValueError("no")),
    "SystemExit": lambda: sys.exit(1),
    "GeneratorExit": lambda: fail(GeneratorExit()),
    "recursion": lambda: endless(0),
    "raise MemoryError": lambda: fail(MemoryError()),
    "unpicklable exception": lambda: fail(Locked()),
    "huge output": lambda: after(1.0, print("x" * 5_000_000)),
    "unpicklable value": lambda: threading.Lock(),
    "unpicklable extra": lambda: {"length": 1.0, "extra": threading.Lock()},
    "NaN": lambda: math.nan,
    "infinity": lambda: -math.inf,
    "complex": lambda: 1j,
    "None": lambda: None,
    "text": lambda: "1.0",
    "empty": lambda: (),
    "two values": lambda: (1.0, 2.0),
    "another name": lambda: {"width": 1.0},
    "array": array,
    "huge number": lambda: 10**400,
    "KeyboardInterrupt": lambda: fail(KeyboardInterrupt()),
    "exception without text": lambda: fail(Silent()),
    "exit": lambda: os._exit(7),
    "exit with 0": lambda: os._exit(0),
    "SIGKILL": lambda: kill(signal.SIGKILL),
    "SIGKILL the first time": lambda: kill_once(signal.SIGKILL),
    "SIGKILL by another process": killed,
    "SIGSEGV": lambda: kill(signal.SIGSEGV),
    "SIGTERM": lambda: kill(signal.SIGTERM),
    "SIGHUP": lambda: kill(signal.SIGHUP),
    "null pointer": lambda: ctypes.string_at(0),
    "closes all files": lambda: os.closerange(3, 1000),
    "infinite loop": loop,
    "stops itself": lambda: kill(signal.SIGSTOP),
    "holds the interpreter": lambda: re.match("(a+)+b", "a" * 40),
    "ignores SIGTERM": lambda: forever(signal.SIGTERM),
    "3 GiB": lambda: len(bytearray(3 << 30)),
    "closes its output": lambda: after(1.0, sys.stdout.close(), sys.stderr.close()),
    "closes its output's file": lambda: after(1.0, os.close(1), os.close(2)),
    "loses its output": lambda: after(1.0, setattr(sys, "stdout", None)),
    "child that stays": stay,
    "fork that returns": both,
    "thread that stays": thread,
    "another directory": lambda: after(1.0, os.chdir("/")),
    "no environment": lambda: after(1.0, os.environ.clear()),
}

def evaluate(phenotype):
    if BEGUN:
        with open(BEGUN, "a") as file:
            file.write(f"{time.monotonic()} {phenotype}\\n")
    if phenotype in TABLE:
        return TABLE[phenotype]()
    print(phenotype)
    assert os.getcwd() == HOME
    assert VARIABLES <= set(os.environ)
    bytearray(100 << 20)
    if phenotype.startswith("slow"):
        time.sleep(0.3)
    return float(phenotype.split()[1])
"""

# What a process survives, so that it can be the process of the run itself.
HARMLESS = {
    "exception without text": "error",
    "raise": "error",
    "SystemExit": "error",
    "GeneratorExit": "error",
    "recursion": "error",
    "raise MemoryError": "memory",
    "unpicklable exception": "error",
    "huge output": "ok",
    "unpicklable value": "invalid",
    "unpicklable extra": "ok",
    "NaN": "invalid",
    "infinity": "invalid",
    "complex": "invalid",
    "None": "invalid",
    "text": "invalid",
    "empty": "invalid",
    "two values": "invalid",
    "another name": "invalid",
    "array": "invalid",
    "huge number": "invalid",
}
# What costs a process, or would cost one that is no worker.
HARMFUL = {
    "KeyboardInterrupt": "error",
    "exit": "crashed",
    "exit with 0": "crashed",
    "SIGKILL": "crashed",
    "SIGKILL the first time": "ok",
    "SIGKILL by another process": "crashed",
    "SIGSEGV": "crashed",
    "SIGTERM": "crashed",
    "SIGHUP": "crashed",
    "null pointer": "crashed",
    "closes all files": "crashed",
    "infinite loop": "timeout",
    "stops itself": "timeout",
    "holds the interpreter": "timeout",
    "ignores SIGTERM": "timeout",
    "3 GiB": "memory",
    "closes its output": "ok",
    "closes its output's file": "ok",
    "loses its output": "ok",
    "child that stays": "ok",
    "fork that returns": "ok",
    "thread that stays": "ok",
    "another directory": "ok",
    "no environment": "ok",
}
