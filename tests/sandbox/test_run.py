"""sandbox/run: what the grader makes of a child's messages, whatever they are."""

import json
import os
import threading
import time

import pytest

from rnn_course.sandbox import run as module
from rnn_course.sandbox.frames import HEAD
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.outputs import CellRun, Outcome
from rnn_course.sandbox.run import Cell, Run

CODE, ASK = Cell("x = 1"), Cell("", "question")


def make(*cells, **limits):
    """A run of these cells."""
    return Run(cells, Limits(**limits), {}, {})


def listen(run, *written, end=True, todo=None):
    """What listen returns when a child writes these bytes, and then ends or does nothing."""
    mine, its = os.pipe()
    writer = threading.Thread(target=lambda: (os.write(its, b"".join(written)), end and close(its)))
    writer.start()
    try:
        return run.listen(run.todo() if todo is None else todo, mine)
    finally:
        os.close(mine)
        writer.join()
        close(its)


def close(descriptor):
    """Close, also twice."""
    try:
        os.close(descriptor)
    except OSError:
        return


def frame(told):
    """A message on the pipe."""
    message = told if isinstance(told, bytes) else json.dumps(told).encode()
    return HEAD.pack(len(message)) + message


def printed(number, text="text"):
    """A child's message on a cell that printed."""
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    return frame({"cell": number, "outputs": [stream], "count": number + 1})


def answered(number, text="answer"):
    """A child's message on a question."""
    return frame({"cell": number, "answer": text})


def test_a_cell_is_told_by_its_number_with_its_source_or_its_question():
    """A child needs no more."""
    assert CODE.told(3) == {"number": 3, "source": "x = 1", "hurried": False}
    assert ASK.told(4, hurried=True) == {"number": 4, "question": "question"}


def test_the_request_holds_limits_environment_files_and_cells():
    """As JSON; files in base64."""
    run = Run([CODE, ASK], Limits(threads=5), {"A": "b"}, {"data.bin": b"\xff"})
    told = json.loads(run.request([1]))
    assert told["limits"]["threads"] == 5
    assert told["environment"] == {"A": "b"}
    assert told["files"] == {"data.bin": "/w=="}
    assert told["cells"] == [{"number": 1, "question": "question"}]


def test_honest_messages_are_the_results():
    """All cells told of: nothing is left to do."""
    run = make(CODE, ASK, CODE)
    assert listen(run, printed(0), answered(1), printed(2)) == (3, None)
    assert [result.answer for result in run.done] == [None, "answer", None]
    assert run.done[0].outputs[0].text == "text"
    assert run.todo() == []


def test_messages_may_come_in_pieces():
    """A pipe is a stream of bytes."""
    run = make(CODE, CODE)
    data = printed(0) + printed(1)
    mine, its = os.pipe()

    def write():
        for byte in data:
            os.write(its, bytes([byte]))

    writer = threading.Thread(target=write)
    writer.start()
    assert run.listen([0, 1], mine) == (2, None)
    writer.join()
    close(mine)
    close(its)


def test_a_child_that_ends_early_leaves_the_rest_to_the_next():
    """The next child runs the code again, and asks only what was not answered."""
    run = make(CODE, ASK, CODE, ASK)
    assert listen(run, printed(0), answered(1)) == (2, None)
    run.leave_out(2, Outcome.ENDED)
    assert run.done[2].outcome is Outcome.ENDED
    assert run.todo() == [0, 3]


def test_the_first_result_of_a_cell_stays():
    """What it puts out when it is run again counts for nothing."""
    run = make(CODE, CODE)
    listen(run, printed(0, "first"))
    run.leave_out(1, Outcome.ENDED)
    run.done[1] = None
    listen(run, printed(0, "second"), todo=[0, 1])
    assert run.done[0].outputs[0].text == "first"


@pytest.mark.parametrize(
    ("written", "reached", "outcome"),
    [
        ([frame(b"no json")], 0, Outcome.UNREADABLE),
        ([frame({"cell": 1, "outputs": []})], 0, Outcome.UNREADABLE),
        ([answered(0)], 0, Outcome.UNREADABLE),
        ([printed(0), printed(1)], 1, Outcome.UNREADABLE),
        ([printed(0), answered(1), printed(2)], 1, Outcome.UNREADABLE),
        ([b"\xff" * 100], 0, Outcome.TOO_MUCH_OUTPUT),
        ([printed(0), b"\xff" * 100], 1, Outcome.TOO_MUCH_OUTPUT),
        ([], 0, None),
        ([b"\0\0"], 0, None),
        ([printed(0)], 1, None),
    ],
)
def test_whatever_a_child_writes_is_the_fault_of_the_cell_that_ran(written, reached, outcome):
    """Where the messages end or cease to be ones; a silent end is for the keeper to explain."""
    run = make(CODE, ASK)
    assert listen(run, *written) == (reached, outcome)


def test_a_cell_that_says_nothing_in_its_time_is_ended(monkeypatch):
    """Its own alarm should have stopped it: it was swallowed."""
    monkeypatch.setattr(module, "GRACE", 0.1)
    run = make(CODE, CODE, cell_seconds=0.1)
    start = time.monotonic()
    assert listen(run, printed(0), end=False) == (1, Outcome.TIMED_OUT)
    assert time.monotonic() - start < 20


def test_behind_a_cell_that_was_stopped_there_is_less_time_but_not_for_questions(monkeypatch):
    """In this child and in the next one; what calls a loop once calls it again."""
    monkeypatch.setattr(module, "GRACE", 0.0)
    run = make(CODE, CODE, ASK, cell_seconds=100, submission_seconds=1000)
    stopped = {"output_type": "error", "ename": "CellTimeoutError", "evalue": "", "traceback": []}
    assert run._next_end(1) - time.monotonic() > 99
    listen(run, frame({"cell": 0, "outputs": [stopped]}))
    assert run._next_end(1) - time.monotonic() < 11
    assert run._next_end(2) - time.monotonic() > 99
    told = json.loads(run.request([0, 1, 2]))["cells"]
    assert [cell.get("hurried") for cell in told] == [True, True, None]


def test_the_submissions_time_is_up_for_all_that_is_left(monkeypatch):
    """What has a result keeps it; no further child is started."""
    monkeypatch.setattr(module, "GRACE", 0.0)
    run = make(CODE, CODE, ASK, submission_seconds=0.2, cell_seconds=100)
    assert listen(run, printed(0), end=False) == (1, Outcome.TIMED_OUT)
    run.end = time.monotonic() - 1
    assert run.todo() == []
    assert [result.outcome for result in run.done] == [None, *[Outcome.TIMED_OUT] * 2]


def test_a_message_that_is_larger_than_any_honest_one_is_too_much():
    """It is not even read to its end."""
    run = make(CODE, cell_output_kib=1, answer_kib=1)
    assert listen(run, HEAD.pack(2**21 + 10**6)) == (0, Outcome.TOO_MUCH_OUTPUT)


def test_the_notebooks_outputs_have_a_limit_that_only_the_cell_that_crosses_it_pays():
    """Smaller ones behind still fit, and answers always do."""
    run = make(CODE, CODE, CODE, ASK, notebook_output_kib=5)
    messages = [printed(0, "a" * 600), printed(1, "b" * 900), printed(2, "c"), answered(3)]
    assert listen(run, *messages) == (4, None)
    outcomes = [result.outcome for result in run.done]
    assert outcomes == [None, Outcome.TOO_MUCH_OUTPUT, None, None]
    assert run.done[3] == CellRun(answer="answer")
