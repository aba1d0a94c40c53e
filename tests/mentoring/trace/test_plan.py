"""mentoring/plan: a student's statements beside those of the form."""

import ast

import pytest

from rnn_course.mentoring.trace import forms
from rnn_course.mentoring.trace.plan import Plan
from rnn_course.mentoring.trace.repair import Piece, repair
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.published import SOURCE


def plan_of(name, *edits):
    """The plan of the published form with edits."""
    source = SOURCE[name]
    for was, becomes in edits:
        assert was in source, was
        source = source.replace(was, becomes)
    return Plan(repair(source)[0])


def rights(plan):
    """{(a line of the student's, name): the form's statement}."""
    return {
        (ast.unparse(step.node), name): ast.unparse(forms.statement_at(plan.piece.form, path))
        for step in plan.steps
        for name, path in step.rights.items()
    }


@pytest.mark.parametrize("name", EXERCISES)
def test_the_form_is_matched_with_itself(name):
    """Each statement with the one that it is."""
    for (student, _), right in rights(plan_of(name)).items():
        assert student == right


def test_statements_are_told_by_the_names_that_they_bind():
    """In the loop and outside of it, several at once too."""
    carry, right = 'da_prevt = gradients["da_prev"]', "da_prevt = gradients['da_prev']"
    found = rights(plan_of("rnn_backward", (carry, 'da_prevt, g = gradients["da_prev"], 0')))
    assert found["da_prevt, g = (gradients['da_prev'], 0)", "da_prevt"] == right
    assert found["da_prevt = np.zeros((n_a, m))", "da_prevt"] == "da_prevt = np.zeros((n_a, m))"


def test_parts_of_a_sum_are_no_statements_of_their_own():
    """Only what comes out at the end is compared."""
    edits = ("dc_prev = dc_next * ft +", "dc_prev = dc_next * ft\n    dc_prev +=")
    plan = plan_of("lstm_cell_backward", edits)
    parts = [step for step in plan.steps if "dc_prev" in step.names]
    assert [bool(step.rights) for step in parts] == [False, True]


def test_other_names_of_versions_arguments_and_loops():
    """yt for yt_pred, arguments by their place, the loop's own counter."""
    source = SOURCE["rnn_cell_forward"].replace("yt_pred", "yt")
    source = source.replace("(xt,", "(x_in,").replace(" xt)", " x_in)").replace(" xt,", " x_in,")
    plan = Plan(repair(source)[0])
    assert rights(plan) == rights(plan_of("rnn_cell_forward"))
    source = SOURCE["rnn_forward"].replace("for t in", "for step in").replace(", t]", ", step]")
    assert rights(Plan(repair(source)[0])) == rights(plan_of("rnn_forward"))


def test_loose_lines_stand_where_they_are_most_alike():
    """A name that is bound twice is told by the expression."""
    piece = Piece("lstm_backward", "", 'dWf += gradients["dWf"]\ndWi = np.zeros((n_a, n_x))', False)
    assert list(rights(Plan(piece)).values()) == [
        "dWf += gradients['dWf']",
        "dWi = np.zeros((n_a, n_a + n_x))",
    ]
