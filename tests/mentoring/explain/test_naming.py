"""mentoring/naming: the names of what a statement binds and of what an expression holds."""

import ast

import pytest

from rnn_course.mentoring.explain.naming import bound, called, in_words, listed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = b", ["a"]),
        ("a[:, :, t] = b", ["a"]),
        ("(a, [b, *c]) = d", ["a", "b", "c"]),
        ("a |= b", ["a"]),
        ("a.append(b)", ["a"]),
        ("return a", ["return"]),
        ("for t in x: pass", ["t"]),
        ("pass", []),
    ],
)
def test_what_a_statement_binds(text, names):
    """A store into an array counts, and so does a call of its method."""
    assert bound(ast.parse(text).body[0]) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a", "`a`"),
        ("1", "1"),
        ("a.T", "`a` transposed"),
        ("np.tanh(a)", "the tanh of `a`"),
        ("gradients['da']", "the step's `da`"),
        ("x[:, :, t]", "a part of `x`"),
        ("1 - ot", "the slope with `ot`"),
        ("np.dot(W[:, n:].T, d)", "the part with `W` and `d`"),
        ("np.zeros((n, m))", "zeros"),
        ("1 + 2", "a number"),
    ],
)
def test_an_expression_in_words(text, words):
    """Names, never code."""
    assert in_words(ast.parse(text, mode="eval").body) == words


def test_a_list_in_words():
    """Commas, and an and before the last."""
    assert [listed(list(names)) for names in ("", "a", "ab", "abc")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_what_is_called():
    """Powers and transposes are functions too."""
    texts = ("np.tanh(a)", "sigmoid(a)", "a**2", "a.T", "-a", "a + b")
    found = [called(ast.parse(text, mode="eval").body) for text in texts]
    assert found == ["tanh", "sigmoid", "square", "transpose", "minus", ""]
