"""mentoring: the diagnosis of posted code."""

import sys

import pytest
from code_posts import NOTEBOOK_MISTAKES, TWO_LINES, notebook

from rnn_course.mentoring import from_code as module
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.from_code import from_code
from rnn_course.sandbox.sandbox import SandboxError
from rnn_course.subject.published import SOURCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="code runs on Linux alone")


@pytest.fixture(scope="module")
def pasted():
    """The diagnosis of a whole pasted notebook."""
    return from_code(notebook())


def test_every_mistake_of_a_pasted_notebook_is_listed(pasted):
    """Each with its function, its line in the repaired source and three hints."""
    assert pasted.verdict is Found.EXPLAINED
    (explanation,) = pasted.explanations
    labels = {mistake.label for mistake in explanation.mistakes}
    wanted = {label for rows in NOTEBOOK_MISTAKES.values() for label in rows}
    assert wanted - labels <= {"lstm_backward/nothing-carried"}  # told line by line
    assert [m.becomes.strip() for m in explanation.mistakes if m.becomes.endswith("None")]
    for mistake in explanation.mistakes:
        line = explanation.source[mistake.function].splitlines()[mistake.line - 1]
        assert mistake.becomes.splitlines()[:1] in ([], [line.strip()]), mistake
        assert all(mistake.hints)


def test_a_right_function_of_it_is_not_blamed(pasted):
    """rnn_cell_backward is right there."""
    assert "rnn_cell_backward" not in pasted.explanations[0].source
    assert "rnn_cell_backward" not in {m.function for m in pasted.explanations[0].mistakes}


def test_loose_lines_are_named_with_their_slips():
    """Two lines of four, as in a post."""
    (explanation,) = from_code(TWO_LINES).explanations
    dot, dcct = explanation.mistakes
    assert dot.label == "lstm_cell_backward/dot-tanh-of-dc"
    assert "ot stands where it belongs (2 times)" in dcct.hints[2]
    assert dcct.equation == "(25)"


def test_right_code_is_right():
    """Nothing departs."""
    assert from_code(SOURCE["lstm_cell_backward"]).verdict is Found.RIGHT


def test_a_cut_function_tells_nothing():
    """Its signature, and what was left of its body."""
    head, *_ = SOURCE["rnn_backward"].splitlines()
    assert from_code(f"{head}\n    {{*solution removed*}}\n    return gradients\n") is None


def test_without_a_sandbox_one_sentence_says_so(monkeypatch):
    """As on Windows: numbers are diagnosed there, code is not."""

    def none(*_):
        raise SandboxError("Grading needs Linux.")

    monkeypatch.setattr(module, "Sandbox", none)
    diagnosis = from_code(TWO_LINES)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert diagnosis.notes == ("The code in the post was not run: Grading needs Linux.",)
