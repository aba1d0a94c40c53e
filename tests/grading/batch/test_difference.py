"""grading/batch/difference: who gets other points, and why, is told apart and counted right."""

import json
from datetime import datetime

import pytest

from rnn_course.grading.batch.conduct import Result
from rnn_course.grading.batch.difference import (
    AGAIN,
    GAINS,
    KINDS,
    LOSES,
    NEW,
    NOT_KNOWN,
    REWORDED,
    STAYS,
    Change,
    Difference,
    differing,
)
from rnn_course.grading.batch.papers import Score, Standing

TIME = datetime(2026, 1, 1)
WORTH = {"n/f": 8.0, "n/g": 4.0}


def standing(f, manual=None, **others):
    """What the gradebook has of one who wrote f, and has 4 points for g."""
    points = (f or 0.0) if manual is None else manual
    return Standing({"n/f": Score(f, manual, points), "n/g": Score(4.0, None, 4.0)}, **others)


def verdict(words, mistake=""):
    """What the judge says of f, as it stands in a notebook."""
    return {"f": {"function": "f", "status": "wrong", "reason": words, "mistake": mistake}}


def change(student, before, after, since=("programs",), said=("dx wrong", "dx wrong")):
    """Of one student who had one standing and gets another."""
    functions = tuple(differing(before, after, verdict(said[0]), verdict(said[1]), WORTH))
    return Change(student, before, after, functions, since)


UNGRADED = Standing({"n/f": Score(None, None, 0.0), "n/g": Score(None, None, 0.0)})
CHANGES = {
    "loses": (LOSES, change("loses", standing(8.0), standing(2.0))),
    "gains": (GAINS, change("gains", standing(2.0), standing(4.0))),
    "by-hand": (STAYS, change("by-hand", standing(8.0, 3.0), standing(0.0, 3.0))),
    "late": (LOSES, change("late", standing(8.0), standing(8.0, penalty=1.0))),
    "again": (AGAIN, change("again", standing(8.0), standing(0.0), ("submission", "programs"))),
    "later": (AGAIN, change("later", standing(8.0), standing(0.0, handed_in=TIME), None)),
    "same-time": (LOSES, change("same-time", standing(8.0), standing(0.0), None)),
    "new": (NEW, change("new", Standing(), standing(8.0))),
    "ungraded": (NEW, change("ungraded", UNGRADED, standing(8.0))),
    "words": (REWORDED, change("words", standing(8.0), standing(8.0), said=("a", "b"))),
    "same": ("", change("same", standing(8.0), standing(8.0), ("submission",))),
}


def difference():
    """Of all of these, one that was kept, and one that failed."""
    told = Difference("rnn")
    for name, (_, each) in CHANGES.items():
        told.add(Result(name, "graded"), each)
    told.add(Result("kept", "kept"), None)
    told.add(Result("failed", "failed", failure="ValueError: no"), None)
    return told


@pytest.mark.parametrize("name", CHANGES)
def test_each_kind_of_change_is_told_from_the_others(name):
    """A new hand-in from a new judgement, a total that stays from one that moves."""
    kind, each = CHANGES[name]
    assert each.kind == kind
    assert kind in (*KINDS, "")


def test_a_function_has_the_judges_words_before_and_now():
    """With the catalogue's name of the mistake; of what nbgrader wrote elsewhere nothing."""
    was, now = verdict("dx wrong", "f/no-bias"), verdict("") | {"g": {"reason": "", "status": "no"}}
    (f, g) = differing(standing(2.0), standing(8.0), was, now, WORTH)
    assert (f.name, f.was, f.now, f.max_points, f.gain) == (
        *("f", "dx wrong [f/no-bias]", "wrong", 8.0, 6.0),
    )
    assert (g.was, g.now, g.gain) == ("", "no", 0.0)
    assert list(differing(standing(2.0), standing(2.0), {}, now, WORTH)) == []


def test_only_the_judgements_changes_are_in_the_figures():
    """Not who handed in again or was not graded before."""
    told = difference()
    assert [each.student for each in told.judged] == ["same-time", "loses", "gains", "late"]
    assert [each.gain for each in told.judged] == [-8, -6, 2, -1]
    assert told.mean == -3.25
    assert told.functions == {"f": {"down": 3, "up": 1}}
    assert [each.student for each in told.of(LOSES)] == ["same-time", "loses", "late"]
    assert told.by_hand == 1
    assert told.since == {"programs": 8, "submission": 2, NOT_KNOWN: 2}


def test_nothing_changed_is_no_error():
    """Zero, and nobody."""
    told = Difference("rnn")
    told.add(Result("ann", "kept"), None)
    assert (told.judged, told.mean, told.functions) == ([], 0, {})
    assert told.to_dict()["summary"]["largest_gain"] is None


def test_as_json_it_says_the_same_with_the_losers_first():
    """For a program that reads it."""
    told = json.loads(json.dumps(difference().to_dict()))
    assert [row["student"] for row in told["students"]][:4] == [
        *("same-time", "loses", "late", "gains"),
    ]
    assert "same" not in [row["student"] for row in told["students"]]
    assert told["students"][1]["functions"] == [
        {
            **{"function": "f", "before": 8.0, "after": 2.0, "max_points": 8.0},
            **{"manual_score": None, "why_before": "dx wrong", "why_now": "dx wrong"},
        }
    ]
    assert told["students"][2]["penalty"] == {"before": 0.0, "after": 1.0}
    assert told["summary"][LOSES] == 3
    assert told["summary"][NEW] == 2
    assert told["outcomes"] == {"graded": 11, "kept": 1, "failed": 1}
    assert told["failed"] == {"failed": "ValueError: no"}
