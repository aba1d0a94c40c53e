"""mentoring/differ: each slip of an expression by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.trace.differ import slips

DCCT = "(dc_next * it + ot * (1 - np.tanh(c_next) ** 2) * it * da_next) * (1 - cct**2)"


@pytest.mark.parametrize(
    ("student", "right", "found"),
    [
        (
            "da * np.tanh(dc) * ot * (1 - ot)",
            "da * np.tanh(c) * ot * (1 - ot)",
            ["`dc` stands where `c` belongs"],
        ),
        (
            "(dc_next * ot + ot * (1 - np.tanh(np.square(dc_next))) * ot * da_next) * (1 - cct**2)",
            DCCT,
            [
                "`ot` stands where `it` belongs (2 times)",
                "the square stands inside `np.tanh`; it belongs outside",
                "`dc_next` stands where `c_next` belongs",
            ],
        ),
        (
            "it * (dc_next + ot * (1 - np.tanh(c_next)**2) * da_next) * (1 - np.square(cct))",
            DCCT,
            [],
        ),
        (
            "np.sum(d, axis=0)",
            "np.sum(d, axis=1, keepdims=True)",
            ["`axis=0` stands where `axis=1` belongs", "`keepdims=True` is missing"],
        ),
        ("np.dot(x, W) + b", "np.dot(W, x) + b", ["the two arguments of `np.dot` are swapped"]),
        ("np.dot(W, x)", "np.dot(W, x) + b", ["the term `b` is missing"]),
        ("a * b * c", "a * b", ["the factor `c` is too many"]),
        ("1 + a**2", "1 - a**2", ["the sign of the term of `a` is wrong"]),
        ("np.dot(Wf, d)", "np.dot(Wf.T, d)", ["the transpose of `Wf` is missing"]),
        (
            "1 - np.tanh(a)",
            "1 - np.tanh(a) ** 2",
            ["the square of an expression of `np.tanh` and `a` is missing"],
        ),
        (
            "d * a",
            "d * np.dot(W, a)",
            ["`a` stands where an expression of `np.dot`, `W` and `a` belongs"],
        ),
        ("h", "b if g else 1", ["`h` stands where an expression of `b` and `g` belongs"]),
        ("1 - a**2", "1 - np.tanh(a) ** 2", ["`np.tanh` of `a` is missing"]),
        ("Wf[:, :n].T @ d", "Wf[:, n:].T @ d", ["`[:, :n]` stands where `[:, n:]` belongs"]),
        ("np.dot(u.T, v)", "np.outer(u, v)", ["`np.dot` stands where `np.outer` belongs"]),
    ],
)
def test_slips_of_students(student, right, found):
    """Each in words, none for what only looks otherwise."""
    assert sorted(slips(student, right)) == sorted(found)


NAMES = st.sampled_from("abcd")
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*@"), inner),
        st.builds("np.tanh({})".format, inner),
        st.builds("{} ** 2".format, NAMES),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_an_expression_has_no_slips_beside_itself(text):
    """Whatever it is."""
    assert slips(text, text) == []


@given(EXPRESSIONS, NAMES)
def test_another_name_is_a_slip(text, name):
    """However deep it stands."""
    if name in text:
        assert slips(text.replace(name, "other"), text)
