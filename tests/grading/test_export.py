"""grading/export: nbgrader export, in the columns of an LMS, quoted as CSV wants it."""

import csv
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest
from conftest import ASSIGNMENT, nbgrader
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from rnn_course.grading.export import LAYOUTS, Grades

NAMES = [  # id, first, last, email, the LMS's number
    ("11", "Jane", "Doe, Jr.", "jane@example.org", "9876"),
    ("12", 'John "Jack"', "Roe", None, None),
    ("13", "Zoë\nAnn", "Ähre", "zoe@example.org", None),
    ("14", None, None, None, None),
]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty gradebook."""
    path = tmp_path_factory.mktemp("export") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:  # nbgrader calls alembic by its name
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        Gradebook(f"sqlite:///{path}", "c").close()
    return path


@pytest.fixture
def gradebook(empty, tmp_path):
    """Two assignments; Jane is right and late, John has half, Zoë nothing, 14 handed nothing in."""
    shutil.copy(empty, tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "c") as gradebook:
        gradebook.add_student("11")  # as autograde does, before any list of names
        for number, first, last, email, lms in NAMES:
            gradebook.update_or_create_student(
                number, first_name=first, last_name=last, email=email, lms_user_id=lms
            )
        for name in ("rnn", "other"):
            gradebook.add_assignment(name, duedate="2026-01-02 00:00:00", course_id="c")
            gradebook.add_notebook("n", name)
            gradebook.add_grade_cell("g", "n", name, max_score=10, cell_type="code")
        for student, score in (("11", 10), ("12", 5.25), ("13", 0)):
            late = datetime(2026, 1, 3) if student == "11" else None
            gradebook.add_submission("rnn", student, timestamp=late)
            gradebook.find_grade("g", "n", "rnn", student).auto_score = score
        notebook = gradebook.find_submission_notebook("n", "rnn", "11")
        notebook.late_submission_penalty = 2.5
        gradebook.db.commit()
        yield gradebook


def exported(gradebook, path, **options):
    """The rows of the file, as dictionaries."""
    Grades(to=str(path), **options).export(gradebook)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nbgraders_own_columns_hold_what_nbgrader_writes(gradebook, tmp_path):
    """The same values; names with commas, quotes and line ends are whole."""
    mine = exported(gradebook, tmp_path / "mine.csv")
    CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)
    head, *_ = (tmp_path / "theirs.csv").read_text().splitlines()
    assert list(mine[0]) == head.split(",")
    assert {row["last_name"] for row in mine} == {"Doe, Jr.", "Roe", "Ähre", ""}
    assert {row["first_name"] for row in mine} == {"Jane", 'John "Jack"', "Zoë\nAnn", ""}
    theirs = [line.split(",") for line in (tmp_path / "theirs.csv").read_text().splitlines()]
    for number in ("12", "14"):  # whose names nbgrader's file can hold
        rows = [list(row.values()) for row in mine if row["student_id"] == number]
        assert rows == [line for line in theirs if number in line]
        assert len(rows) == 2


def test_canvas_gets_its_columns_and_the_points_possible(gradebook, tmp_path):
    """Students are found by Canvas' number; who handed nothing in has no grade, not a zero."""
    rows = exported(
        gradebook, tmp_path / "c.csv", layout="canvas", assignment=["rnn"], column="RNN (77)"
    )
    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "RNN (77)"]
    assert rows[0]["Student"].strip() == "Points Possible"
    assert rows[0]["RNN (77)"] == "10"
    grades = {row["ID"]: (row["Student"], row["RNN (77)"]) for row in rows[1:]}
    assert grades == {
        "9876": ("Doe, Jr., Jane", "7.5"),
        "12": ('Roe, John "Jack"', "5.25"),
        "13": ("Ähre, Zoë\nAnn", "0"),
        "14": ("14", ""),
    }


def test_moodle_gets_its_gradebooks_columns(gradebook, tmp_path):
    """To be identified by ID number or email; the column is called like the assignment."""
    rows = exported(gradebook, tmp_path / "m.csv", layout="moodle", assignment=["rnn"])
    assert list(rows[0]) == ["First name", "Last name", "ID number", "Email address", "rnn"]
    assert {row["ID number"]: row["rnn"] for row in rows} == {
        **{"9876": "7.5", "12": "5.25"},
        **{"13": "0", "14": ""},
    }


def test_moodles_worksheet_names_participants(gradebook, tmp_path):
    """By the number of their files, not by the ID number; it has the columns of the worksheet."""
    rows = exported(gradebook, tmp_path / "w.csv", layout="moodle-worksheet", assignment=["rnn"])
    jane = next(row for row in rows if row["Identifier"] == "Participant 11")
    assert (jane["Full name"], jane["Grade"], jane["Maximum grade"]) == (
        "Jane Doe, Jr.",
        "7.5",
        "10",
    )
    assert list(jane)[-1] == "Feedback comments"


def test_single_students_are_exported_if_they_are_named(gradebook, tmp_path):
    """With nbgrader's option for it."""
    rows = exported(gradebook, tmp_path / "s.csv", student=["12"], assignment=["rnn"])
    assert [row["student_id"] for row in rows] == ["12"]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "nbgrader"])
def test_an_lms_takes_one_assignment(gradebook, tmp_path, layout):
    """Two in one column would be overwritten by each other."""
    with pytest.raises(SystemExit, match="one assignment at a time"):
        exported(gradebook, tmp_path / "x.csv", layout=layout)


def test_an_empty_gradebook_gives_the_head_alone(empty, tmp_path):
    """No error, no rows."""
    with Gradebook(f"sqlite:///{empty}", "c") as gradebook:
        assert exported(gradebook, tmp_path / "e.csv") == []
    assert (tmp_path / "e.csv").read_text().startswith("assignment,duedate")


@pytest.mark.slow
def test_nbgraders_command_writes_these_files(fresh):
    """As it is configured, and with an LMS' columns by an option."""
    assert nbgrader(fresh, "db", "student", "add", "11", "--last-name=Doe, Jr.").returncode == 0
    done = nbgrader(fresh, "export", "--to=plain.csv")
    assert done.returncode == 0, done.stderr
    with open(fresh / "plain.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["last_name"], row["max_score"]) == ("Doe, Jr.", "100.0")
    options = ("--Grades.layout=canvas", "--assignment", ASSIGNMENT, "--to=canvas.csv")
    done = nbgrader(fresh, "export", *options)
    assert done.returncode == 0, done.stderr
    assert (fresh / "canvas.csv").read_text().startswith("Student,ID,SIS User ID,")
