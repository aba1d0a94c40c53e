"""sandbox/child: cells and questions one by one, each with its message, and nothing left open."""

import json
import os
import signal
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from forked import ChildDiedError, in_child

from rnn_course.sandbox import child, frames
from rnn_course.sandbox.answer import question
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.shell import Outputs
from rnn_course.sandbox.wire import decode


class Shell:
    """What child.run needs of a shell: it runs a cell with exec and counts."""

    def __init__(self):
        self.outputs, self.user_ns, self.execution_count = Outputs(), {}, 1

    def run(self, source, characters):
        """As CellShell."""
        self.outputs.start(characters)
        self.execution_count += 1
        exec(source, self.user_ns)
        return self.outputs.finish()


def told(*cells, **limits):
    """The messages of a child that runs these sources and questions, and its exit."""

    def act():
        mine, its = os.pipe()
        numbered = [{"number": 3 * k} | cell for k, cell in enumerate(cells)]
        child.run(Shell(), numbered, Limits(**limits), its)
        os.close(its)
        messages = []
        while True:
            try:
                messages.append(json.loads(frames.receive(mine)))
            except EOFError:
                return messages

    return in_child(act)


def test_each_cell_is_told_of_with_its_number_outputs_and_count():
    """As soon as it has run, in order; numbers need not be without gaps."""
    first, second = told({"source": "x = 1\nprint(x)"}, {"source": "print(x + 1)"})
    assert [first["cell"], second["cell"]] == [0, 3]
    assert [first["count"], second["count"]] == [1, 2]
    assert first["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    assert second["outputs"][0]["text"] == "2\n"
    assert "answer" not in first


def test_a_question_is_answered_with_the_functions_of_the_cells_before():
    """What the function prints is thrown away, and counts for nothing."""
    asked = question("f", [(np.ones(2),)])
    first, second = told(
        {"source": "def f(x):\n    print('x' * 10**6)\n    return 2 * x"}, {"question": asked}
    )
    assert first["outputs"] == []
    assert set(second) == {"cell", "answer"}
    (call,) = decode(second["answer"])["own"]
    assert np.array_equal(call["result"], [2, 2])


def test_a_cell_has_its_time():
    """Past it, an exception is raised in the student's line."""
    wait = "import time\ntry:\n    time.sleep(30)\nexcept BaseException as e:\n    print(repr(e))"
    start = time.monotonic()
    (cell,) = told({"source": wait}, cell_seconds=0.1)
    assert "CellTimeoutError" in cell["outputs"][0]["text"]
    assert time.monotonic() - start < 20


def test_a_hurried_cell_has_a_tenth_of_it():
    """Another one has been stopped before, in an earlier child."""
    wait = "import time\ntry:\n    time.sleep(30)\nexcept BaseException as e:\n    print(repr(e))"
    (cell,) = told({"source": wait, "hurried": True}, cell_seconds=2)
    assert "within 0.2 seconds" in cell["outputs"][0]["text"]


def test_the_clock_is_stopped_between_cells():
    """No cell pays for the one before."""

    def act():
        with child._time_limit(0.05):
            pass
        time.sleep(0.2)
        return signal.getitimer(signal.ITIMER_REAL)

    assert in_child(act) == (0.0, 0.0)


def test_each_child_draws_random_numbers_of_its_own():
    """They are forks of one process, and still no two are alike."""
    source = {"source": "import random, numpy\nprint(random.random(), numpy.random.rand())"}
    texts = {told(source)[0]["outputs"][0]["text"] for _ in range(3)}
    assert len(texts) == 3
    assert len({number for text in texts for number in text.split()}) == 6


def test_all_descriptors_but_the_named_ones_are_closed():
    """Whatever the process had open before it forked."""

    def act():
        pipes = [os.pipe() for _ in range(5)]
        kept, gone = pipes[2], [end for pair in (*pipes[:2], *pipes[3:]) for end in pair]
        told_by = os.dup(kept[1])
        child.close_all_but(*kept)
        open_ones = []
        for end in (0, 1, 2, *kept, *gone, told_by):
            try:
                os.fstat(end)
            except OSError:
                continue
            open_ones.append(end)
        os._exit(7 if set(open_ones) == {0, 1, 2, *kept} else 8)

    with pytest.raises(ChildDiedError, match="7"):
        in_child(act)


def test_the_tests_own_streams_are_untouched():
    """The child's are another process's."""
    before = sys.stdout, sys.stderr
    told({"source": "print(1)"})
    assert (sys.stdout, sys.stderr) == before


def test_a_shell_is_all_that_is_needed():
    """Outputs are thrown away while nothing is open."""
    shell = SimpleNamespace(outputs=Outputs())
    shell.outputs.start(None)
    shell.outputs.write("stdout", "text")
    shell.outputs.add({"data": {}})
    assert shell.outputs.finish() == []
