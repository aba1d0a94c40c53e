"""mentoring/numbers: printed values in the forms that forums make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.post.numbers import number, printed, skipped, tidy, tolerance


def seen(text):
    """The printed values of a text as (place, numbers)."""
    return [(value.said, value.numbers) for value in printed(tidy(text))]


@pytest.mark.parametrize(
    "text",
    [
        'gradients["dWf"][3][1] = -0.2061',
        "gradients[“dWf”][3][1] = -0.2061",
        "gradients[&quot;dWf&quot;][3][1] = -0.2061",
        "gradients[&amp;#34;dWf&amp;#34;][3][1] = &minus;0.2061",
        "gradients['dWf'][3, 1]: −0.2061",
        "gradients[dWf[3][1] = - 0.2061",
        "gradients[\\'dWf\\']\u00a0[3]\t[1] = -0.2061",
        "dWf[3][1] = np.float64(-0.2061)",
        "dWf[3][1] = array(-0.2061)",
        "dWf[3][1]\n-0.2061",
        "my dWf[3][1] is -0.2061.",
        "I get dWf[3][1] -> -0.2061, is it right?",
        "| **dWf[3][1]** = | `-0.2061` |",
        '<tr>\n<td>\n <b>gradients["dWf"][3][1]</b> =\n</td>\n <td> -0.2061 </td></tr>',
        "> > - *dWf[3][1]* = -0.2061",
        ">>> dWf[3][1]\n-0.2061",
        "In [5]: dWf[3][1]\nOut[5]: -0.2061",
        "ｄＷｆ［３］［１］ ＝ －０．２０６１",
        "gradients［＂dWf＂］[3][1]：-0.2061",
        "dWf[3][1] = -0,2061",
        "Mi dWf[3][1] es -0,2061.",
    ],
)
def test_one_number(text):
    """One number is read out of quotes, entities, tables, tags, prompts and sentences."""
    assert seen(text) == [("dWf[3][1]", ("-0.2061",))]


@pytest.mark.parametrize(
    "value",
    [
        "[1.5 -2.5 3. 4e-05]",
        "[ 1.5\n -2.5\n 3.\n 4e-05]",
        "array([1.5, -2.5, 3., 4e-05], dtype=float64)",
        "[1.5 -2.5 3. 4e-05\ngradients",
        "1.5 -2.5 3. 4e-05]",
        "[1.5\t-2.5\t3.\t4e-05]",
        "[np.float64(1.5), np.float64(-2.5), np.float64(3.), np.float64(4e-05)]",
    ],
)
def test_several_numbers(value):
    """An array is read over lines, with commas, and without one of its brackets."""
    assert seen(f"dx[1][2] = {value}") == [("dx[1][2]", ("1.5", "-2.5", "3.", "4e-05"))]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("dba = [[0.1]\n [0.2]]", (2, 1)),
        ("dba[4] = [0.1]", (1,)),
        ("dba[4] = 0.1", None),
        ("dba = [[0.1]\n [0.2]", None),
        ("dba = [[0.1 0.2]\n [0.3]]", None),
        ("dba = [[0.1 0.2]\n ...\n [0.3 0.4]]", None),
        ("dba.shape = (5, 1)", (2,)),
        ("len(caches) = 2", ()),
    ],
)
def test_brackets_tell_the_shape(text, shape):
    """Brackets tell the shape, and tell nothing where one is missing or numbers are left out."""
    assert [value.shape for value in printed(tidy(text))] == [shape]


@pytest.mark.parametrize(
    "text",
    [
        'print("gradients[\\"dxt\\"][1][2] =", gradients["dxt"][1][2])',
        "a = np.zeros((5, 10))",
        "dbf = dbf + gradients['dbf']",
        "c = 3",
        "dWf[3][1] = 0.5 * dft",
        "assert a_next.shape == (5, 10)",
        "a_next[4].shape[0] = 5",
        "I mean dWf[3][1]\n2 Likes",
        "ValueError: shapes (5,10) and (3,10) not aligned",
        "dx -- gradients of inputs, of shape (n_x, m)",
        "dWf[3][1] = version 1.2.3",
        "dWf[3][1] = 0,44787963 where 1.05749805 is expected",
    ],
)
def test_what_is_no_value(text):
    """Code, sentences, tracebacks and docstrings print no value."""
    assert seen(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "dxt[1][2] | 0.67 | 3.23",
        "dxt[1][2] =\t0.67\t3.23",
        "dxt[1][2] = 0.67 instead of 3.23",
        "dxt[1][2]: 0.67 (expected 3.23)",
        "dxt[1][2] is 0.67 but should be 3.23",
        "dxt[1][2] = 0.67\nExpected: 3.23",
    ],
)
def test_two_numbers_of_one_place(text):
    """A value and the expected one beside it are two values of one place."""
    assert seen(text) == [("dxt[1][2]", ("0.67",)), ("dxt[1][2]", ("3.23",))]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["-0.46"], 0.005),
        (["-0.46..."], 0.01),
        (["1.5", "0.25"], 0.005),
        (["0.", "0.5"], 5e-9),
        (["0.0"], 1e-12),
        (["3"], 3e-12),
        (["nan"], 1e-12),
        (["1.5e-05"], 5e-7),
        (["0.6769155318195351"], 1e-12),
        (["-600.6769155318195351"], 6.006769155318195e-10),
    ],
)
def test_tolerance(numbers, expected):
    """It is half a unit of the longest entry, with a floor for the last bits of a double."""
    assert tolerance(tuple(numbers)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("number", "expected"), [("0.17211776", 1e-8), ("0.1721", 1e-4), ("0.17", 0.005)]
)
def test_a_typed_number_may_be_cut(number, expected):
    """It is rounded or cut off; print gives twelve places, and so few are rounded by hand."""
    assert tolerance((number,), typed=True) == pytest.approx(expected)
    assert tolerance(("0.1721177675329167",), typed=True) == 1e-12


def test_numbers_behind_words_are_seen():
    """Not read as values, but known to be there; code and other lines are not."""
    text = "dWf[3][1] resulta ser 0.447\ndWi[1][2] = 0.5\ndbf = dWo[1][2] + dbo\n0.25"
    (value,) = skipped(text, printed(text))
    assert (value.said, value.numbers) == ("dWf[3][1]", ("0.447",))


@given(st.floats(width=64))
def test_every_float_is_read_back(value):
    """Whatever float Python prints is read back to the digit."""
    ((_, (text,)),) = seen(f"dWf[3][1] = {value!r}")
    assert repr(number(text)) == repr(value)


@given(st.text(st.sampled_from("ad[]()=.,:|-> 015e\n\"'<&#;*xWf_"), max_size=200))
def test_any_text_is_survived(text):
    """No text raises, and what is read has numbers."""
    assert all(map(number, value.numbers) for value in printed(tidy(text)))


def test_a_dictionary_where_an_array_belongs_is_counted():
    """Only its entries: what it holds has no place of its own."""
    held = "{'Waa': array([[1.5, 2.5],\n [3.5, 4.5]]), 'ba': array([[0.5]])}"
    assert seen(f"caches[1][1][3] =\n {held}\nlen(caches) = 2") == [
        ("len(caches[1][1][3])", ("2",)),
        ("len(caches)", ("2",)),
    ]
