"""mentoring/trees: patterns and what is put in the place of a part."""

import ast

import pytest

from rnn_course.mentoring.search.trees import (
    changed,
    children,
    constant,
    filled,
    is_letter,
    letters,
    match,
    name_node,
    parsed,
    replaced,
)


@pytest.mark.parametrize(
    ("pattern", "text", "bound"),
    [
        ("A + B", "x + y * z", {"A": "x", "B": "y * z"}),
        ("A * A", "x[0] * x[0]", {"A": "x[0]"}),
        ("F(A)", "np.tanh(x)", {"F": "np.tanh", "A": "x"}),
        ("A[:, :, t]", "x[:, :, t]", {"A": "x"}),
        ("np.sum(A, axis=1)", "np.sum(x, axis=1)", {"A": "x"}),
        ("A * A", "x * y", None),
        ("A + B", "x - y", None),
        ("F(A)", "f(x, y)", None),
        ("np.sum(A, axis=1)", "np.sum(x, axis=0)", None),
        ("A[:, :, t]", "x[:, t]", None),
    ],
)
def test_patterns(pattern, text, bound):
    """A letter stands for any expression, twice for the same one."""
    binding = {}
    assert match(parsed(pattern), parsed(text), binding) == (bound is not None)
    if bound:
        assert {letter: ast.unparse(node) for letter, node in binding.items()} == bound
        assert ast.unparse(filled(parsed(pattern), binding)) == text


def test_letters():
    """One capital letter each; T as an attribute is none."""
    assert letters(parsed("F(A).T + b * N")) == {"F", "A", "N"}
    assert is_letter(parsed("A"))
    assert not is_letter(parsed("Wf"))
    assert not is_letter(parsed("a"))


def test_each_part_can_be_replaced_and_the_tree_stays_as_it_was():
    """In a copy that shares the rest."""
    for text in ("x + y", "f(x, axis=y)", "(x, y, 0)", "x[:, y]", "-x", "{'a': x}"):
        tree = parsed(text)
        before = ast.dump(tree)
        new = [
            put(name_node("new")) for child, put in children(tree) if isinstance(child, ast.expr)
        ]
        assert new
        assert all("new" in ast.unparse(one) for one in new)
        assert ast.dump(tree) == before


def test_replaced_reaches_every_place():
    """From the leaves up; the tree itself if nothing changes."""
    tree = parsed("x + f(x) * y")

    def other(node):
        return constant(1) if isinstance(node, ast.Name) and node.id == "x" else None

    assert ast.unparse(replaced(tree, other)) == "1 + f(1) * y"
    assert replaced(tree, lambda node: None) is tree
    assert ast.unparse(changed(tree, left=name_node("z"))) == "z + f(x) * y"
