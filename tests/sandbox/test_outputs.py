"""sandbox/outputs: whatever a child says, what comes out is text and pictures, or an error."""

import base64
import json
import struct

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rnn_course.sandbox.outputs import (
    ERRORS,
    MAX_OUTPUTS,
    OUTPUT,
    PNG,
    WORDS,
    CellRun,
    Outcome,
    UnreadableError,
    ended,
    outcome_of,
    read,
)

MIMES = {"text/plain", "image/png"}
NAMES = """
cell outputs count answer output_type name text data metadata ename evalue traceback
execution_count image/png text/plain text/html
"""
KEYS = st.sampled_from(NAMES.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["stream", "error", "execute_result", "display_data", "stdout", "\ud800"])
)
TREES = st.recursive(
    LEAVES, lambda t: st.lists(t, max_size=4) | st.dictionaries(KEYS | st.text(), t, max_size=6)
)


def png(width=2, height=2, tail=b"\0" * 20):
    """The base64 text of what begins like a picture of this size."""
    header = PNG + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return base64.b64encode(header + tail).decode()


IN_LINES = base64.encodebytes(base64.b64decode(png(tail=b"\0" * 200))).decode()


def one(output, **more):
    """The run of a cell that told of one output."""
    return read(json.dumps({"cell": 0, "outputs": [output]} | more).encode(), 0, False, 1)


def shown(data):
    """What is kept of the data of a display."""
    (output,) = one({"output_type": "display_data", "data": data}).outputs
    return output.data


def check(run):
    """Outputs are valid, and nothing in them is active."""
    cell = new_code_cell(outputs=run.outputs, execution_count=run.count)
    nbformat.validate(new_notebook(cells=[cell]))
    json.dumps(run.outputs).encode("utf-8")
    for output in run.outputs:
        assert set(output.get("data", {})) <= MIMES
        assert not output.get("metadata")
    assert run.outcome is None or isinstance(run.outcome, Outcome)


@given(st.lists(TREES | st.dictionaries(KEYS, TREES, max_size=8), max_size=5), TREES)
def test_any_outputs_are_read_or_refused(outputs, count):
    """There is no third way."""
    told = {"cell": 7, "outputs": outputs, "count": count}
    try:
        run = read(json.dumps(told).encode(), 7, False, 1)
    except UnreadableError:
        return
    check(run)


@given(TREES)
def test_any_json_is_read_or_refused(told):
    """Also where the message is no dictionary."""
    try:
        run = read(json.dumps(told).encode(), 0, False, 1)
    except UnreadableError:
        return
    check(run)


@pytest.mark.parametrize("asked", [False, True])
@given(message=st.binary())
def test_any_bytes_are_read_or_refused(asked, message):
    """A child that writes to the pipe itself."""
    try:
        check(read(message, 0, asked, 1))
    except UnreadableError:
        return


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": "hello"},
        {"output_type": "stream", "name": "stderr", "text": "hello"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
        {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "1"}},
        {"output_type": "display_data", "data": {"text/plain": "1", "image/png": png()}},
    ],
)
def test_honest_outputs_come_out_as_they_are(output):
    """Nothing is added and nothing is lost."""
    run = one(output, count=3)
    assert run.outputs == [new_output(**output)]
    assert (run.outcome, run.count) == (None, 3)
    check(run)


def test_what_is_active_is_left_out_and_named():
    """HTML, SVG and JavaScript: a reader learns that there was something."""
    data = shown({"text/html": "<script>", "image/svg+xml": "<svg>", "application/javascript": ""})
    assert data == {"text/plain": "[left out: application/javascript, image/svg+xml, text/html]"}
    assert shown({"text/html": "<b>", "text/plain": "b"}) == {"text/plain": "b"}


@pytest.mark.parametrize(
    "picture",
    [
        "no base64!",
        png() + "=",
        png()[:-1],
        png()[:16],
        png() + '" onerror="alert(1)',
        png() + "<script>",
        png() + "é",
        base64.b64encode(b"GIF89a" + b"\0" * 40).decode(),
        base64.b64encode(b"\0" * 60).decode(),
        png(60000, 60000),
        png(2**32 - 1, 1),
        "",
        7,
        None,
        [png()],
        {"a": png()},
    ],
)
def test_what_is_no_small_png_is_no_picture(picture):
    """Base64 that closes an attribute, another format, or a picture that fills the memory."""
    assert shown({"image/png": picture}) == {"text/plain": "[left out: image/png]"}


@pytest.mark.parametrize("picture", [png(), png(6000, 6000), IN_LINES])
def test_a_png_is_a_picture(picture):
    """Also one in lines, as a kernel sends it."""
    assert shown({"image/png": picture}) == {"image/png": picture}


def test_half_a_surrogate_pair_does_not_reach_the_file():
    """It could not be written as UTF-8."""
    run = one({"output_type": "stream", "name": "stdout", "text": "a\ud800b"})
    assert run.outputs[0].text == "a?b"
    answered = read(json.dumps({"cell": 0, "answer": "\udfff"}).encode(), 0, True, 1)
    assert answered.answer == "?"


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"cell": 1, "outputs": []}, False),
        ({"cell": 0, "outputs": [], "answer": "a"}, False),
        ({"cell": 0, "answer": "a"}, False),
        ({"cell": 0, "outputs": []}, True),
        ({"cell": 0, "answer": 7}, True),
        ({"cell": 0, "answer": None}, True),
        ({"outputs": []}, False),
        ({"cell": 0}, False),
        ({"cell": 0, "outputs": [{"output_type": "update_display_data", "data": {}}]}, False),
    ],
)
def test_what_was_not_asked_is_refused(told, asked):
    """Another cell's number, an answer out of turn, none where one is due, an unknown kind."""
    with pytest.raises(UnreadableError):
        read(json.dumps(told).encode(), 0, asked, 1)


def test_json_that_is_nested_without_end_is_refused():
    """The reader's stack is not the student's to use up."""
    with pytest.raises(UnreadableError):
        read(b"[" * 10**6, 0, False, 1)


@pytest.mark.parametrize(("size", "outcome"), [(1024, None), (1025, Outcome.TOO_MUCH_OUTPUT)])
def test_an_answer_may_have_so_many_characters_and_no_more(size, outcome):
    """One KiB is the limit here."""
    run = read(json.dumps({"cell": 0, "answer": "x" * size}).encode(), 0, True, 1)
    assert run.outcome == outcome
    assert (run.answer is None) == (outcome is not None)


def test_outputs_without_number_are_cut():
    """Each of them is small, and there are very many."""
    output = {"output_type": "stream", "name": "stdout", "text": ""}
    told = {"cell": 0, "outputs": [output] * (MAX_OUTPUTS + 5)}
    assert len(read(json.dumps(told).encode(), 0, False, 1).outputs) == MAX_OUTPUTS


@pytest.mark.parametrize("count", [True, -1, 10**6, "1", 1.5, None])
def test_a_count_that_is_none_is_left_out(count):
    """It is an integer or nothing."""
    assert one({"output_type": "stream", "name": "stdout", "text": ""}, count=count).count is None


@pytest.mark.parametrize(("ename", "outcome"), ERRORS.items())
def test_an_error_that_stands_for_an_outcome_is_named(ename, outcome):
    """The last error of a cell says how it ended."""
    run = one({"output_type": "error", "ename": ename, "evalue": "", "traceback": []})
    assert run.outcome == outcome == outcome_of(run.outputs[0])


def test_other_errors_have_no_outcome():
    """The cell just raised."""
    run = one({"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []})
    assert run.outcome is None


@pytest.mark.parametrize("outcome", Outcome)
def test_a_cell_that_ended_its_process_shows_an_error_with_words(outcome):
    """The words are a sentence, and the outcome can be read off the output again."""
    run = ended(outcome)
    check(run)
    assert run.outputs[0].evalue == WORDS[outcome]
    assert run.outcome == outcome_of(run.outputs[0]) == outcome
    assert CellRun().size < run.size == len(json.dumps(run.outputs)) + OUTPUT
