"""mentoring/statements: which statements differ, in which way, and which only look different."""

import ast

import pytest

from rnn_course.mentoring.explain.statements import differences, edits_of, statements
from rnn_course.subject.published import SOURCE

CELL, LOOP = "lstm_cell_backward", "lstm_backward"
DFT = "(dc_next * c_prev + ot * (1 - np.tanh(c_next) ** 2) * c_prev * da_next) * ft * (1 - ft)"


def edits(function, was, becomes):
    """The edits where one text of the published form is replaced."""
    assert SOURCE[function].count(was) == 1
    return edits_of(function, SOURCE[function].replace(was, becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("np.dot(dft, concat.T)", "dft @ concat.T"),
        ("np.dot(dft, concat.T)", "np.matmul(dft, np.transpose(concat))"),
        ("dot = da_next * np.tanh(c_next)", "dot = np.multiply(np.tanh(c_next), da_next)"),
        ("ot * (1 - ot)\n", "(ot - np.square(ot))\n"),
        (DFT, "(dc_next + ot * (1 - np.tanh(c_next) ** 2) * da_next) * c_prev * ft * (1 - ft)"),
    ],
)
def test_another_way_to_write_a_line_is_no_edit(was, becomes):
    """Operators for functions, factors in another order, multiplied out or not."""
    assert edits(CELL, was, becomes) == []


@pytest.mark.parametrize("copied", ["a0.copy()", "np.copy(a0)"])
def test_a_copy_of_what_is_right_is_no_edit(copied):
    """It holds the same numbers, and is safer."""
    assert edits("lstm_forward", "a_next = a0", f"a_next = {copied}") == []


def test_a_line_that_is_not_arithmetic_is_never_evaluated():
    """What stands in a post does not run."""
    (edit,) = edits(CELL, DFT, "__import__('os').getpid() * (dc_next if 9**9**9**9 else 0)")
    assert edit.becomes
    for number in ("9**9**9**9**9", "9" * 999, "1e999"):
        (edit,) = edits(CELL, DFT, number)
        assert edit.becomes


def test_a_line_that_slid_out_of_the_loop_has_moved():
    """The same text at another depth is one edit, not two."""
    (edit,) = edits("lstm_forward", "        caches.append(cache)\n", "    caches.append(cache)\n")
    assert (edit.was.text, edit.was.depth) == (edit.becomes.text, 1)
    assert edit.becomes.depth == 0


def test_loops_are_included_and_nothing_is_not():
    """The head of a loop is a statement, its body follows; docstrings and pass are none."""
    texts = [statement.text for statement in statements(SOURCE[LOOP])]
    assert "for t in reversed(range(T_x)):" in texts
    assert texts[0].startswith("caches, x =")
    assert statements("def f():\n    'words'\n    pass\n") == []


def test_lines_that_swap_places_are_two_moves_at_most():
    """Order matters, and is seen."""
    was = '        da_prevt = gradients["da_prev"]\n        dc_prevt = gradients["dc_prev"]\n'
    one, other = was.splitlines(keepends=True)
    assert 1 <= len(edits(LOOP, was, other + one)) <= 2


@pytest.mark.parametrize(
    ("was", "becomes", "kinds"),
    [
        ("c = np.zeros((n_a, m, T_x))", "c = a", ["alias"]),
        ("c_next = np.zeros((n_a, m))", "c_next = c[:, :, 0]", ["view"]),
        ("c_next = np.zeros((n_a, m))", "c_next = a0", ["start"]),
        ("dW += gradients['dW']", "dW = gradients['dW']", ["accumulate"]),
        ("dW += gradients['dW']", "dW += gradients['db']", ["name"]),
        ("dW += gradients['dW']", "dW -= gradients['dW']", ["sign"]),
        ("a, c = f(x)", "a, b = f(x)", ["target"]),
        ("a[:, :, t] = b", "a[:, :, 0] = b", ["time"]),
        ("cache = (a, b)", "cache = (b, a)", ["cache"]),
        ("caches.append(cache)", "caches.append(a)", ["cache"]),
        ("for t in range(T):\n pass", "for t in range(1, T):\n pass", ["loop"]),
        ("x = {'a': a, 'b': b}", "x = {'a': a, 'b': a}", ["name"]),
        ("x = {'a': a, 'b': b}", "x = {'a': a}", ["returned"]),
        ("return a, b", "return b, a", ["order"]),
        ("x = y", "x = yield", ["quantity"]),
        ("x = y", "import y", ["other"]),
        ("x = y", "x = y", []),
    ],
)
def test_the_kind_of_an_edit_of_a_statement(was, becomes, kinds):
    """Told from the two statements alone."""
    one, other = (ast.parse(text).body[0] for text in (was, becomes))
    assert [found.kind for found in differences(one, other)] == kinds
