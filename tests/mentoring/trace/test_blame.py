"""mentoring/verdict: which statement is to blame. The statements run here, all are our own."""

import pytest

from rnn_course.mentoring.trace.blame import Verdict
from rnn_course.mentoring.trace.driver import run_events
from rnn_course.mentoring.trace.plan import Plan
from rnn_course.mentoring.trace.repair import repair
from rnn_course.mentoring.trace.schedule import Schedule
from rnn_course.mentoring.trace.trace import _told
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.published import SOURCE


def judged(schedule):
    """The verdict on a schedule."""
    program = [(step.code, step.names) for step in schedule.plan.steps]
    return Verdict(schedule, run_events(program, [], list(map(_told, schedule.events))))


def departures(name, *edits):
    """The departures of the published form with edits, all variants tried."""
    source = SOURCE[name]
    for was, becomes in edits:
        assert was in source, was
        source = source.replace(was, becomes)
    verdict = judged(Schedule(Plan(repair(source)[0])))
    for variant in verdict.variants():
        verdict.consider(judged(variant))
    return verdict.departures()


CARRY = '        da_prevt = gradients["da_prev"]\n'
GATE = "dot = da_next * np.tanh(c_next) * ot * (1 - ot)"


@pytest.mark.parametrize("name", EXERCISES)
def test_the_form_does_not_depart_from_itself(name):
    """No statement is blamed."""
    assert departures(name) == []


def test_a_wrong_value_is_shown_at_its_first_place():
    """With what stands there, and what it is a function of."""
    (found,) = departures("rnn_cell_backward", ("(1 - a_next**2)", "(1 + a_next**2)"))
    assert (found.kind, found.name, found.place) == ("value", "dtanh", "dtanh[0][0]")
    assert found.reads == ("a_next", "da_next")
    assert found.slips == ("the sign of the term of `a_next` is wrong",)
    assert float(found.got) != float(found.expected)


def test_a_value_that_never_arrives():
    """The statement that should have bound it, at the line that reads it."""
    (found,) = departures("rnn_backward", (CARRY, ""))
    assert (found.kind, found.student, found.name) == ("lost", "", "da_prevt")
    assert found.right == "da_prevt = gradients['da_prev']"


def test_a_name_that_is_bound_instead_of_another():
    """One departure, although later lines read the wrong list."""
    (found,) = departures("rnn_backward", ("(caches, x) = caches", "(cache, x) = caches"))
    assert found.student == "(cache, x) = caches"
    assert found.slips == ("`cache` stands where `caches` belongs",)


@pytest.mark.parametrize("becomes", ["None", "np.tanh(None)", "np.tanhh(c_next)", "missing"])
def test_what_raises_is_named_alone(becomes):
    """Those behind it go on with the right value."""
    (found,) = departures("lstm_cell_backward", (GATE, f"dot = {becomes}"))
    assert (found.name, found.line) == ("dot", 9)


def test_a_view_of_what_is_written_later():
    """The values are right, and still it is wrong."""
    (found,) = departures("lstm_forward", ("c_next = np.zeros((n_a, m))", "c_next = c[:, :, 0]"))
    assert (found.kind, found.name) == ("view", "c_next")


def test_an_argument_that_is_changed():
    """The caller's array is not the function's to write into."""
    (found,) = departures("rnn_cell_backward", ("    Wax =", "    da_next *= 1\n    Wax ="))
    assert (found.kind, found.name) == ("argument", "da_next")


def test_a_name_may_stand_for_something_else():
    """If all that read it come out right, it is no mistake."""
    edits = [
        ("dtanh)", "dtanh * da_next)"),
        ("np.dot(dtanh,", "np.dot(dtanh * da_next,"),
        ("np.sum(dtanh,", "np.sum(dtanh * da_next,"),
        ("dtanh = (1 - a_next**2) * da_next", "dtanh = 1 - a_next**2"),
    ]
    assert departures("rnn_cell_backward", *edits) == []


def test_a_name_of_the_students_own_is_blamed_once():
    """Not each line that reads it."""
    edits = [("dtanh", "dz"), ("(1 - a_next**2)", "(1 - a_next)")]
    (found,) = departures("rnn_cell_backward", *edits)
    assert (found.name, found.student) == ("dz", "dz = (1 - a_next) * da_next")


def test_two_mistakes_are_two_departures():
    """Each is judged with the other put right."""
    edits = [
        (GATE, GATE.replace("c_next", "dc_next")),
        ("np.dot(dot, concat.T)", "np.dot(dit, concat.T)"),
    ]
    assert [found.name for found in departures("lstm_cell_backward", *edits)] == ["dot", "dWo"]


@pytest.mark.parametrize(
    "row",
    [
        None,
        1.0,
        "text",
        {},
        {"bound": None},
        {"bound": {"dtanh": "x"}, "views": [1, ("a",)]},
        {"raised": 5},
    ],
)
def test_answers_that_no_driver_gives(row):
    """Code that writes its own answers blames itself, and nothing breaks."""
    schedule = Schedule(Plan(repair(SOURCE["rnn_cell_backward"])[0]))
    verdict = Verdict(schedule, [row] * len(schedule.events))
    assert verdict.departures()
