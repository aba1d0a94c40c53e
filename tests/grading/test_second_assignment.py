"""The second assignment end to end, with the commands and the steps of the first."""

import nbformat
import pytest
from conftest import copy_released

from rnn_course.grading.cohort import cohort, write_submissions
from rnn_course.grading.course import Course
from rnn_course.subject.exercises import of

pytestmark = pytest.mark.slow
ASSIGNMENT = "lstm-language-network"
MEMBERS = list(cohort(ASSIGNMENT).values())
EACH = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.student)


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """The cohort, autograded and given feedback."""
    mine = Course(copy_released(course, tmp_path_factory.mktemp("second") / "course"))
    mine.release(ASSIGNMENT)
    write_submissions(mine, ASSIGNMENT, MEMBERS)
    begun = list(mine.autograde(ASSIGNMENT, "*"))
    assert sorted(begun) == sorted(member.student for member in MEMBERS)
    mine.feedback(ASSIGNMENT, "*")
    return mine


@EACH
def test_each_member_of_the_cohort_gets_just_the_points_that_are_due(graded, member):
    """The table of expected points, function by function."""
    results = graded.results(ASSIGNMENT, member.student)
    assert {name: result.points for name, result in results.items()} == member.points


@EACH
def test_every_lost_point_has_a_reason_in_words(graded, member):
    """No function loses points without a sentence, and none has a sentence without losing."""
    for result in graded.results(ASSIGNMENT, member.student).values():
        assert bool(result.reason) == (result.points < result.max_points)


def test_no_cell_of_a_right_notebook_raises_or_writes_on_stderr_while_it_is_graded(graded):
    """What trains and draws does nothing then, and what follows runs without it."""
    path = graded.folder("autograded") / "all-right" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    outputs = {
        cell.id: output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" or output.get("name") == "stderr"
    }
    assert outputs == {}


def test_the_post_is_named_as_the_known_mistake_that_it_is(graded):
    """On the feedback page, with the hint."""
    student = "seed-003-as-in-the-post"
    page = graded.folder("feedback") / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "These numbers are those of a known mistake" in page.read_text("utf-8")
    assert sum(e.max_points for e in of(ASSIGNMENT).values()) == 100
