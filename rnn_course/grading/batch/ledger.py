"""The one writer of the gradebook: each submission's grades in one transaction, or not at all.

The rows are those that nbgrader's own functions write, in a handful of statements where these take
one for each cell; late penalties are left to nbgrader's step and its plugin.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbgrader.api import (
    Base,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import Connection, bindparam, create_engine, insert, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from .papers import (
    CannotGradeError,
    Graded,
    MarkedCell,
    NotebookSnapshot,
    Paper,
    Score,
    SourceCell,
    Standing,
)
from .steps import using

NOW = timedelta(0)
ROWS = 10_000  # that are copied at once
HELD = (
    select(
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedNotebook.id,
        SubmittedNotebook.late_submission_penalty,
        Grade.cell_id,
        Grade.auto_score,
        Grade.manual_score,
        Grade.score,
    )
    .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
)
SCORE = (
    update(Grade)
    .where(Grade.notebook_id == bindparam("of"), Grade.cell_id == bindparam("cell"))
    .values(
        auto_score=bindparam("score"),
        # As nbgrader has it: a person looks at what has no score, or one that a person gave.
        needs_manual_grade=or_(Grade.manual_score.is_not(None), bindparam("unscored")),
    )
)
NOTHING = (  # for a notebook that was not handed in
    update(Grade)
    .where(Grade.notebook_id == bindparam("of"))
    .values(auto_score=0, needs_manual_grade=False)
)
COMMENT = (
    update(Comment)
    .where(Comment.notebook_id == bindparam("of"), Comment.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("words"))
)


class Ledger:
    """A course's gradebook, held open while an assignment is graded.

    penalties is nbgrader's step for late submissions, or None. Raises CannotGradeError.
    """

    def __init__(self, url: str, course_id: str, assignment: str, penalties=None):
        self.assignment, self.penalties = assignment, penalties
        file = make_url(url)
        if file.drivername == "sqlite" and not Path(str(file.database)).exists():
            # nbgrader would make an empty one, even if nothing is to be written
            raise CannotGradeError(f"No gradebook {file.database}: run rnn-course release first.")
        with _said_simply():
            self.gradebook = Gradebook(url, course_id)
            found = self.gradebook.find_assignment(assignment)
        self.assignment_id, self.due = found.id, found.duedate
        self.notebooks = {notebook.name: _snapshot(notebook) for notebook in found.notebooks}
        self.ids = {notebook.id: _ids(notebook) for notebook in found.notebooks}
        self.gradebook.db.remove()

    def close(self) -> None:
        """Close the connections."""
        self.gradebook.close()

    def students(self) -> set[str]:
        """All whom the gradebook knows."""
        with self.gradebook.engine.connect() as connection:
            return set(connection.scalars(select(Student.id)))

    def standings(self, *students: str) -> dict[str, Standing]:
        """What these students, or all who have a submission, have in the gradebook."""
        names = {
            cell: f"{ids.name}/{name}"
            for ids in self.ids.values()
            for name, cell in ids.grades.items()
        }
        which = HELD.where(  # more than is needed: nbgrader's indices begin with these
            SubmittedAssignment.assignment_id == self.assignment_id,
            SubmittedNotebook.notebook_id.in_(self.ids),
            Grade.cell_id.in_(names),
        )
        if students:
            which = which.where(SubmittedAssignment.student_id.in_(students))
        scores: dict[str, dict[str, Score]] = {}
        penalties: dict[str, dict[str, float]] = {}
        times: dict[str, datetime | None] = {}
        with self.gradebook.engine.connect() as connection:
            for student, time, notebook, penalty, cell, *score in connection.execute(which):
                scores.setdefault(student, {})[names[cell]] = Score(*score)
                penalties.setdefault(student, {})[notebook] = penalty or 0.0
                times[student] = time
        return {
            student: Standing(found, sum(penalties[student].values()), times[student])
            for student, found in scores.items()
        }

    def copied(self) -> "Ledger":
        """The same of a copy of the gradebook in memory, in which grades can be tried."""
        other, engine = copy.copy(self), create_engine("sqlite://")
        other.gradebook = copy.copy(self.gradebook)
        other.gradebook.engine = engine
        Base.metadata.create_all(engine)
        with self.gradebook.engine.connect() as held, engine.begin() as mine:
            for table in Base.metadata.sorted_tables:
                for rows in held.execute(select(table)).mappings().partitions(ROWS):
                    mine.execute(insert(table), [dict(row) for row in rows])
        return other

    def record(self, graded: Graded, timestamp: datetime | None) -> list[str]:
        """Write what came of a submission; returns what is to be said of it.

        Of one that failed, only that it was handed in, and when.
        """
        with self.gradebook.engine.begin() as connection:
            submission = self._submission(connection, graded.student)
            if timestamp:
                mine = SubmittedAssignment.id == submission
                connection.execute(
                    update(SubmittedAssignment).where(mine), {"timestamp": timestamp}
                )
            late = self._seconds_late(connection, submission)
            if not graded.failure:
                self._mark_all(connection, submission, graded)
                if late:
                    self._penalise(connection, graded)
            return [f"{late} seconds late."] if late else []

    def _submission(self, connection: Connection, student: str) -> str:
        """The id of a student's submission; it is there afterwards, with a row for each mark."""
        found = connection.scalar(
            select(SubmittedAssignment.id).where(
                SubmittedAssignment.assignment_id == self.assignment_id,
                SubmittedAssignment.student_id == student,
            )
        )
        if found is not None:
            return found
        if connection.scalar(select(Student.id).where(Student.id == student)) is None:
            connection.execute(insert(Student), {"id": student})
        submission = new_uuid()
        row = {"id": submission, "assignment_id": self.assignment_id, "student_id": student}
        connection.execute(insert(SubmittedAssignment), row)
        for notebook, ids in self.ids.items():
            mine = new_uuid()
            row = {"id": mine, "assignment_id": submission, "notebook_id": notebook}
            connection.execute(insert(SubmittedNotebook), row)
            for table, cells in ((Grade, ids.grades), (Comment, ids.comments)):
                rows = [{"notebook_id": mine, "cell_id": cell} for cell in cells.values()]
                if rows:
                    connection.execute(insert(table), rows)
        return submission

    def _seconds_late(self, connection: Connection, submission: str) -> float:
        which = select(SubmittedAssignment.timestamp, SubmittedAssignment.extension)
        handed_in, extension = connection.execute(
            which.where(SubmittedAssignment.id == submission)
        ).one()
        if handed_in is None or self.due is None:
            return 0
        return max(0, (handed_in - (self.due + (extension or NOW))).total_seconds())

    def _mark_all(self, connection: Connection, submission: str, graded: Graded) -> None:
        """Put scores and comments in; a notebook that is not there earns nothing."""
        mine = SubmittedNotebook.assignment_id == submission
        which = select(SubmittedNotebook.id, SubmittedNotebook.notebook_id).where(mine)
        for of, notebook in connection.execute(which).all():
            ids = self.ids[notebook]
            paper = graded.papers.get(ids.name)
            if paper is None:
                connection.execute(NOTHING, {"of": of})
            else:
                _mark(connection, of, ids, paper)
        connection.execute(
            update(SubmittedNotebook).where(mine).values(late_submission_penalty=None)
        )

    def _penalise(self, connection: Connection, graded: Graded) -> None:
        """Have nbgrader's own step, and the plugin that is set of it, look at each notebook.

        In a session of its own, in which nbgrader's commits only flush.
        """
        gradebook = copy.copy(self.gradebook)
        with Session(bind=connection, join_transaction_mode="rollback_only") as gradebook.db:
            for name in graded.papers if self.penalties else ():
                where = {"notebook": name, "assignment": self.assignment, "student": graded.student}
                with using(gradebook):
                    no_cells = SimpleNamespace(cells=[])
                    self.penalties.preprocess(no_cells, {"nbgrader": where | {"db_url": ""}})


def _mark(connection: Connection, of: str, ids: SimpleNamespace, paper: Paper) -> None:
    scores = [
        {"of": of, "cell": ids.grades[name], "score": score, "unscored": score is None}
        for name, score in paper.scores.items()
    ]
    comments = [
        {"of": of, "cell": ids.comments[name], "words": words}
        for name, words in paper.comments.items()
    ]
    for statement, rows in ((SCORE, scores), (COMMENT, comments)):
        if rows:
            connection.execute(statement, rows)


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


def _ids(notebook) -> SimpleNamespace:
    """The ids of a notebook's cells that have a grade, and of those that have a comment."""

    def named(*kinds) -> dict[str, Any]:
        return {cell.name: cell.id for kind in kinds for cell in kind}

    return SimpleNamespace(
        name=notebook.name,
        grades=named(notebook.grade_cells, notebook.task_cells),
        comments=named(notebook.solution_cells, notebook.task_cells),
    )


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
