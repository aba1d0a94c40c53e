"""mentoring/edits: what one edit makes of an expression."""

import ast

import numpy as np
import pytest
from planted import observed

from rnn_course.mentoring.printed import EXERCISES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, at
from rnn_course.mentoring.search.edits import Editor, code, rules, usual_rules
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.trees import parsed
from rnn_course.mentoring.search.trial import Trial

ARRAY, OTHER, MATRIX = np.ones((2, 3)), np.zeros((2, 3)), np.ones((3, 4))
SCOPE = {"a": ARRAY, "b": OTHER, "W": MATRIX, "n": 2, "p": {"Wf": MATRIX, "Wi": MATRIX}}
SCOPE |= {"g": {"dxt": OTHER}}
EDITOR = Editor(SCOPE, {"left": ARRAY, "a": MATRIX}, ARRAY.shape)


def edits(text, editor=EDITOR):
    """The edits of an expression as texts."""
    return [ast.unparse(edit.tree) for edit in editor.edits(parsed(text))]


@pytest.fixture(scope="module")
def published():
    """(editor, right-hand side) of each statement of all functions."""
    found = []
    for function in EXERCISES:
        trial = Trial(PUBLISHED_PROGRAM, Reported(observed(function)))
        for site in trial.scopes:
            value = getattr(at(PUBLISHED_PROGRAM, site), "value", None)
            if value is not None and site.function == function:
                found.append((trial.editor(site), value))
    return found


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("a * b", "a + b"),
        ("a * b", "a * a"),
        ("a * b", "left * b"),  # of an earlier cell
        ("a * a", "b * b"),  # everywhere at once
        ("np.tanh(a) ** 2", "np.tanh(a ** 2)"),
        ("1 - np.tanh(a) ** 2", "1 - np.tanh(a ** 2)"),
        ("(a + b) * a", "a + b * a"),
        ("np.dot(a, W)", "np.dot(W, a)"),
        ("np.dot(a, W)", "np.dot(a, W.T)"),
        ("p['Wf']", "p['Wi']"),
        ("g['dxt']", "g['dx']"),  # of another function's gradients
        ("a[:, 0]", "a[:, 1]"),
        ("(a, b)", "(b, a)"),
        ("(a, b)", "(b,)"),
        ("{'a': a, 'b': b}", "{'b': b}"),
        ("cell(a, b)", "cell(b, a)"),
        ("np.sum(a, axis=1, keepdims=True)", "np.sum(a, axis=0, keepdims=True)"),
        ("np.sum(a, axis=1, keepdims=True)", "np.sum(a, axis=1)"),
        ("a", "-a"),
        ("a", "b"),
        ("np.tanh(a)", "sigmoid(a)"),
    ],
)
def test_one_edit(text, edited):
    """Each of these is among them."""
    assert edited in edits(text)


def test_a_name_stands_for_one_of_its_kind():
    """Of its own shape, first the function's own."""
    assert EDITOR.others("a") == ["b", "left"]
    assert EDITOR.others("left") == []  # nobody edits what is not the function's own
    assert not any("W" in text for text in edits("a + b"))


def test_edits_are_distinct_and_never_the_expression_itself(published):
    """In each statement of the published form."""
    for editor, value in published:
        texts = [ast.unparse(edit.tree) for edit in editor.edits(value)]
        assert len(texts) == len(set(texts))
        assert ast.unparse(value) not in texts


def test_edits_are_expressions_and_leave_their_tree_alone(published):
    """Each can be compiled; what is shared is never changed."""
    for editor, value in published:
        before = ast.dump(value, include_attributes=True)
        for edit in editor.edits(value):
            code(edit.tree)
        assert ast.dump(value, include_attributes=True) == before


def test_each_rule_fits_somewhere(published):
    """In the published form, or in what one edit makes of it."""
    trees = [value for _, value in published]
    trees += [edit.tree for editor, value in published for edit in editor.edits(value)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for rule in rules():
        assert any(rule.binding(node) is not None for node in nodes), ast.unparse(rule.pattern)


def test_an_edit_is_rare_if_its_rule_or_its_name_is():
    """A rule below the line, or a name of an earlier notebook cell."""
    rare = {ast.unparse(edit.tree): edit.rare for edit in EDITOR.edits(parsed("a + b"))}
    assert not rare["a - b"]
    assert rare["a / b"]
    assert rare["left + b"]
    usual = [ast.unparse(tree) for tree in EDITOR.usual(parsed("a + b"))]
    assert usual == [
        text for text in map(ast.unparse, EDITOR.rewrites(parsed("a + b"))) if not rare.get(text)
    ]


def test_usual_rules_are_rules_and_never_replace_the_whole():
    """The rarer ones come behind them."""
    assert rules()[: len(usual_rules())] == usual_rules()
    assert not any(rule.whole for rule in usual_rules())


def test_a_rule_knows_its_letters():
    """Every free letter stands for an array of the statement's shape, Y for one in time."""
    free = {letter for rule in rules() for letters in rule.free for letter in letters}
    assert free == {"X", "Y"}
    in_time = Editor({"a": ARRAY, "y": np.ones((2, 3, 4))}, {}, ARRAY.shape)
    assert "y[:, :, 0]" in edits("a", in_time)
    assert "a * b" in edits("a") or "a + b" in edits("a")
