"""Ending the process, or refusing to end: exits, crashes, interrupts, and what runs at the end."""

import pytest

from .attack import Attack

pytestmark = pytest.mark.slow


def _cell(name, source, status="", **options):
    """An attack of the first solution cell, before it defines its function or behind."""
    due = {"score": 92.0, "status": {"rnn_cell_forward": status}} if status else {}
    return Attack(name, "the batch", cells={"rnn_cell_forward": source}, **due | options)


def _call(name, body, status):
    """An attack in the function itself; with a stand-in for it the others keep their points."""
    source = f"\ndef rnn_cell_forward(*arguments):\n    {body}"
    return _cell(name, source, status)


SWALLOWED = """
    $solution


    import time

    while True:
        try:
            time.sleep(60)
        except BaseException as error:
            print(error)
"""
MASKED = """
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.alarm(0)
    while True:
        pass
"""
LATER = """
    $solution


    import atexit
    import sys
    import threading
    import time
    import weakref


    class Last:
        def __del__(self):
            time.sleep(600)


    last = [Last() for _ in range(10)]
    atexit.register(time.sleep, 600)
    finalizer = weakref.finalize(last[0], time.sleep, 600)
    for _ in range(8):
        threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
    sys.unraisablehook = sys.excepthook = threading.excepthook = lambda *a: time.sleep(600)
"""
DAEMON = """
    $solution


    import os

    for _ in range(2):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("sleep", ["sleep", "60"])
            os._exit(0)
"""
HANDLERS = """
    $solution


    import signal


    def ignore(number, frame):
        print("no")


    for number in range(1, 65):
        try:
            signal.signal(number, ignore)
        except (OSError, ValueError):
            pass
    signal.raise_signal = signal.setitimer = signal.signal = lambda *a: None
"""
CLOSED = """
    $solution


    import os
    import sys

    sys.stdout = sys.stderr = sys.__stdout__ = None
    for fd in (0, 1, 2):
        os.close(fd)
"""
ATTACKS = [
    _cell("exit-of-the-shell", "$solution\n\n\nexit()\nquit()"),
    _cell("exit-of-python", "$solution\n\n\nimport sys\n\nsys.exit(0)"),
    _cell("exit-at-once", "import os\n\nos._exit(0)\n\n\n$solution", "ended the process"),
    _cell("abort", "import os\n\nos.abort()\n\n\n$solution", "ended the process"),
    _cell("crash", "import ctypes\n\nctypes.string_at(0)", "ended the process"),
    _cell("a-signal-to-itself", "$solution\n\n\nimport os\n\nos.kill(os.getpid(), 9)"),
    _cell(
        "a-late-exit",
        """
            import faulthandler
            import time

            faulthandler.dump_traceback_later(0.2, exit=True, file=open("trace", "w"))
            time.sleep(2)
        """,
        "ended the process",
    ),
    _cell(
        "deep-recursion",
        """
            import sys

            sys.setrecursionlimit(10**9)


            def deeper():
                return [*map(lambda _: deeper(), [0])]


            deeper()
        """,
        "ended the process",
    ),
    _call("exit-in-a-function", "raise SystemExit", "raised"),
    _call("interrupt-in-a-function", "raise KeyboardInterrupt", "raised"),
    _call("death-in-a-function", "import os; os._exit(0)", "ended the process"),
    _call("recursion-in-a-function", "return rnn_cell_forward(*arguments)", "raised"),
    _call("endless-in-a-function", "while True: pass", "timed out"),
    _cell("interrupts-swallowed", SWALLOWED, "timed out", score=92.0),
    _cell("interrupts-masked", MASKED, "timed out"),
    _cell("work-left-for-the-end", LATER),
    _cell("handlers-for-all-signals", HANDLERS),
    _cell("daemons", DAEMON),
    _cell("no-standard-files", CLOSED),
]


def test_an_end_costs_the_cell_that_brings_it_about(attack, batch):
    """The other functions are graded as if it had not been there."""
    batch.check(attack)
