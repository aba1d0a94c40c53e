"""mentoring/raised: from an error to the edits that end in it."""

import pytest
from planted import changed, observed, raised

from rnn_course.mentoring.program import sources
from rnn_course.mentoring.search.raised import alike, raising
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search


def found(*observations):
    """The texts of the programs with one mistake that end so."""
    search = Search(Reported(observations))
    nodes = raising(search, search.root())
    return [text for node in nodes for text in sources(node.program).values()]


def test_a_statement_that_is_missing():
    """Its name is not defined where it is read."""
    error = "NameError: name 'dtanh' is not defined"
    texts = found(raised("rnn_cell_backward", error))
    assert any("dtanh = " not in text for text in texts)


def test_shapes_that_do_not_meet():
    """The sizes tell where."""
    error = "ValueError: shapes (5,10) and (3,10) not aligned: 10 (dim 1) != 3 (dim 0)"
    texts = found(raised("rnn_cell_backward", error))
    assert any("dWax = np.dot(dtanh, xt" in text for text in texts)


def test_an_attribute_of_nothing():
    """A value that was left out."""
    wrong = changed(
        "rnn_cell_forward", ("cache = (a_next, a_prev, xt, parameters)", "cache = None")
    )
    error = "TypeError: cannot unpack non-iterable NoneType object"
    assert sources(wrong)["rnn_cell_forward"] in found(raised("rnn_cell_backward", error))


def test_what_was_printed_before_the_error_counts():
    """The numbers of an earlier cell rule out what would change them."""
    error = raised("rnn_cell_backward", "NameError: name 'dtanh' is not defined")
    assert found(*observed("rnn_forward"), error)
    wrong = observed("rnn_forward", changed("rnn_forward", ("x[:, :, t]", "x[:, :, 0]")))
    assert found(*wrong, error) == []


def test_an_error_of_no_edit():
    """Nothing is claimed."""
    assert found(raised("rnn_forward", "KeyError: 'Wxyz'")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ValueError: operands (5,10) (5,8) ", "ValueError:  operands (5,10)\n(5,8)"),
        ("NameError: name 'x' is not defined", "NameError: name 'x' is not defined."),
        (
            "NameError: name 'cct' is not defined",
            "NameError: name 'cct' is not defined. Did you mean: 'ct'?",
        ),
        (
            "UnboundLocalError: cannot access local variable 'a' where it is not associated with "
            "a value",
            "UnboundLocalError: local variable 'a' referenced before assignment",
        ),
        (
            "AxisError: axis 2 is out of bounds",
            "numpy.exceptions.AxisError: axis 2 is out of bounds",
        ),
        (
            "ValueError: could not broadcast input array from shape (3,10) into shape (3,)",
            "ValueError: could not broadcast input array from shape (3,10) into shape (3)",
        ),
        (
            "IndexError: too many indices for array: array is 2-dimensional, but 3 were indexed",
            "IndexError: too many indices for array",
        ),
        (
            "TypeError: cannot unpack non-iterable NoneType object",
            "TypeError: 'NoneType' object is not iterable",
        ),
        (
            "ValueError: too many values to unpack (expected 2, got 3)",
            "ValueError: too many values to unpack (expected 2)",
        ),
    ],
)
def test_errors_that_are_alike(one, other):
    """Versions of Python and numpy put some of them differently."""
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "NameError: name 'x' is not defined"),
        ("NameError: name 'x' is not defined", "NameError: name 'y' is not defined"),
        ("TypeError: no", "ValueError: no"),
    ],
)
def test_errors_that_are_not_alike(one, other):
    """Another name or another kind."""
    assert not alike(one, other)
