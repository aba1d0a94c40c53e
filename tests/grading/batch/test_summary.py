"""grading/batch/summary: the class's picture is counted right."""

import json

from rnn_course.grading.batch.conduct import Result
from rnn_course.grading.batch.summary import KINDS, Summary, kind
from rnn_course.grading.verdict import Status


def verdict(function, points, status="wrong", mistake="", most=8.0):
    """A verdict as the judge leaves it in a notebook."""
    told = {"function": function, "points": points, "max_points": most, "status": status}
    return told | {"mistake": mistake}


def summary():
    """Four students."""
    told = Summary("rnn")
    known = "rnn_cell_forward/sigmoid-for-tanh"
    rows = [
        ("ann", "graded", [verdict("rnn_cell_forward", 8.0, "right")], 0.2),
        ("bob", "kept", [verdict("rnn_cell_forward", 0.0, mistake=known)], None),
        ("cid", "graded", [verdict("rnn_cell_forward", 3.0, mistake=known)], 0.9),
        ("dan", "graded", [verdict("rnn_cell_forward", 0.0, "timed out")], 9.5),
    ]
    for student, outcome, verdicts, seconds in rows:
        times = {} if seconds is None else {"RunCells": seconds}
        told.add(Result(student, outcome, verdicts, [], times))
    told.add(Result("eve", "failed", failure="Traceback …\nValueError: no\n"))
    return told


def test_kinds_cover_every_status():
    """Right and partly by the points, the others by what became of the call."""
    assert kind(verdict("f", 8.0, "right")) == "right"
    assert kind(verdict("f", 1.0)) == "partly right"
    for status in Status:
        assert kind(verdict("f", 0.0, status)) in KINDS
    assert kind(verdict("f", 0.0, "blank")) == kind(verdict("f", 0.0, "absent")) == "not done"
    assert kind(verdict("f", 0.0, "wrong shape")) == "wrong"
    for status in ("raised", "timed out", "out of memory", "no answer", "unreadable"):
        assert kind(verdict("f", 0.0, status)) == "no result"


def test_outcomes_functions_and_mistakes_are_counted():
    """Those that were kept count as well: they are of the class."""
    told = summary()
    assert told.outcomes == {"graded": 3, "kept": 1, "failed": 1}
    assert told.functions["rnn_cell_forward"] == {
        **{"right": 1, "partly right": 1, "wrong": 1, "no result": 1}
    }
    assert told.mean("rnn_cell_forward") == 2.75
    assert [(count, label) for count, label, _ in told.commonest()] == [
        (2, "rnn_cell_forward/sigmoid-for-tanh")
    ]
    assert told.failed == {"eve": "Traceback …\nValueError: no\n"}


def test_the_slowest_come_first_and_are_few():
    """What was kept took no time."""
    told = summary()
    assert told.slowest == [(9.5, "dan"), (0.9, "cid"), (0.2, "ann")]
    for k in range(20):
        told.add(Result(f"s{k:02}", "graded", [], [], {"RunCells": float(k)}))
    assert [who for _, who in told.slowest] == ["s19", "s18", "s17", "s16", "s15"]


def test_functions_stand_in_the_order_of_the_assignment():
    """Whoever was graded first."""
    told = Summary("rnn")
    for name in ("lstm_backward", "own_function", "rnn_forward"):
        told.add(Result("ann", "graded", [verdict(name, 1.0)]))
    assert list(told.named()) == ["rnn_forward", "lstm_backward", "own_function"]


def test_as_json_it_says_the_same():
    """For a program that reads it."""
    told = json.loads(json.dumps(summary().to_dict()))
    assert told["outcomes"]["graded"] == 3
    assert told["functions"]["rnn_cell_forward"]["right"] == 1
    assert told["mistakes"][0]["students"] == 2
    assert told["slowest"][0] == {"student": "dan", "seconds": 9.5}
    assert told["stages"] == {"RunCells": 10.6}


def test_nothing_graded_is_no_error():
    """Ctrl-C at once."""
    assert Summary("rnn").to_dict()["mean_points"] == 0
