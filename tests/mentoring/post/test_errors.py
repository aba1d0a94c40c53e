"""mentoring: the error in which a post's test cell ended."""

import pytest

from rnn_course.mentoring.diagnosis import RAISES, Observation
from rnn_course.mentoring.post.errors import error_in

TRACEBACK = """I ran rnn_forward, that is fine. Then:
---------------------------------------------------------------------------
NameError                                 Traceback (most recent call last)
<ipython-input-9-1> in <module>
----> 12 gradients = rnn_backward(da, caches)
<ipython-input-8-1> in rnn_backward(da, caches)
NameError: name ‘T’ is not defined
"""
VALUE = Observation("lstm_cell_backward", 'gradients["dxt"].shape', "(3, 10)", (3.0, 10.0), (2,))


def test_the_last_line_of_a_traceback_is_an_observation():
    """Of the function that the cell calls, with straight quotes."""
    error = error_in(TRACEBACK, ())
    assert error == Observation("rnn_backward", RAISES, "NameError: name 'T' is not defined", ())


def test_without_a_function_in_the_text_it_is_that_of_the_values():
    """The cell printed something before it failed."""
    assert error_in("IndexError: too many indices", (VALUE,)).function == "lstm_cell_backward"


@pytest.mark.parametrize("text", ["", "no error here", "Error: none", "x = ValueError('a: b')"])
def test_what_is_no_error_is_none(text):
    """A sentence with a colon, a line of code."""
    assert error_in(text, (VALUE,)) is None


def test_an_error_of_no_function_is_none():
    """Nothing could be run to reproduce it."""
    assert error_in("ValueError: operands could not be broadcast", ()) is None
