"""mentoring/kinds: what tells two expressions apart."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.explain.explain import KINDS
from rnn_course.mentoring.explain.kinds import RULES, compare


def differences(was, becomes):
    """The differences of two texts."""
    return list(compare(*(ast.parse(text, mode="eval").body for text in (was, becomes))))


@pytest.mark.parametrize(
    ("was", "becomes", "kinds"),
    [
        ("a * b", "a * c", ["name"]),
        ("np.tanh(a)", "sigmoid(a)", ["function"]),
        ("np.tanh(a)", "a", ["function-dropped"]),
        ("a", "np.tanh(a)", ["function-added"]),
        ("1 - np.tanh(a) ** 2", "1 - np.tanh(a**2)", ["nesting"]),
        ("1 - np.tanh(a) ** 2", "1 - np.tanh(b**2)", ["nesting", "name"]),
        ("np.dot(a.T, b)", "np.dot(a, b)", ["transpose"]),
        ("np.dot(a.T, b)", "np.dot(c.T, b)", ["name"]),
        ("a * b * c", "a * c", ["factor-dropped"]),
        ("a * b * c", "a * b * b * c", ["doubled"]),
        ("a * b * c", "a * b * c * d", ["factor-added"]),
        ("a + b + c", "a + c", ["term-dropped"]),
        ("a + b", "a + b + c", ["term-added"]),
        ("a + b", "a - b", ["sign"]),
        ("a", "-a", ["sign"]),
        ("a * b", "a / b", ["operator"]),
        ("a * b", "a + b", ["operator"]),
        ("(a + b) * c", "a + b * c", ["bracket"]),
        ("f(a + b)", "f(a) + b", ["bracket"]),
        ("f(a + b)", "f(a) + f(b)", ["bracket"]),
        ("1 - a", "2 - a", ["constant"]),
        ("np.sum(a, axis=1)", "np.sum(a, axis=0)", ["axis"]),
        ("np.sum(a, axis=1, keepdims=True)", "np.sum(a, axis=1)", ["keepdims"]),
        ("np.sum(a, axis=1, keepdims=True)", "np.sum(a)", ["axis"]),
        ("W[:, :n]", "W[:, n:]", ["slice"]),
        ("x[:, :, t]", "x[:, :, t - 1]", ["time"]),
        ("np.dot(a, b)", "a * b", ["product"]),
        ("np.dot(a, b)", "np.dot(b, a)", ["arguments"]),
        ("f(a, b, c)", "f(a, b)", ["arguments"]),
        ("np.concatenate((a, b), axis=0)", "np.concatenate((b, a), axis=0)", ["order"]),
        ("(a * b + c * b) * (1 - d)", "(a + c) * b * (1 - e)", ["name"]),
        ("(a * b + c * b) * d", "(a * b) * d", ["term-dropped"]),
        ("a", "[x for x in y]", ["quantity"]),
        ("a", "a", []),
    ],
)
def test_the_kind_is_told_from_the_syntax(was, becomes, kinds):
    """One example for each kind, and for a few at once."""
    assert [found.kind for found in differences(was, becomes)] == kinds


def test_both_sides_are_named():
    """The fact needs the names, whatever surrounds them."""
    (found,) = differences("f(a * (b + c[0].T))", "f(a * (d + c[0].T))")
    assert (found.was, found.becomes) == ("`b`", "`d`")


names = st.sampled_from(["a", "b", "W.T", "x[:, t]", "1", "np.tanh(a)", "gradients['dW']"])
expressions = st.recursive(
    names,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/@"), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda text: f"np.sum({text}, axis=1)"),
        inner.map(lambda text: f"-({text}) ** 2"),
        st.tuples(inner, inner).map(lambda t: f"np.dot({t[0]}, ({t[1]}, b))"),
    ),
    max_leaves=8,
)


@given(expressions, expressions)
def test_any_two_expressions_have_words(was, becomes):
    """Whatever differs is of a known kind; the same differs in nothing."""
    found = differences(was, becomes)
    assert {difference.kind for difference in found} <= KINDS.keys()
    assert differences(was, was) == []
    assert len(RULES) > 5
