"""nbgrader export: grades as a CSV file, in nbgrader's columns or those that an LMS imports.

Everything is quoted as CSV wants it, and each assignment is one query.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Enum, Unicode


@dataclass(frozen=True)
class Row:
    """A student's grade for an assignment; submission is None if nothing was handed in."""

    assignment: Any
    student: Any
    submission: Any

    @property
    def penalty(self) -> float:
        """The points that being late costs."""
        return (self.submission and self.submission.late_submission_penalty) or 0.0

    @property
    def raw(self) -> float:
        """The points before that."""
        return self.submission.score if self.submission else 0.0

    @property
    def score(self) -> float:
        """The points after that."""
        return max(0.0, self.raw - self.penalty)

    @property
    def told(self) -> str:
        """The score for an LMS, where nothing means no grade."""
        return f"{self.score:g}" if self.submission else ""

    @property
    def number(self) -> str:
        """What the LMS calls the student, if the gradebook knows."""
        return self.student.lms_user_id or self.student.id

    @property
    def full_name(self) -> str:
        """First and last name; the id if there is none."""
        names = (self.student.first_name, self.student.last_name)
        return " ".join(filter(None, names)) or self.student.id

    @property
    def sortable_name(self) -> str:
        """Last name first."""
        names = (self.student.last_name, self.student.first_name)
        return ", ".join(filter(None, names)) or self.student.id

    @property
    def timestamp(self):
        """When it was handed in."""
        return self.submission and self.submission.timestamp


Column = Callable[[Row], Any]
STUDENT: dict[str, Column] = {
    "student_id": lambda row: row.student.id,
    "last_name": lambda row: row.student.last_name,
    "first_name": lambda row: row.student.first_name,
    "email": lambda row: row.student.email,
}
LAYOUTS: dict[str, dict[str, Column]] = {
    "nbgrader": {
        "assignment": lambda row: row.assignment.name,
        "duedate": lambda row: row.assignment.duedate,
        "timestamp": lambda row: row.timestamp,
        **STUDENT,
        "raw_score": lambda row: row.raw,
        "late_submission_penalty": lambda row: row.penalty,
        "score": lambda row: row.score,
        "max_score": lambda row: row.assignment.max_score,
    },
    "canvas": {  # Gradebook, Import
        "Student": lambda row: row.sortable_name,
        "ID": lambda row: row.number,
        "SIS User ID": lambda row: "",
        "SIS Login ID": lambda row: "",
        "Section": lambda row: "",
        "{column}": lambda row: row.told,
    },
    "moodle": {  # Grades, Import, CSV file: identify users by ID number or email
        "First name": lambda row: row.student.first_name,
        "Last name": lambda row: row.student.last_name,
        "ID number": lambda row: row.number,
        "Email address": lambda row: row.student.email,
        "{column}": lambda row: row.told,
    },
    "moodle-worksheet": {  # the assignment, Upload grading worksheet
        # The number in the name of a student's file, which is another in each assignment.
        "Identifier": lambda row: f"Participant {row.student.id}",
        "Full name": lambda row: row.full_name,
        "Email address": lambda row: row.student.email,
        "Status": lambda row: "",
        "Grade": lambda row: row.told,
        "Maximum grade": lambda row: f"{row.assignment.max_score:g}",
        "Grade can be changed": lambda row: "Yes",
        "Last modified (submission)": lambda row: row.timestamp,
        "Last modified (grade)": lambda row: "",
        "Feedback comments": lambda row: "",
    },
}


class Grades(ExportPlugin):
    """The plugin of ExportApp."""

    layout = Enum(tuple(LAYOUTS), "nbgrader", help="Whose columns the file has.").tag(config=True)
    column = Unicode(
        "",
        help="What the LMS calls the assignment, for Canvas with its number: 'RNN (1234)'"
        " (default: its name here).",
    ).tag(config=True)

    def export(self, gradebook):
        """Write the file; several assignments stand below each other."""
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for line in self._lines(gradebook):
                writer.writerow(["" if value is None else value for value in line])

    def _lines(self, gradebook) -> Iterator[list]:
        columns = LAYOUTS[self.layout]
        chosen = [
            a for a in gradebook.assignments if a.name in self.assignment or not self.assignment
        ]
        if self.layout != "nbgrader" and len(chosen) != 1:
            raise SystemExit("An LMS takes one assignment at a time: name it with --assignment.")
        name = self.column or chosen[0].name if chosen else ""
        yield [head.format(column=name) for head in columns]
        if self.layout == "canvas":
            yield ["    Points Possible", "", "", "", "", f"{chosen[0].max_score:g}"]
        for assignment in chosen:
            for row in self._rows(gradebook, assignment):
                yield [column(row) for column in columns.values()]

    def _rows(self, gradebook, assignment) -> Iterator[Row]:
        query = (
            gradebook.db.query(Student, SubmittedAssignment)
            .outerjoin(
                SubmittedAssignment,
                (SubmittedAssignment.student_id == Student.id)
                & (SubmittedAssignment.assignment_id == assignment.id),
            )
            .order_by(Student.last_name, Student.first_name, Student.id)
        )
        wanted = set(map(str, self.student))
        for student, submission in query:
            if student.id in wanted or not wanted:
                yield Row(assignment, student, submission)
