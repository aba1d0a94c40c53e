"""grading/batch/version: one course, one version."""

import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, STUDENT_FILES

from rnn_course.grading.batch.version import course_version

ASK = "from rnn_course.grading.batch.version import course_version; print(course_version())"


def version_in(folder):
    """What a process says that has the course in this folder."""
    command = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(folder)!r}); {ASK}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return done.stdout.strip()


@pytest.fixture
def copy(tmp_path):
    """The course's programs in another folder."""
    shutil.copytree(ROOT / "rnn_course", tmp_path / "rnn_course")
    for name in STUDENT_FILES:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_the_same_programs_have_the_same_version_wherever_they_lie(copy):
    """A worker on another machine has another path."""
    assert version_in(copy) == course_version()


@pytest.mark.parametrize(
    ("file", "same"),
    [
        ("rnn_course/grading/checks.py", False),
        ("rnn_course/subject/rnn_step_by_step/mistakes.toml", False),
        ("rnn_course/sandbox/child.py", False),
        ("rnn_checks.py", False),
        ("rnn_course/mentoring/post/read.py", True),
        ("rnn_course/cli.py", True),
    ],
)
def test_whatever_shapes_a_grade_changes_it_and_the_rest_does_not(copy, file, same):
    """What mentors use grades nobody."""
    with open(copy / file, "a") as changed:
        changed.write("\n# another line\n")
    assert (version_in(copy) == course_version()) == same
