"""nbgrader autograde and the sandbox: refused, unlocked, left out, killed; earlier grades stay."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, EXERCISES, nbgrader
from nbgrader.coursedir import CourseDirectory

from rnn_course.grading.autograde import MARK, clear_half_graded
from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import SUBMISSION, Course
from rnn_course.grading.execute import UNLOCKED

pytestmark = pytest.mark.slow
NO_SECCOMP = """
from rnn_course.sandbox.probe import Layer
from rnn_course.sandbox.sandbox import Sandbox
Sandbox.layers = [Layer("seccomp", "starts no process", True, False, "it is not there")]
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, course):
    """A course of its own with one graded submission, all right."""
    root = tmp_path_factory.mktemp("sandboxed") / "course"
    shutil.copytree(course, root, symlinks=True)
    for name in ("submitted", "autograded", "feedback"):
        shutil.rmtree(root / name, ignore_errors=True)
    write_submissions(Course(root), ASSIGNMENT, [COHORT["all-right"]], "ada-")
    list(Course(root).autograde(ASSIGNMENT, "ada-*"))
    return root


@pytest.fixture
def configure(graded):
    """Change the configuration's text for one test."""
    config = graded / "nbgrader_config.py"
    whole = config.read_text()

    def change(edit):
        changed = edit(whole)
        assert changed != whole
        config.write_text(changed)

    yield change
    config.write_text(whole)


def path(root, student="ada-all-right"):
    """A student's autograded notebook."""
    return root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def scores(root):
    """What the gradebook holds, by student."""
    done = nbgrader(root, "export", "--to=grades.csv")
    assert done.returncode == 0, done.stderr
    with open(root / "grades.csv", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def autograde(root, *options):
    """Autograde ada's submission again."""
    return nbgrader(root, "autograde", ASSIGNMENT, "--student=ada-*", "--force", *options)


def refused(root):
    """What is said when nothing is graded; that nothing was touched is checked here."""
    before, grades = path(root).read_bytes(), scores(root)
    done = autograde(root)
    assert done.returncode != 0
    assert path(root).read_bytes() == before
    assert scores(root) == grades
    assert grades["ada-all-right"] == 100
    return done.stderr


def test_without_a_layer_nothing_is_graded_and_nothing_is_touched(graded, configure):
    """One sentence; the autograded notebook and the grade of the last time stay."""
    configure(lambda text: text + NO_SECCOMP)
    said = refused(graded)
    assert "Nothing is graded, because seccomp does not hold here (it is not there)" in said
    assert "rnn-course doctor" in said
    assert "Traceback" not in said


def test_without_a_warm_process_nothing_is_graded_and_nothing_is_touched(graded, configure):
    """A module to preload that is not there: Python's own words stand above the sentence."""
    configure(lambda text: text + "\nc.RunCells.preload = ['no_such_module']\n")
    said = refused(graded)
    assert "The sandbox did not start" in said
    assert "No module named 'no_such_module'" in said


def test_unsandboxed_is_said_in_the_notebook_and_in_the_log(graded, configure):
    """The points are there to try it out."""
    configure(lambda text: text + NO_SECCOMP)
    done = autograde(graded, "--RunCells.unsandboxed=True")
    assert done.returncode == 0, done.stderr
    assert "ada-all-right, " in done.stderr
    assert "Graded without a sandbox** (seccomp)" in done.stderr
    notebook = nbformat.read(path(graded), as_version=4)
    (first,) = [cell for cell in notebook.cells if cell.id == UNLOCKED]
    assert notebook.cells.index(first) <= 1
    results = Course(graded).results(ASSIGNMENT, "ada-all-right")
    assert sum(result.points for result in results.values()) == 100


def test_a_setting_that_nobody_needs_changes_nothing(graded):
    """Where all layers hold, unsandboxed is locked as ever, and nothing is said."""
    done = autograde(graded, "--RunCells.unsandboxed=True")
    assert done.returncode == 0, done.stderr
    assert "without a sandbox" not in done.stderr
    assert UNLOCKED not in {c.id for c in nbformat.read(path(graded), as_version=4).cells}


STEP = r'    "rnn_course\.grading\.{}".*\n'


@pytest.mark.parametrize(
    ("module", "instead"),
    [
        ("judge.JudgeAnswers", ""),
        ("execute.RunCells", "    nbgrader_steps.Execute,\n"),
        ("execute.RunCells", ""),
        ("judge.AskFunctions", ""),
    ],
)
def test_without_one_of_the_three_steps_nothing_is_earned(graded, configure, module, instead):
    """It fails closed, with right solutions."""
    configure(lambda text: re.sub(STEP.format(re.escape(module)), instead, text))
    done = autograde(graded)
    assert done.returncode == 0, done.stderr
    assert scores(graded)["ada-all-right"] == 0
    cells = {cell.id: cell for cell in nbformat.read(path(graded), as_version=4).cells}
    for name in EXERCISES:
        assert "100" not in str(cells[name].outputs)


def test_a_limit_of_the_configuration_is_kept(graded):
    """No function can be answered without a number."""
    done = autograde(graded, "--RunCells.answer_kib=0")
    assert done.returncode == 0, done.stderr
    results = Course(graded).results(ASSIGNMENT, "ada-all-right")
    assert {result.status for result in results.values()} == {"too much output"}
    assert scores(graded)["ada-all-right"] == 0


@pytest.fixture(scope="module")
def killed(graded):
    """A batch that was killed and started again: who had begun, what was kept, all scores."""
    for k in range(6):
        write_submissions(Course(graded), ASSIGNMENT, [COHORT["all-right"]], f"kill-{k}-")
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--student=kill-*"]
    begun = []
    with subprocess.Popen(
        command, cwd=graded, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as batch:
        for line in batch.stderr:
            if found := SUBMISSION.search(line):
                begun.append(found.group(1))
            if len(begun) == 3:
                batch.send_signal(signal.SIGKILL)
                break
        batch.stderr.read()
    assert batch.returncode == -signal.SIGKILL
    kept = {student: path(graded, student).read_bytes() for student in begun[:2]}
    done = nbgrader(graded, "autograde", ASSIGNMENT, "--student=kill-*")
    assert done.returncode == 0, done.stderr
    return begun, kept, scores(graded)


def test_a_killed_batch_can_be_started_again(graded, killed):
    """What was graded stays as it was, the rest is graded."""
    begun, kept, after = killed
    for student, text in kept.items():
        assert path(graded, student).read_bytes() == text
    for student in {f"kill-{k}-all-right" for k in range(6)} - {begun[2]}:
        assert after[student] == 100


def test_the_submission_at_which_a_batch_was_killed_is_graded_again(killed):
    """Without --force, and without a 0 that nobody notices."""
    begun, _, after = killed
    assert after[begun[2]] == 100


def test_no_mark_is_left_in_the_folders(killed, graded):
    """It names the process that grades, and only as long as it does."""
    assert list((graded / "autograded").rglob(MARK)) == []
    assert (graded / "autograded" / killed[0][2] / ASSIGNMENT / "rnn_utils.py").is_file()


def test_the_folder_that_another_grader_is_at_work_in_is_left_alone(graded):
    """Its process is alive; the folder of a process that is not goes."""
    course = CourseDirectory(assignment_id=ASSIGNMENT, root=str(graded))
    folders = [graded / "autograded" / name / ASSIGNMENT for name in ("mark-alive", "mark-dead")]
    for folder, pid in zip(folders, (os.getpid(), 2**22 + 1), strict=True):
        folder.mkdir(parents=True)
        (folder / MARK).write_text(str(pid))
    clear_half_graded(course)
    assert [folder.exists() for folder in folders] == [True, False]
    shutil.rmtree(folders[0].parent)
    shutil.rmtree(folders[1].parent)


def test_a_later_submission_is_graded_again_without_force(graded):
    """As nbgrader does it, by the two timestamps."""
    course, student = Course(graded), "late-all-right"
    folder = graded / "submitted" / student / ASSIGNMENT
    for day, member in (("01", "untouched"), ("02", "all-right")):
        write_submissions(course, ASSIGNMENT, [COHORT[member]], "late-")
        if member != "all-right":
            shutil.move(graded / "submitted" / f"late-{member}", folder.parent)
        (folder / "timestamp.txt").write_text(f"2026-01-{day} 12:00:00 UTC")
        done = nbgrader(graded, "autograde", ASSIGNMENT, f"--student={student}")
        assert done.returncode == 0, done.stderr
    assert scores(graded)[student] == 100
