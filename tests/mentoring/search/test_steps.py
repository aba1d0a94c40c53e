"""mentoring/steps: edits of whole statements."""

import ast

import pytest
from planted import observed

from rnn_course.mentoring.printed import EXERCISES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, compiled, sources
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.steps import function_wide, structural
from rnn_course.mentoring.search.trial import Trial


@pytest.fixture(scope="module")
def texts():
    """The programs that one such edit makes of each function, as texts."""
    found = {}
    for function in EXERCISES:
        trial = Trial(PUBLISHED_PROGRAM, Reported(observed(function)))
        found[function] = [
            sources(program)[function]
            for make in (structural, function_wide)
            for program in make(PUBLISHED_PROGRAM, function, trial.editor)
        ]
    return found


@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("rnn_backward", "dWax = dWax + gradients['dWax']"),
        ("rnn_backward", "dWax = gradients['dWax']"),
        ("rnn_backward", "for t in range(T_x):"),
        ("rnn_backward", "dx[:, :, 0] = gradients['dxt']"),
        ("rnn_forward", "caches = cache"),
        ("rnn_forward", "caches = [cache]"),
        ("rnn_forward", "new_a_next, yt_pred, cache = rnn_cell_forward("),
        ("rnn_forward", "for t in range(1, T_x):"),
        ("lstm_forward", "c_next, a_next, yt, cache = lstm_cell_forward("),
        ("lstm_forward", "a_next, yt, cache = lstm_cell_forward("),
        ("rnn_forward", "for t in range(n_x):"),
        ("rnn_forward", "a[:, t] = a_next"),
        ("lstm_cell_forward", "ft *= c_prev\n    c_next = ft + it * cct"),
        ("lstm_cell_backward", "da_next *= np.tanh(c_next)\n    dot = da_next * ot * (1 - ot)"),
    ],
)
def test_one_statement(texts, function, line):
    """Another in its place."""
    assert any(line in text for text in texts[function])


def test_any_statement_may_be_missing_or_come_twice(texts):
    """What is returned, too."""
    right = ast.unparse(PUBLISHED_PROGRAM["rnn_backward"])
    line = "        dWax += gradients['dWax']\n"
    assert right.replace(line, "") in texts["rnn_backward"]
    assert right.replace(line, line + line) in texts["rnn_backward"]
    assert any("return" not in text for text in texts["rnn_backward"])


def test_a_statement_may_stand_elsewhere(texts):
    """Behind its loop, in the loop, or behind the next one if that makes a difference."""
    right = ast.unparse(PUBLISHED_PROGRAM["rnn_forward"])
    assert (
        right.replace("        caches.append(cache)\n", "    caches.append(cache)\n")
        in texts["rnn_forward"]
    )
    start = "    a_next = a0\n"
    inside = right.replace(start, "").replace("(T_x):\n", "(T_x):\n        a_next = a0\n")
    assert inside in texts["rnn_forward"]
    one, two = "        a_next, yt_pred, cache = ", "        a[:, :, t] = a_next\n"
    assert any(text.find(two) < text.find(one) for text in texts["rnn_forward"])


def test_the_same_slip_on_several_lines(texts):
    """A name, an axis or a sign that is wrong throughout."""
    wrong = ast.unparse(PUBLISHED_PROGRAM["lstm_cell_backward"]).replace("axis=1", "axis=0")
    assert wrong in texts["lstm_cell_backward"]


def test_all_of_them_are_python_and_differ_from_the_published_form(texts):
    """And the published trees stay as they are."""
    for function, found in texts.items():
        right = ast.unparse(PUBLISHED_PROGRAM[function])
        assert found
        assert right not in found
        for text in found:
            compile(text, "<text>", "exec")
    for name, tree in PUBLISHED_PROGRAM.items():
        compiled(name, tree)
