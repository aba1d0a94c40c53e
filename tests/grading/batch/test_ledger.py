"""grading/batch/ledger: one transaction a submission, all of it or nothing."""

import sqlite3
from datetime import datetime, timedelta

import pytest
from conftest import ASSIGNMENT, EXERCISES
from gradebooks import rows
from nbgrader.api import Assignment, Grade, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from traitlets.config import Config

from rnn_course.grading.batch.ledger import Ledger
from rnn_course.grading.batch.papers import CannotGradeError, Graded, Paper, Score

pytestmark = pytest.mark.slow
TIME = datetime(2026, 1, 3, 10)


@pytest.fixture
def url(fresh):
    """The gradebook of a released course."""
    return f"sqlite:///{fresh / 'gradebook.db'}"


@pytest.fixture
def ledger(url):
    """It, open."""
    ledger = Ledger(url, "rnn-course", ASSIGNMENT)
    yield ledger
    ledger.close()


def graded(student="ann", points=1.0, comment="No response."):
    """A submission with the same score everywhere."""
    scores = dict.fromkeys(EXERCISES, points)
    comments = {f"solve-{name}": comment for name in EXERCISES}
    return Graded(student, {ASSIGNMENT: Paper("", scores, comments, [])})


def test_the_assignment_is_known_as_the_steps_need_it(ledger):
    """Cells with their checksums and points."""
    notebook = ledger.notebooks[ASSIGNMENT]
    assert {cell.name for cell in notebook.grade_cells} == set(EXERCISES)
    assert sum(cell.max_score for cell in notebook.grade_cells) == 100
    assert all(len(cell.checksum) == 32 for cell in notebook.source_cells)
    assert '"name": "python3"' in notebook.kernelspec


def test_a_submission_is_written_in_one_transaction(ledger, url):
    """Student, submission, marks: whoever looks sees none of it or all."""
    commits = []
    event.listen(ledger.gradebook.engine, "commit", commits.append)
    assert ledger.record(graded(), TIME) == []
    assert len(commits) == 1
    held = rows(url)
    assert held["submissions"] == [("ann", ASSIGNMENT, "2026-01-03 10:00:00.000000", None)]
    assert {row[5] for row in held["grades"]} == {1.0}
    assert ledger.students() == set(ledger.standings()) == {"ann"}


def test_what_breaks_off_in_the_middle_leaves_nothing(ledger, url, monkeypatch):
    """Even where nbgrader's own step has said commit."""
    ledger.record(graded("ann"), None)
    before = rows(url)
    ledger.due, ledger.penalties = datetime(2026, 1, 1), AssignLatePenalties()
    penalise, seen = ledger._penalise, []

    def breaks(connection, one):
        penalise(connection, one)
        seen.append(one.student)
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger, "_penalise", breaks)
    for student in ("ann", "bob"):
        with pytest.raises(KeyboardInterrupt):
            ledger.record(graded(student, 2.0), TIME)
    assert seen == ["ann", "bob"]
    assert rows(url) == before


def test_being_late_is_told_and_costs_what_the_plugin_says(ledger, url):
    """With an extension it is later that it is late; in time, an earlier penalty is taken back."""
    with Session(ledger.gradebook.engine) as session:
        session.query(Assignment).one().duedate = datetime(2026, 1, 3, 9)
        session.commit()
    config = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    ledger = Ledger(url, "rnn-course", ASSIGNMENT, AssignLatePenalties(config=config))
    assert ledger.record(graded(), TIME) == ["3600.0 seconds late."]
    assert rows(url)["notebooks"][0][4] == 8.0
    with Session(ledger.gradebook.engine) as session:
        session.query(SubmittedAssignment).one().extension = timedelta(hours=2)
        session.commit()
    assert ledger.record(graded(), TIME) == []
    assert rows(url)["notebooks"][0][4] is None
    ledger.close()


def test_a_later_grade_takes_the_place_of_the_first(ledger, url):
    """Scores and comments; what a person gave stays, and is looked at again."""
    ledger.record(graded(), None)
    with Session(ledger.gradebook.engine) as session:
        grade = next(g for g in session.query(Grade) if g.name == "rnn_forward")
        grade.manual_score = 5.0
        session.commit()
    ledger.record(graded(points=0.0, comment=None), None)
    marks = {row[3]: row[5:] for row in rows(url)["grades"]}
    assert marks["rnn_forward"] == (0.0, 5.0, None, 1)
    assert marks["rnn_cell_forward"] == (0.0, None, None, 0)
    assert {row[4] for row in rows(url)["comments"]} == {None}


def test_of_a_failed_one_only_that_it_was_handed_in(ledger, url):
    """As nbgrader has it when a step fails."""
    ledger.record(Graded("ann", failure="Traceback"), TIME)
    held = rows(url)
    assert len(held["submissions"]) == 1
    assert {row[5] for row in held["grades"]} == {None}


def test_a_notebook_that_is_not_there_earns_nothing(ledger, url):
    """And needs nobody to look at it."""
    ledger.record(Graded("ann"), None)
    assert {row[5:] for row in rows(url)["grades"]} == {(0.0, None, None, 0)}


def test_a_standing_is_what_an_export_has(ledger, url):
    """A manual score before the judge's, extra credit, less what being late costs."""
    ledger.record(graded("ann"), TIME)
    ledger.record(graded("bob", 2.0), None)
    with Session(ledger.gradebook.engine) as session:
        grade = next(g for g in session.query(Grade) if g.name == "rnn_forward" and g.score == 1)
        grade.manual_score, grade.extra_credit = 5.0, 0.5
        grade.notebook.late_submission_penalty = 4.0
        session.commit()
    standing = ledger.standings("ann")["ann"]
    assert standing.scores[f"{ASSIGNMENT}/rnn_forward"] == Score(1.0, 5.0, 5.5)
    assert (standing.penalty, standing.handed_in) == (4.0, TIME)
    assert standing.total == 7 * 1.0 + 5.5 - 4.0
    assert ledger.standings()["bob"].total == 16.0
    assert ledger.standings("nobody") == {}


def test_what_is_tried_in_a_copy_is_not_in_the_gradebook(ledger, url):
    """The copy begins with all that is there, penalties by nbgrader's step are tried as well."""
    ledger.record(graded("ann"), TIME)
    ledger.due = datetime(2026, 1, 1)
    config = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    ledger.penalties = AssignLatePenalties(config=config)
    with Session(ledger.gradebook.engine) as session:
        session.query(Assignment).one().duedate = ledger.due
        session.commit()
    before, copied = rows(url), ledger.copied()
    assert copied.standings() == ledger.standings()
    copied.record(graded("ann", 3.0), TIME)
    copied.record(graded("bob", 2.0), None)
    assert copied.standings()["ann"].penalty == 24.0
    assert copied.standings()["bob"].total == 16.0
    copied.close()
    assert rows(url) == before
    assert ledger.standings()["ann"].total == 8.0


def test_what_an_instructor_can_mend_is_a_sentence(url, fresh):
    """No such assignment, no such database; of others the command says what their errors mean."""
    with pytest.raises(CannotGradeError, match=r"No such assignment: other.*generate_assignment"):
        Ledger(url, "rnn-course", "other")
    with pytest.raises(CannotGradeError, match=r"No gradebook .*folder.db: run rnn-course release"):
        Ledger(f"sqlite:///{fresh}/no/such/folder.db", "rnn-course", ASSIGNMENT)
    with pytest.raises(OperationalError, match="unable to open"):
        Ledger(f"sqlite:///{fresh}", "rnn-course", ASSIGNMENT)
    ledger = Ledger(f"{url}?timeout=0.1", "rnn-course", ASSIGNMENT)
    other = sqlite3.connect(fresh / "gradebook.db")
    other.execute("begin exclusive")
    with pytest.raises(OperationalError, match="locked"):
        ledger.record(graded(), None)
    other.close()
    ledger.close()
