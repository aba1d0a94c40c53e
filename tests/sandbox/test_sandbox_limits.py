"""sandbox/sandbox: each limit is crossed by a cell, which pays for it alone."""

import time
from textwrap import indent

import pytest

from rnn_course.sandbox.answer import question
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.outputs import Outcome
from rnn_course.sandbox.run import Cell
from rnn_course.sandbox.wire import decode

LIMITS = Limits(cell_seconds=1.0, memory_mib=512, disk_mib=4, threads=4, cell_output_kib=50)
SWALLOW = """
def work():
    while True:
        try:
            for _ in range(1000): pass
        except BaseException: pass
def wait():
    while True:
        try: work()
        except BaseException: pass
wait()
"""
ENDS = "import os\nfor d in range(3, 64):\n    try: os.write(d, {!r})\n    except OSError: pass"
CROSSING = {
    "endless": ("while True: pass", Outcome.TIMED_OUT),
    "asleep": ("import time\ntime.sleep(60)", Outcome.TIMED_OUT),
    "swallows Exception": (
        "while True:\n    try: pass\n    except Exception: pass",
        Outcome.TIMED_OUT,
    ),
    "swallows everything": (SWALLOW, Outcome.TIMED_OUT),
    "takes the clock away": (
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass",
        Outcome.TIMED_OUT,
    ),
    "takes the handler away": (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
        Outcome.TIMED_OUT,
    ),
    "waits in C": ("import re\nre.match('(a*)*b', 'a' * 40)", Outcome.TIMED_OUT),
    "waits for a lock": (
        "import _thread\nl = _thread.allocate_lock()\nl.acquire(); l.acquire()",
        Outcome.TIMED_OUT,
    ),
    "a long list": ("x = [0] * 10**9", Outcome.OUT_OF_MEMORY),
    "a large array": ("import numpy\nnumpy.ones((10**5, 10**5))", Outcome.OUT_OF_MEMORY),
    "a growing list": ("x = []\nwhile True: x.append(bytes(10**6))", Outcome.OUT_OF_MEMORY),
    "output": ("while True: print('x' * 1000)", Outcome.TOO_MUCH_OUTPUT),
    "files": (
        "for k in range(10**5):\n    with open(str(k), 'wb') as f: f.write(bytes(10**5))",
        Outcome.TOO_MUCH_ON_DISK,
    ),
    "folders": ("import os\nfor k in range(10**6): os.mkdir(str(k))", Outcome.TOO_MUCH_ON_DISK),
    "a million displays": ("for k in range(10**6): display(k)", Outcome.TOO_MUCH_OUTPUT),
    "a deep folder": (
        "import os, time\nfor k in range(1100): os.mkdir('a'); os.chdir('a')\ntime.sleep(60)",
        Outcome.TOO_MUCH_ON_DISK,
    ),
    "a long path": (
        "import os, time\nfor k in range(30): os.mkdir('a' * 200); os.chdir('a' * 200)\n"
        "time.sleep(60)",
        Outcome.TOO_MUCH_ON_DISK,
    ),
    "threads": (
        "import threading, time\n"
        "for k in range(9): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "time.sleep(60)",
        Outcome.TOO_MANY_THREADS,
    ),
    "os._exit": ("import os\nos._exit(0)", Outcome.ENDED),
    "os._exit as a locked-out child did": ("import os\nos._exit(97)", Outcome.ENDED),
    "os.abort": ("import os\nos.abort()", Outcome.ENDED),
    "segfault": ("import ctypes\nctypes.string_at(0)", Outcome.ENDED),
    "closes everything": ("import os\nos.closerange(0, 1000)", Outcome.ENDED),
    "writes no frame": (ENDS.format(b"\0\0\0\5hello"), Outcome.UNREADABLE),
    "writes no output": (ENDS.format(b"\0\0\0\2{}"), Outcome.UNREADABLE),
    "floods": ("while True:\n" + indent(ENDS.format(b"x" * 5000), " "), Outcome.TOO_MUCH_OUTPUT),
}
FINE = {
    "some memory": "x = bytes(100 * 2**20)\nlen(x)",
    "a file": "with open('f', 'wb') as f: f.write(bytes(900_000))",
    "some threads": "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
    "a recursion": "def f(): return f()\ntry: f()\nexcept RecursionError: print('deep')",
    "a swallowed error": "try: 1 / 0\nexcept BaseException: pass",
    "a too large file": "try: open('f', 'wb').write(bytes(2**21))\nexcept OSError: print('no')",
}


@pytest.mark.parametrize("name", CROSSING)
def test_a_limit_costs_the_cell_that_crosses_it(sandbox, name):
    """Cells behind it run, with what was made before; the functions are asked."""
    source, outcome = CROSSING[name]
    cells = [
        Cell("import numpy as np\nmade = 41\ndef f(x): return x + made"),
        Cell(source),
        Cell("print(made + 1)"),
        Cell("", question("f", [(1.0,)])),
    ]
    before, crossing, behind, asked = sandbox.run(cells, LIMITS)
    assert before.outcome is None
    assert crossing.outcome is outcome, crossing
    assert crossing.outputs[-1].output_type == "error"
    assert behind.outputs[0].text == "42\n"
    assert asked.outcome is None
    (call,) = decode(asked.answer)["own"]
    assert "result" in call or "raised" in call


@pytest.mark.parametrize("name", FINE)
def test_what_keeps_to_the_limits_is_no_outcome(sandbox, name):
    """The limits are not so narrow that honest cells meet them."""
    (cell,) = sandbox.run([Cell(FINE[name])], LIMITS)
    assert cell.outcome is None
    assert not any(output.output_type == "error" for output in cell.outputs)


def test_several_cells_may_cross_limits(sandbox):
    """Each is left out by the children behind it."""
    crossing = ["import os; os._exit(0)", "import os; os.abort()", "import ctypes"]
    cells = [Cell("x = [1]"), *map(Cell, crossing), Cell("x.append(2); print(x)")]
    first, second, third, fourth, last = sandbox.run(cells, LIMITS)
    outcomes = [first.outcome, second.outcome, third.outcome, fourth.outcome]
    assert outcomes == [None, Outcome.ENDED, Outcome.ENDED, None]
    assert last.outputs[0].text == "[1, 2]\n"


def test_questions_are_not_asked_twice(sandbox):
    """What was answered before a child ended stays, although its cells run again."""
    source = "calls = []\ndef f(x):\n    calls.append(x)\n    return float(len(calls))"
    ask = Cell("", question("f", [(1.0,)]))
    cells = [Cell(source), ask, Cell("import os; os._exit(0)"), Cell("print(len(calls))"), ask]
    _, first, _, count, second = sandbox.run(cells, LIMITS)
    assert first.answer is not None
    assert second.answer is not None
    assert count.outputs[0].text == "0\n"


def test_a_function_that_ends_its_process_when_it_is_asked_pays_alone(sandbox):
    """The function behind it is asked all the same."""
    source = "import os\ndef f(x): os._exit(0)\ndef g(x): return x"
    asks = [Cell("", question(name, [(1.0,)])) for name in "fg"]
    _, f, g = sandbox.run([Cell(source), *asks], LIMITS)
    assert (f.outcome, f.answer) == (Outcome.ENDED, None)
    assert (g.outcome, g.answer is None) == (None, False)


def test_an_answer_has_its_limit(sandbox):
    """More numbers than any right result has."""
    source = "import numpy as np\ndef f(x): return np.random.rand(1000)"
    asked = Cell("", question("f", [(1.0,)]))
    small, large = (
        sandbox.run([Cell(source), asked], Limits(answer_kib=size))[1] for size in (1, 1000)
    )
    assert (small.outcome, small.answer) == (Outcome.TOO_MUCH_OUTPUT, None)
    assert large.answer


def test_the_time_of_a_submission_ends_all_of_it(sandbox):
    """However many cells wait as long as each may."""
    start = time.monotonic()
    cells = [Cell("print(1)"), *[Cell("import time\ntime.sleep(0.8)")] * 50]
    runs = sandbox.run(cells, Limits(cell_seconds=10, submission_seconds=1.5))
    assert time.monotonic() - start < 20
    assert len(runs) == 51
    assert runs[0].outcome is None
    assert runs[-1].outcome is Outcome.TIMED_OUT


def test_children_that_end_again_and_again_end_with_the_submissions_time(sandbox):
    """Each costs a start; the time for all of them is one."""
    start = time.monotonic()
    wait = Cell("import time, os\ntime.sleep(0.3)\nos._exit(0)")
    runs = sandbox.run([wait] * 100, Limits(submission_seconds=1.0))
    assert time.monotonic() - start < 30
    assert {run.outcome for run in runs} == {Outcome.ENDED, Outcome.TIMED_OUT}
