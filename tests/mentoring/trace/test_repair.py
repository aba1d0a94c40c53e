"""mentoring/repair: functions come out of posts whole."""

import ast
import time

import pytest
from code_posts import FIRST_TRY, REPAIRED, TEST_CELL, TWO_LINES, flat, notebook
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.trace import forms
from rnn_course.mentoring.trace.repair import repair
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE

NESTED = {"forum_backward"}


def plain(source):
    """A source's tree as text."""
    tree = ast.parse(source).body[0]
    tree.body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return ast.unparse(tree)


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("write", [flat, str, lambda text: text.replace("    ", "\t")])
def test_a_function_comes_back(name, write):
    """With its indentation lost, kept, or in tabs; of a loop in a loop it must not be lost."""
    (piece,) = repair((str if name in NESTED else write)(SOURCE[name]))
    assert (piece.form, piece.name, piece.complete, piece.gap) == (name, name, True, False)
    assert plain(piece.source) == plain(SOURCE[name])


@pytest.mark.parametrize("label", MISTAKES)
def test_so_does_a_mistaken_one(label):
    """The indentation is rebuilt in spite of the mistake."""
    mistake = MISTAKES[label]
    source = apply(mistake)[mistake.function]
    (piece,) = repair(source if mistake.function in NESTED else flat(source))
    if "mean-over-time" not in label and "after-first" not in label:
        assert plain(piece.source) == plain(source)


def test_a_whole_notebook_is_its_functions():
    """Comments and test cells are none of them."""
    pieces = repair(notebook())
    assert [piece.form for piece in pieces] == [
        *("rnn_cell_backward", "rnn_backward", "lstm_cell_backward", "lstm_backward")
    ]
    assert all(piece.complete and not piece.gap for piece in pieces)
    assert "np.random" not in "".join(piece.source for piece in pieces)


def test_a_few_lines_belong_to_the_function_of_their_names():
    """The sentences around them do not."""
    (piece,) = repair(TWO_LINES)
    assert (piece.form, piece.complete) == ("lstm_cell_backward", False)
    assert [line.split()[0] for line in piece.source.splitlines()] == ["dot", "dcct"]


def test_a_line_within_a_sentence_is_found():
    """As far as it is Python; advice is not what the student wrote."""
    text = (
        "I call gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches[t]) in it."
    )
    (piece,) = repair(text)
    assert piece.form == "lstm_backward"
    assert piece.source.endswith("caches[t])")
    assert repair("Don't write c_next = c[:, :, 0] in lstm_forward.") == []


def test_the_language_network_is_told_by_its_names():
    """And which of its two forms by its loops."""
    assert [piece.form for piece in repair(FIRST_TRY)] == [forms.LANGUAGE_BY_STEP]
    assert [piece.form for piece in repair(flat(REPAIRED))] == [forms.LANGUAGE]


def test_what_was_taken_out_is_known_to_be_missing():
    """A moderator's mark, and a line that is no Python, which is named."""
    source = SOURCE["lstm_backward"].replace("    da0 = da_prevt\n", "    {*Moderator's Edit*}\n")
    (piece,) = repair(source)
    assert piece.gap
    (piece,) = repair(SOURCE["lstm_backward"].replace("da0 = da_prevt", "da0 = = da_prevt"))
    assert piece.unread == ("da0 = = da_prevt",)


def test_a_test_cell_alone_is_no_code_of_the_students():
    """Nor are printed values."""
    assert repair(TEST_CELL) == []
    assert repair('gradients["dxt"][1][2] = 3.23\ngradients["dxt"].shape = (3, 10)') == []


@pytest.mark.parametrize(
    "text",
    [
        "dWf = np.dot(\n" * 70_000,
        "def lstm_backward(da, caches):\n" * 30_000,
        "def f(a):\n" + "for t in range(3):\n" * 400 + "a = 1",
        "see dWf = np.dot( and dbf = np.sum( and so on\n" * 20_000,
        "a = " * 250_000,
    ],
)
def test_a_megabyte_takes_seconds(text):
    """However it is made."""
    begun = time.monotonic()
    repair(text)
    assert time.monotonic() - begun < 10


@given(st.lists(st.sampled_from(notebook().splitlines()), max_size=40).map("\n".join))
def test_torn_posts_are_repaired_to_python_or_nothing(text):
    """Lines in any order."""
    for piece in repair(text):
        ast.parse(piece.source)
