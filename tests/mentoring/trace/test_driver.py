"""mentoring/driver: statements run one by one on given values."""

import ast
import inspect

import numpy as np
import pytest

from rnn_course.mentoring.trace import driver
from rnn_course.mentoring.trace.driver import alike, run_events


def events(*rows):
    """Events from (number, given) or (number, given, alone)."""
    return [{"number": n, "given": g, "alone": bool(more)} for n, g, *more in rows]


def test_each_event_runs_on_what_it_is_given():
    """A name that is not given keeps what the statements made of it."""
    program = [("b = a * 2", ["b"]), ("c = b + a", ["c"])]
    found = run_events(program, [], events((0, {"a": np.ones(2)}), (1, {"a": np.zeros(2)})))
    assert found[1]["bound"]["c"].tolist() == [2, 2]
    found = run_events(program, [], events((0, {"a": np.ones(2)}, 1), (1, {"a": np.zeros(2)})))
    assert found[1] == {"raised": "NameError: name 'b' is not defined"}


def test_what_was_bound_does_not_change_later():
    """A copy is kept; numbers that are marked are integers."""
    program = [("a = np.zeros(n)", ["a"]), ("a[0] = 5", ["a"])]
    found = run_events(program, [], events((0, {"n": np.array(2)}), (1, {})))
    assert [row["bound"]["a"].tolist() for row in found] == [[0, 0], [5, 0]]


def test_helpers_of_the_post_can_be_called():
    """And one that raises stops nothing."""
    helpers = ["1 / 0", "def twice(x):\n    return 2 * x"]
    assert run_events([("a = twice(4)", ["a"])], helpers, events((0, {})))[0]["bound"] == {"a": 8}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("while True: pass", "TooLongError: it does not come to an end"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("a = np.dcct(1)", "AttributeError: module 'numpy' has no attribute 'dcct'"),
        ("g = cell(x, 2)", "WrongArgumentError: the second argument of cell is not what"),
        ("g = cell(x)", "WrongArgumentError: cell takes 2 arguments and gets 1"),
    ],
)
def test_what_is_raised_is_told_in_words(text, words):
    """Whatever it is, and the next statement runs."""
    given = {"x": np.ones(2), "call cell": [((np.ones(2), np.array(1.0)), {"dx": np.ones(1)})]}
    found = run_events([(text, ["g"]), ("b = 1", ["b"])], [], events((0, given), (1, {})))
    assert found[0]["raised"].startswith(words)
    assert found[1]["bound"] == {"b": 1}


def test_a_call_that_is_known_gives_its_result():
    """To arguments with these numbers, by name too."""
    given = {"x": np.ones(2), "call cell": [((np.ones(2), np.array(1.0)), {"dx": np.ones(1)})]}
    found = run_events([("g = cell(x, cache=1)", ["g"])], [], events((0, given)))
    assert alike(found[0]["bound"]["g"], {"dx": np.ones(1)})


@pytest.mark.parametrize("text", ["b = a[0]", "b = a", "b = a.T"])
def test_views_are_told(text):
    """An array that shares its numbers with another name's; a copy does not."""
    given = events((0, {"a": np.ones((2, 2))}))
    assert run_events([(text, ["b"])], [], given)[0]["views"] == [("b", "a")]
    assert run_events([(f"{text}.copy()", ["b"])], [], given)[0]["views"] == []


def test_it_knows_no_right_answer():
    """Its text goes into the sandbox: it imports nothing of the course but what students have."""
    tree = ast.parse(inspect.getsource(driver))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"contextlib", "rnn_utils"}
