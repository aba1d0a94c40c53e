"""The one writer of the gradebook: each submission's grades in one transaction, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from nbgrader.api import (
    Assignment,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, selectinload

from .papers import CannotGradeError, Graded, MarkedCell, NotebookSnapshot, Paper, SourceCell
from .steps import using


class Ledger:
    """A course's gradebook, held open while an assignment is graded.

    penalties is nbgrader's step for late submissions, or None. Raises CannotGradeError.
    """

    def __init__(self, url: str, course_id: str, assignment: str, penalties=None):
        self.assignment, self.penalties = assignment, penalties
        with _said_simply():
            self.gradebook = Gradebook(url, course_id)
            found = self.gradebook.find_assignment(assignment)
        self.due: datetime | None = found.duedate
        self.notebooks = {notebook.name: _snapshot(notebook) for notebook in found.notebooks}
        self.names = {
            cell.id: cell.name
            for notebook in found.notebooks
            for cells in (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
            for cell in cells
        }
        self.gradebook.db.remove()

    def close(self) -> None:
        """Close the connections."""
        self.gradebook.close()

    def students(self) -> set[str]:
        """Those who have a submission of the assignment in the gradebook."""
        which = (
            select(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(Assignment.name == self.assignment)
        )
        with self.gradebook.engine.connect() as connection:
            return set(connection.scalars(which))

    def record(self, graded: Graded, timestamp: datetime | None) -> list[str]:
        """Write what came of a submission; returns what is to be said of it.

        Of one that failed, only that it was handed in, and when.
        """
        student = graded.student
        given = {"timestamp": timestamp} if timestamp else {}
        with _said_simply(), self._transaction() as gradebook:
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(self.assignment, student, **given)
            if not graded.failure:
                for notebook in _with_marks(gradebook.db, submission):
                    self._mark(notebook, graded.papers.get(notebook.name))
                gradebook.db.flush()
                self._penalise(gradebook, graded)
            late = submission.total_seconds_late
            return [f"{late} seconds late."] if late else []

    @contextmanager
    def _transaction(self) -> Iterator[Gradebook]:
        """The gradebook with a session of its own, in which nbgrader's commits only flush."""
        shared = self.gradebook.db
        with self.gradebook.engine.begin() as connection:
            session = Session(
                bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False
            )
            self.gradebook.db = session
            try:
                yield self.gradebook
            finally:
                session.close()
                self.gradebook.db = shared

    def _mark(self, notebook: SubmittedNotebook, paper: Paper | None) -> None:
        """Put scores in, as nbgrader's SaveAutoGrades; a notebook that is not there earns 0."""
        for grade in notebook.grades:
            name = self.names[grade.cell_id]
            if paper is None:
                grade.auto_score, grade.needs_manual_grade = 0, False
            elif name in paper.scores:
                score = paper.scores[name]
                grade.auto_score = score
                grade.needs_manual_grade = grade.manual_score is not None or score is None
        comments = paper.comments if paper else {}
        for comment in notebook.comments:
            name = self.names[comment.cell_id]
            if name in comments:
                comment.auto_comment = comments[name]

    def _penalise(self, gradebook: Gradebook, graded: Graded) -> None:
        """Have nbgrader's own step, and the plugin that is set of it, look at each notebook."""
        for name in graded.papers if self.penalties else ():
            where = {"notebook": name, "assignment": self.assignment, "student": graded.student}
            with using(gradebook):
                self.penalties.preprocess(_NOTHING, {"nbgrader": where | {"db_url": ""}})


@contextmanager
def _said_simply() -> Iterator[None]:
    """What an instructor can do something about becomes a CannotGradeError."""
    try:
        yield
    except MissingEntry as error:
        raise CannotGradeError(f"{error}: run nbgrader generate_assignment first.") from None
    except ModuleNotFoundError as error:
        raise CannotGradeError(
            f"The gradebook's database needs {error.name}: pip install 'rnn-course[postgresql]'."
        ) from None
    except OperationalError as error:
        raise CannotGradeError(
            f"The gradebook cannot be used ({str(error.orig).strip()}). What was graded is kept;"
            " if nbgrader was upgraded, back the gradebook up and run nbgrader db upgrade."
        ) from None


class _NoCells:
    cells: tuple = ()


_NOTHING = _NoCells()


def _snapshot(notebook) -> NotebookSnapshot:
    def marked(cells):
        return tuple(MarkedCell(cell.name, getattr(cell, "max_score", 0.0)) for cell in cells)

    return NotebookSnapshot(
        notebook.name,
        notebook.kernelspec,
        tuple(
            SourceCell(c.name, c.cell_type, c.source, c.locked, c.checksum)
            for c in notebook.source_cells
        ),
        marked(notebook.grade_cells),
        marked(notebook.solution_cells),
        marked(notebook.task_cells),
    )


def _with_marks(session: Session, submission) -> list[SubmittedNotebook]:
    """The notebooks of a submission, their marks and the cells of these, in few queries."""
    marks = (SubmittedNotebook.grades, SubmittedNotebook.comments)
    which = (
        select(SubmittedNotebook)
        .where(SubmittedNotebook.assignment_id == submission.id)
        .options(*(selectinload(mark) for mark in marks))
    )
    return list(session.scalars(which))
