"""mentoring/values: trees of numbers beside each other."""

import numpy as np
import pytest

from rnn_course.mentoring.trace.values import difference, same

ONES = np.ones((2, 3))


@pytest.mark.parametrize("wrong", [None, "text", ONES[:1], ONES * 2, [ONES], {"a": ONES}, np.nan])
def test_what_is_not_the_same(wrong):
    """Another type, shape or value, at the top or within a tree."""
    assert not same(wrong, ONES)
    assert not same({"k": (wrong,)}, {"k": (ONES,)})


def test_what_is_the_same():
    """Rounding does not count; loosely, neither does an axis of length 1."""
    assert same({"k": [ONES * (1 + 1e-7)], "more": 1}, {"k": [ONES]})
    assert not same(np.ones((1, 3)), np.ones(3))
    assert same(np.ones((1, 3)), np.ones(3), loose=True)


def test_the_first_place_that_differs():
    """It is written as Python indexes it."""
    wrong = ONES.copy()
    wrong[1, 2] = 0.25
    assert difference(wrong, ONES, "dWf") == ("dWf[1][2]", "0.25", "1")
    assert difference({"a": wrong}, {"a": ONES}, "g") == ("g['a'][1][2]", "0.25", "1")
    assert difference({}, {"a": ONES}, "g") == ("g", "a dict of 0", "a dict of 1")
    assert difference(None, ONES, "dft") == ("dft", "None", "an array of (2, 3)")
    assert difference([2, 1], [1, 0, 0], "t")[1:] == ("[2, 1]", "[1, 0, 0]")
    ragged = [(np.ones(2), {"a": 1})]
    assert difference(ragged, [(np.ones(2),), 1], "x")[1] == "a list of 1"
