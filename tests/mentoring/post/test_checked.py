"""mentoring/checked: the relative errors of gradient checks in a post."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.mentoring.post.checked import RelativeError, checks_of, without

OF_THE_NOTEBOOKS = """
dWf      (3, 8)     relative error  3.2e-01  FAIL  worst at [0, 1]
dbf      (3, 1)     relative error  1.1e-11  PASS
dxt      (5, 4)     relative error      inf  FAIL
"""
OTHERS = {
    "a report without shapes": "dWf   relative error  3.2e-01  FAIL\ndbf   relative error  1.1e-11",
    "a dictionary": "relative_errors gives {'dWf': 0.32, 'dbf': 1.1e-11}",
    "a table": "The relative errors are\ndWf 3.2e-01\ndbf 1.1e-11\nand I am lost.",
    "in a sentence": "dWf has relative error 0.32, and dbf has a rel. error of 1.1e-11.",
    "bars": "relative errors\n| dWf | 0.32 |\n| dbf | 1.1e-11 |",
}


def values(text):
    """{name: value} of each check."""
    return [{error.name: error.value for error in check} for check in checks_of(text)]


def test_the_notebooks_lines_are_read():
    """With their shapes, and an error that is infinite."""
    assert values(OF_THE_NOTEBOOKS) == [{"dWf": 0.32, "dbf": 1.1e-11, "dxt": float("inf")}]


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_ways_to_write_them_are_read(text):
    """As people type them."""
    assert values(text) == [{"dWf": 0.32, "dbf": 1.1e-11}]


def test_a_name_that_comes_again_begins_another_check():
    """T = 1, then T = 4."""
    line = "dV    relative error  {}  FAIL\ndWi   relative error  7.0e-01  FAIL\n"
    both = values(f"T = 1\n{line.format('1.0e+00')}T = 4\n{line.format('2.0e-01')}")
    assert both == [{"dV": 1.0, "dWi": 0.7}, {"dV": 0.2, "dWi": 0.7}]


def test_numbers_of_a_gradient_are_no_relative_errors():
    """Even where the words stand in the text."""
    text = 'My relative error is large. gradients["dWf"][3][1] = 0.5 and dbf[4] = [0.25]'
    assert checks_of(text) == []
    assert without(text) == text
    assert without(f"{OF_THE_NOTEBOOKS}dWf[3][1] = 0.5").strip() == "dWf[3][1] = 0.5"


def test_the_tolerance_is_half_of_the_last_digit():
    """Printed with one decimal place, or with three."""
    assert RelativeError("dWf", "3.2e-01").tolerance == pytest.approx(0.0051)
    assert RelativeError("dWf", "0.321").tolerance == pytest.approx(0.00051)


@settings(max_examples=100, deadline=2000, database=None, derandomize=True)
@given(st.text(st.sampled_from("dWf relative error:0.1e-|{',\n"), max_size=400))
def test_any_text_is_read_or_not(text):
    """In little time, and without an exception."""
    assert all(error.value >= 0 for check in checks_of(text) for error in check)
