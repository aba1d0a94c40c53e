"""mentoring/trace: posted code beside the right values, run in the sandbox."""

import sys
import time

import pytest
from code_posts import FIRST_TRY, NOTEBOOK_MISTAKES, REPAIRED, TWO_LINES, notebook

from rnn_course.mentoring.trace import forms
from rnn_course.mentoring.trace.trace import notes, trace
from rnn_course.subject.published import SOURCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")
CELL = SOURCE["rnn_cell_backward"]


def with_line(line):
    """A right function with one line more."""
    return CELL.replace("    dxt = ", f"    {line}\n    dxt = ", 1)


def test_two_lines_with_all_their_slips(sandbox):
    """Four of them in the second line."""
    (result,) = trace(TWO_LINES, sandbox)
    one, other = result.departures
    assert (one.name, one.slips) == ("dot", ("`dc_next` stands where `c_next` belongs",))
    assert sorted(other.slips) == [
        "`dc_next` stands where `c_next` belongs",
        "`ot` stands where `it` belongs (2 times)",
        "the square stands inside `np.tanh`; it belongs outside",
    ]


def test_a_pasted_notebook_with_each_mistake_listed(sandbox):
    """And no line that is right."""
    results = trace(notebook(), sandbox)
    assert [result.piece.form for result in results] == list(NOTEBOOK_MISTAKES)
    assert {r.piece.form: [d.name for d in r.departures] for r in results} == {
        "rnn_cell_backward": [],
        "rnn_backward": ["caches", "dx", "dWax", "dWaa"],
        "lstm_cell_backward": ["dit", "dft", "dot", "dcct", "dWc", "dbi", "dbc", "dxt"],
        "lstm_backward": ["da_prevt", "dc_prevt"],
    }
    assert notes(notebook())


def test_the_language_network_and_its_repaired_version(sandbox):
    """Eight lines are wrong in the first, none in the second."""
    (first,) = trace(FIRST_TRY, sandbox)
    assert first.piece.form == forms.LANGUAGE_BY_STEP
    assert [departure.name for departure in first.departures] == [
        *("dctmp", "bptt_step", "dWi", "dWf", "dWo", "dWg", "dctmp"),
    ]
    (second,) = trace(REPAIRED, sandbox)
    assert (second.piece.form, second.departures) == (forms.LANGUAGE, [])


def test_a_right_line_in_a_sentence(sandbox):
    """It does not depart."""
    text = "Is gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches[t]) right?"
    (result,) = trace(text, sandbox)
    assert (result.piece.form, result.departures, result.problem) == ("lstm_backward", [], "")
    (result,) = trace(text.replace(" + da_prevt", ""), sandbox)
    assert result.departures[0].slips == ("the term `da_prevt` is missing",)


def test_what_the_functions_return_as_they_are(sandbox):
    """On the published case, with the cells of the post."""
    text = SOURCE["rnn_cell_forward"] + SOURCE["rnn_forward"]
    cell, whole = trace(text, sandbox)
    assert list(cell.outputs) == ["a_next", "yt_pred", "cache"]
    assert whole.outputs["a"].shape == (5, 10, 4)
    (alone,) = trace(SOURCE["rnn_forward"], sandbox)
    assert (alone.outputs, alone.raised, alone.departures) == (None, "", [])


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("while True: pass", "come to an end"),
        ("__import__('time').sleep(1000)", "timed out"),
        ("__import__('os')._exit(0)", "ended the whole program"),
        ("x = open('/etc/passwd').read()", "PermissionError"),
        ("x = open('/tmp/beside', 'w')", "PermissionError"),
        ("x = __import__('os').fork()", "PermissionError"),
        ("raise SystemExit", "SystemExit"),
        ("x = (lambda f: f(f))(lambda f: f(f))", "RecursionError"),
    ],
)
def test_code_that_does_harm_ends_with_a_clear_word(line, word, sandbox):
    """It loops for ever, ends the process or reaches out, and the next post is read as ever."""
    begun = time.monotonic()
    (result,) = trace(with_line(line), sandbox)
    told = result.problem + " ".join(departure.error for departure in result.departures)
    assert word in told
    assert time.monotonic() - begun < 20
    assert trace(CELL, sandbox)[0].outputs


def test_megabytes_of_output_are_not_kept(sandbox):
    """Nor do they stand in the way of what is right."""
    (result,) = trace(with_line("x = [print('x' * 10**6) for _ in range(50)]"), sandbox)
    assert (result.departures, result.problem) == ([], "")


def test_one_piece_that_ends_the_process_costs_no_other(sandbox):
    """The functions before and behind it are judged."""
    text = SOURCE["rnn_cell_forward"] + with_line("__import__('os')._exit(0)") + TWO_LINES
    first, second, third = trace(text, sandbox)
    assert (first.departures, first.problem) == ([], "")
    assert second.problem
    assert len(third.departures) == 2


@pytest.mark.parametrize(
    "text",
    ["", "\0\xff" * 5000, "dWf = " + "(" * 5000, "dot = " + "-" * 9999 + "1", "def f(:\n" * 99],
)
def test_nothing_to_trace(text, sandbox):
    """Empty, binary or endless text."""
    assert trace(text, sandbox) == []
