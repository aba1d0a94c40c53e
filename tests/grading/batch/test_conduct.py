"""grading/batch/conduct: the same as nbgrader autograde, by another order of work."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, copy_released, nbgrader
from gradebooks import rows

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

pytestmark = pytest.mark.slow
COMMAND = str(Path(sys.executable).with_name("rnn-course"))
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
FEW = ("all-right", "untouched", "three-mistakes", "warns")


def _link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


ODD = {  # students whose folder is not as it should be → what is done to it
    "empty": lambda folder: (folder / NOTEBOOK).write_text(""),
    "not-json": lambda folder: (folder / NOTEBOOK).write_bytes(b"\xff\xfe no"),
    "a-link": lambda folder: _link(folder / NOTEBOOK),
    "other-files": lambda folder: (folder / "mine.txt").write_text("of the student's own"),
    "other-name": lambda folder: (folder / NOTEBOOK).rename(folder / "mine.ipynb"),
    "another-notebook": lambda folder: shutil.copy(folder / NOTEBOOK, folder / "more.ipynb"),
    "no-notebook": lambda folder: (folder / NOTEBOOK).unlink(),
    "no-time": lambda folder: (folder / "timestamp.txt").write_text("yesterday"),
    "in-time": lambda folder: (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC"),
    "late": lambda folder: (folder / "timestamp.txt").write_text("2026-01-03 10:00:00.5 +0100"),
}
SETTINGS = """
c.RunCells.cell_seconds = 2
c.LateSubmissionPlugin.penalty_method = "zero"
c.CourseDirectory.student_id_exclude = "excluded"
"""


def rnn_course(course: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Run a command of ours as an instructor does."""
    command = [COMMAND, *arguments]
    return subprocess.run(
        command, cwd=course, capture_output=True, text=True, check=False, **options
    )


def hand_in(course: Path, students) -> None:
    """Have members of the cohort hand in."""
    write_submissions(Course(course), ASSIGNMENT, [COHORT[name] for name in students])


def submission(course: Path, student: str) -> Path:
    """The folder of what a student handed in."""
    return course / "submitted" / student / ASSIGNMENT


def autograded(course: Path) -> dict[str, bytes]:
    """All files of graded submissions but our marks."""
    folder = course / "autograded"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".graded"
    }


def hand_in_a_class(course: Path) -> None:
    """The cohort, some odd folders, and marks that a person gave before."""
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(SETTINGS)
    hand_in(course, COHORT)
    for student, do in {**ODD, "excluded": ODD["late"]}.items():
        shutil.copytree(submission(course, "three-mistakes"), submission(course, student))
        do(submission(course, student))
    due = ("db", "assignment", "add", ASSIGNMENT, "--duedate=2026-01-02 00:00:00 UTC")
    assert nbgrader(course, *due).returncode == 0
    mark_by_hand(course / "gradebook.db")


def mark_by_hand(path: Path) -> None:
    """Give a manual score, extra credit and a comment, and an extension, as Formgrader does."""
    from datetime import timedelta

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{path}", "rnn-course") as gradebook:
        for student in ("all-right", "late"):
            gradebook.add_student(student)
            gradebook.add_submission(ASSIGNMENT, student)
        where = (ASSIGNMENT, ASSIGNMENT, "all-right")
        grade = gradebook.find_grade("rnn_forward", *where)
        grade.manual_score, grade.extra_credit = 3.0, 1.5
        gradebook.find_comment("solve-rnn_forward", *where).manual_comment = "well done"
        gradebook.find_submission(ASSIGNMENT, "late").extension = timedelta(hours=1)
        gradebook.db.commit()


@pytest.fixture(scope="module")
def both(course, tmp_path_factory):
    """The same class graded by nbgrader and by rnn-course, in two copies of a course."""
    folder = tmp_path_factory.mktemp("both")
    theirs, ours = (copy_released(course, folder / name) for name in ("theirs", "ours"))
    hand_in_a_class(theirs)
    shutil.rmtree(ours)
    shutil.copytree(theirs, ours, symlinks=True)
    shutil.copy(course / "nbgrader_config.py", ours)  # its root is where it lies
    with open(ours / "nbgrader_config.py", "a") as file:
        file.write(SETTINGS)
    (theirs / "course_secret.txt").write_text("the same secret for both of them")
    shutil.copy(theirs / "course_secret.txt", ours)
    done = nbgrader(theirs, "autograde", ASSIGNMENT), rnn_course(ours, "autograde", ASSIGNMENT)
    return theirs, ours, *done


def test_every_row_of_the_gradebook_is_the_same(both):
    """Grades, comments, penalties, times, students: but for the ids that are drawn."""
    theirs, ours = (rows(f"sqlite:///{course / 'gradebook.db'}") for course in both[:2])
    assert len(theirs["grades"]) == 8 * (len(COHORT) + len(ODD) - 1)  # all but "no-notebook"
    for name, table in theirs.items():
        assert ours[name] == table, name


def test_every_graded_notebook_is_the_same(both):
    """Byte for byte, and so is every file beside one."""
    theirs, ours = map(autograded, both[:2])
    assert len([name for name in theirs if name.endswith(".ipynb")]) == len(COHORT) + len(ODD) - 2
    assert sorted(ours) == sorted(theirs)
    for name, data in theirs.items():
        if "endless-loop" not in name:  # where it is stopped differs from run to run
            assert ours[name] == data, name


def test_late_ones_are_penalised_and_marks_by_hand_stay(both):
    """What the rows that are compared hold, so that they are no empty ones."""
    held = rows(f"sqlite:///{both[1] / 'gradebook.db'}")
    penalties = {student: penalty for student, _, _, _, penalty in held["notebooks"]}
    assert penalties["late"] == 83
    assert penalties["in-time"] is None
    (mark,) = (row for row in held["grades"] if row[5:8] == (8, 3, 1.5))
    assert mark[0], mark[8] == ("all-right", True)


def test_the_exit_status_is_the_same_and_the_words_name_who_failed(both):
    """One whose notebook has another name is an error, and the others are graded."""
    assert [done.returncode for done in both[2:]] == [1, 1]
    for done in both[2:]:
        assert "mine.ipynb is no notebook of rnn-step-by-step: rename it" in done.stderr
    assert "other-name: No notebook of the assignment" in both[3].stderr
    assert "late: 118700.5 seconds late" in both[3].stderr
    assert "Traceback" not in both[3].stderr


def test_permissions_are_those_of_nbgrader(both):
    """Graded notebooks are read-only."""
    for course in both[:2]:
        path = course / "autograded" / "all-right" / ASSIGNMENT / NOTEBOOK
        assert path.stat().st_mode & 0o777 == 0o444


def test_nbgrader_goes_on_from_there(both):
    """It keeps what is graded, and writes feedback without our marks in it."""
    ours = both[1]
    again = nbgrader(ours, "autograde", ASSIGNMENT, "--student=warns")
    assert "Skipping existing assignment" in again.stderr
    done = nbgrader(ours, "generate_feedback", ASSIGNMENT, "--student=warns")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (ours / "feedback" / "warns" / ASSIGNMENT).iterdir()}
    assert f"{ASSIGNMENT}.html" in names
    assert ".graded" not in names


def outcomes(done: subprocess.CompletedProcess) -> dict[str, int]:
    """How many were graded, kept or failed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["outcomes"]


def test_only_what_has_changed_is_graded_again(fresh):
    """The submission, its time, the source, a setting, the due date, a lost gradebook."""
    hand_in(fresh, FEW)
    shutil.copy(fresh / "gradebook.db", fresh / "before.db")
    grade = (fresh, "autograde", ASSIGNMENT, "--json")
    assert outcomes(rnn_course(*grade)) == {"graded": 4}
    assert outcomes(rnn_course(*grade)) == {"kept": 4}
    hand_in(fresh, ["all-right"])  # the same bytes, another file
    assert outcomes(rnn_course(*grade)) == {"kept": 4}
    shutil.copy(submission(fresh, "warns") / NOTEBOOK, submission(fresh, "untouched"))
    assert outcomes(rnn_course(*grade)) == {"kept": 3, "graded": 1}
    (submission(fresh, "warns") / "timestamp.txt").write_text("2026-01-03 10:00:00 UTC")
    assert outcomes(rnn_course(*grade)) == {"kept": 3, "graded": 1}
    assert outcomes(rnn_course(*grade, "--student", "w*", "--force")) == {"graded": 1}
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write("c.RunCells.cell_output_kib = 511\n")
    assert outcomes(rnn_course(*grade)) == {"graded": 4}
    (fresh / "source" / ASSIGNMENT / "more.txt").write_text("beside each notebook")
    assert outcomes(rnn_course(*grade)) == {"graded": 4}
    assert (fresh / "autograded" / "warns" / ASSIGNMENT / "more.txt").is_file()
    shutil.copy(fresh / "before.db", fresh / "gradebook.db")
    assert outcomes(rnn_course(*grade)) == {"graded": 4}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_at_any_moment_it_loses_nothing_and_goes_on(fresh, workers):
    """kill -9: whoever is in the gradebook has all grades, and is not graded again."""
    hand_in(fresh, FEW)
    members = [COHORT[name] for name in ("all-right", "three-mistakes")]
    for k in range(20):
        write_submissions(Course(fresh), ASSIGNMENT, members, f"{k:02}-")
    command = [COMMAND, "autograde", ASSIGNMENT, "--workers", workers]
    for seconds in (1.5, 2.5, 3.3, 4.1):
        process = subprocess.Popen(command, cwd=fresh, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        held = rows(f"sqlite:///{fresh / 'gradebook.db'}")
        assert all(grade[5] is not None for grade in held["grades"]), "half a submission"
    placed = [path for path in (fresh / "autograded").iterdir() if not path.name.startswith(".")]
    assert placed
    for folder in placed:
        nbformat.read(folder / ASSIGNMENT / NOTEBOOK, as_version=4)
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--json")
    told = json.loads(done.stdout)
    assert told["outcomes"]["kept"] == len(placed)
    assert told["outcomes"]["graded"] == 44 - len(placed)
    assert not (fresh / "autograded" / ".being-graded").exists()
    held = rows(f"sqlite:///{fresh / 'gradebook.db'}")
    totals = {}
    for student, *_, score, _, _, _ in held["grades"]:
        totals[student] = totals.get(student, 0) + score
    assert {total for student, total in totals.items() if "all-right" in student} == {100}
    assert {total for student, total in totals.items() if "three" in student} == {83}


def test_a_step_that_fails_costs_one_submission(fresh):
    """A step of the instructor's own: its traceback is told, the class is graded."""
    hand_in(fresh, FEW)
    (fresh / "own_step.py").write_text(
        "from nbgrader.preprocessors import NbGraderPreprocessor\n\n\n"
        "class Own(NbGraderPreprocessor):\n"
        "    def preprocess(self, nb, resources):\n"
        "        if resources['nbgrader']['student'] == 'warns':\n"
        "            raise ValueError('not this one')\n"
        "        nb.metadata['own'] = True\n"
        "        return nb, resources\n"
    )
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write('c.Autograde.autograde_preprocessors.append("own_step.Own")\n')
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["outcomes"] == {"graded": 3, "failed": 1}
    assert told["failed"]["warns"].endswith("ValueError: not this one\n")
    assert not (fresh / "autograded" / "warns" / ASSIGNMENT).exists()
    path = fresh / "autograded" / "all-right" / ASSIGNMENT / NOTEBOOK
    assert nbformat.read(path, as_version=4).metadata.own is True


def test_students_whom_the_gradebook_does_not_know_can_be_refused(fresh):
    """nbgrader's setting for it: nothing is written of them, the others are graded."""
    hand_in(fresh, FEW)
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write("c.Autograde.create_student = False\n")
    assert nbgrader(fresh, "db", "student", "add", "warns").returncode == 0
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["outcomes"] == {"failed": 3, "graded": 1}
    assert "No student with ID 'all-right' exists" in done.stderr
    held = rows(f"sqlite:///{fresh / 'gradebook.db'}")
    assert [row[0] for row in held["submissions"]] == ["warns"]


def test_single_notebooks_are_left_to_nbgrader(fresh):
    """The others of a submission would seem to be missing."""
    hand_in(fresh, FEW)
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--", "--notebook=rnn*")
    assert done.returncode == 1
    assert "nbgrader autograde --notebook" in done.stderr
    assert not (fresh / "autograded").exists()


def test_a_notebook_under_another_name_leaves_an_earlier_grade(fresh):
    """As with nbgrader, unless it is forced; a folder for a group is the group's."""
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write("c.CourseDirectory.groupshared = True\n")
    hand_in(fresh, FEW)
    assert rnn_course(fresh, "autograde", ASSIGNMENT).returncode == 0
    place = fresh / "autograded" / "warns" / ASSIGNMENT
    assert (place / NOTEBOOK).stat().st_mode & 0o777 == 0o664
    assert place.stat().st_mode & 0o2770 == 0o2770
    (submission(fresh, "warns") / NOTEBOOK).rename(submission(fresh, "warns") / "mine.ipynb")
    for options, stands in ((), True), (("--force",), False):
        done = rnn_course(fresh, "autograde", ASSIGNMENT, "--student=warns", *options)
        assert done.returncode == 1
        assert "rename it to" in done.stderr
        assert (place / NOTEBOOK).exists() == stands
    held = rows(f"sqlite:///{fresh / 'gradebook.db'}")
    assert sum(row[5] for row in held["grades"] if row[0] == "warns") == 100
