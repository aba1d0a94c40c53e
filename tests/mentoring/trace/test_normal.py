"""mentoring/normal: expressions that mean the same have one form."""

import ast

import pytest

from rnn_course.mentoring.trace.normal import expanded, normal, say


def form(text, **names):
    """The normal form of a text."""
    return normal(
        ast.parse(text, mode="eval").body,
        {k: ast.parse(v, mode="eval").body for k, v in names.items()},
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a * b * c", "c * (b * a)"),
        ("np.multiply(a, b)", "b * a"),
        ("np.square(np.tanh(a))", "np.tanh(a) ** 2"),
        ("a * a", "a**2"),
        ("b * a**2", "a * b * a"),
        ("np.add(a, b) - c", "b - c + a"),
        ("a @ b", "np.matmul(a, b)"),
        ("a.dot(b.T)", "np.dot(a, np.transpose(b))"),
        ("np.sum(a, 1, keepdims=True)", "a.sum(keepdims=True, axis=-1)"),
        ("parameters['Wf'][:, :n_a]", "Wf[:, :n_a]"),
    ],
)
def test_two_ways_to_say_the_same(one, other):
    """Order, names of functions and methods do not count."""
    assert form(one) == form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - b", "b - a"),
        ("a @ b", "b @ a"),
        ("np.tanh(a**2)", "np.tanh(a)**2"),
        ("a.T", "a"),
        ("-a", "a"),
    ],
)
def test_what_is_not_the_same(one, other):
    """Order counts where it should."""
    assert form(one) != form(other)


def test_a_name_is_what_it_stands_for():
    """Also a name that stands for itself and more."""
    assert form("S * it", S="1 - c**2") == form("it * (1 - c * c)")
    assert form("a", a="a + b") == form("b + a")


def test_brackets_are_multiplied_out():
    """Signs included; what would grow beyond reason stays as it is."""
    assert expanded(form("(a + b) * (c - d)")) == form("a * c - a * d + b * c - b * d")
    long = form(" * ".join(f"(a{k} + b{k})" for k in range(9)))
    assert expanded(long) == long


@pytest.mark.parametrize(
    "text", ["a * (b - c**2)", "np.dot(W[:, n_a:].T, d)", "-a + b", "f(x, axis=1)"]
)
def test_it_can_be_said_again(text):
    """What it says reads back as the same form."""
    assert form(say(form(text))) == form(text)
