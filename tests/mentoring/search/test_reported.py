"""mentoring/reported: observations as numbers."""

import numpy as np
from planted import observed, raised

from rnn_course.mentoring.diagnosis import Observation
from rnn_course.mentoring.search.family import Family
from rnn_course.mentoring.search.reported import NAN_BITS, NOTHING, PLAIN_BITS, Reported


def number(text, place="a[0]", tolerance=0.0005):
    """A number that was printed."""
    return Observation("rnn_forward", place, text, (float(text),), (), tolerance)


def test_an_observation_matches_if_all_its_numbers_do():
    """To half a unit of the last digit that was printed."""
    reported = Reported([number("0.5"), *observed("rnn_forward", only="a[4][1]")])
    rows = np.repeat(reported.values[None], 3, axis=0)
    rows[1, 0] += 0.0004
    rows[2, 2] += 1e-7
    assert reported.matches(rows).tolist() == [[True, True], [True, True], [True, False]]


def test_what_is_not_a_number_is_near_itself_alone():
    """As infinity is."""
    reported = Reported([number("nan"), number("inf")])
    assert reported.near(np.array([[np.nan, np.inf], [0.0, 1.0]])).tolist() == [
        [True, True],
        [False, False],
    ]


def test_digits_tell():
    """Three digits tell little, twelve much, a zero and a shape what many programs print."""
    shape = Observation("rnn_forward", "a.shape", "(5, 10, 4)", (5, 10, 4), (3,))
    few, many, zero, nan, *rest = Reported(
        [
            number("0.312"),
            number("0.312345678901", tolerance=0.5e-12),
            number("0"),
            number("nan"),
            shape,
        ]
    ).bits
    assert nan == NAN_BITS
    assert 7 < few < 9
    assert 38 < many < 39
    assert [zero, *rest] == [PLAIN_BITS] * 4


def test_what_cannot_be_printed_is_nothing():
    """Of another shape, absent, or no number at all."""
    reported = Reported(
        [number("1", f"a[{k}]") for k in range(5)] + [number("2", "len(a)"), number("1", "b[0]")]
    )
    variables = {"rnn_forward": {"a": [1.0, np.ones(2), "text", None]}}
    row = reported.row(variables, 1)[0]
    np.testing.assert_array_equal(row, [1, *[NOTHING] * 4, 4, NOTHING])
    assert (reported.row({}, 1) == NOTHING).all()


def test_many_programs_fill_as_many_rows():
    """What they share stands in each."""
    reported = Reported([number("1", "a[1]"), number("1", "b[0]")])
    variables = {"a": Family(np.arange(6.0).reshape(3, 2)), "b": [7]}
    assert reported.row({"rnn_forward": variables}, 3).tolist() == [[1, 7], [3, 7], [5, 7]]


def test_an_error_is_no_number():
    """Its text counts, in one line."""
    reported = Reported([number("1"), raised("rnn_forward", "ValueError:\n  no ")])
    assert reported.error == "ValueError: no"
    assert len(reported.values) == 1
    assert reported.raises.tolist() == [False, True]
