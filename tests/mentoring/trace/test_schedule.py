"""mentoring/schedule: which statement runs when, on what."""

from itertools import pairwise

import numpy as np

from rnn_course.mentoring.trace.plan import Plan
from rnn_course.mentoring.trace.repair import repair
from rnn_course.mentoring.trace.schedule import Schedule
from rnn_course.subject.published import SOURCE


def schedule_of(name, *edits, free=frozenset()):
    """The schedule of the published form with edits."""
    source = SOURCE[name]
    for was, becomes in edits:
        source = source.replace(was, becomes)
    return Schedule(Plan(repair(source)[0]), free)


def test_a_loop_runs_at_all_its_visits():
    """Each time with the right values of that visit."""
    schedule = schedule_of("rnn_backward")
    adding = [event for event in schedule.events if event.step.text.startswith("dba +=")]
    assert [event.visit for event in adding] == [(0,), (1,), (2,), (3,)]
    assert not any(event.alone for event in schedule.events)
    for before, after in pairwise(adding):
        np.testing.assert_array_equal(schedule.right(before)["dba"], after.given["dba"])


def test_what_does_not_hold_the_right_value_is_tried_both_ways():
    """First as the student has it, then as it should be."""
    schedule = schedule_of("rnn_backward", ('        da_prevt = gradients["da_prev"]\n', ""))
    calls = [event for event in schedule.events if event.step.text.startswith("gradients = rnn")]
    assert [event.lacking for event in calls if event.alone] == [("da_prevt",)] * 3
    assert [event.alone for event in calls] == [False, True, False, True, False, True, False]


def test_free_names_are_neither_given_nor_judged():
    """They are the student's own."""
    schedule = schedule_of("rnn_cell_backward", free=frozenset(["dtanh"]))
    for event in schedule.events:
        assert "dtanh" not in event.given
        assert "dtanh" not in schedule.right(event)


def test_what_was_taken_out_is_made_up_for():
    """Names that no line binds are given their right values."""
    (piece,) = repair(SOURCE["rnn_cell_backward"].replace("dtanh = (", "#...\n    other = ("))
    events = Schedule(Plan(piece)).events
    assert all("dtanh" in event.given for event in events if "dtanh" in event.step.reads)
