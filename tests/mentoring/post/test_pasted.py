"""mentoring/pasted: which lines of a post are code."""

import pytest

from rnn_course.mentoring.post.pasted import code_of
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.published import SOURCE

TWO_LINES = "dot = da_next * np.tanh(c_next)\ndbo = np.sum(dot, axis=1)"


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("before", ["", "- ", "> ", "    ", "> - "])
def test_a_function_is_found_whole(name, before):
    """A function between sentences is handed on as it stands, marks before its lines included."""
    source = "\n".join(before + line for line in SOURCE[name].splitlines())
    assert code_of(f"My version is this.\n{source}\nWhat is wrong with it?") == source


def test_indentation_may_be_lost():
    """A function without its indentation is found as well."""
    source = "\n".join(line.strip() for line in SOURCE["lstm_backward"].splitlines())
    assert code_of(f"Hello\n\n{source}\n\nThanks") == source


def test_two_lines_among_sentences():
    """Single statements are enough."""
    assert code_of(f"I use this for the two:\n{TWO_LINES}\nand wonder.") == TWO_LINES


@pytest.mark.parametrize(
    "text",
    [
        "dWf[3][1] = -0.2061",
        'gradients["dx"][1][2] = [0.5 0.6 0.7 0.8]',
        "dbf[4] = 0.5 but it should be 0.6",
        "def lstm_cell_backward(da_next, dc_next, cache): what do I miss?",
        "My mistake = I forgot the transpose",
        "total = price * number",
        "return the value please",
    ],
)
def test_what_is_no_code(text):
    """Printed values, sentences, a lonely signature and code of other things are left out."""
    assert code_of(text) == ""


def test_comments_docstrings_and_open_brackets_go_along():
    """Prose inside a docstring, comments, and lines within brackets belong to the block."""
    code = (
        'def lstm_backward(da, caches):\n"""\nWords of all kinds.\n\nda -- gradients\n"""\n# loop\n'
        'gradients = {"dx": dx,\n"da0": da0}\n\ndx[0] -= 1.  # why\nreturn gradients'
    )
    assert code_of(f"{code}\n\nSome words.") == code


def test_separate_blocks_are_joined():
    """Code in several places comes out in order."""
    assert code_of("dit = dit * it\nAnd further down\ndft = dft * ft") == (
        "dit = dit * it\ndft = dft * ft"
    )
