"""A copy of the course in a temporary folder, released once for all tests that need it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rnn_course.grading.cohort import cohort
from rnn_course.grading.course import Course
from rnn_course.sandbox.sandbox import Sandbox
from rnn_course.subject.exercises import of

# A shell that starts the tests in the background ignores Ctrl-C for all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "rnn-step-by-step"
STUDENT_FILES = tuple(sorted(path.name for path in ROOT.glob("rnn_*.py")))
SOURCE = ROOT / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
COHORT, EXERCISES = cohort(ASSIGNMENT), of(ASSIGNMENT)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NO_CHROMIUM = "There is no Chromium for the tests in a browser: apt-get install chromium"


def pytest_terminal_summary(terminalreporter):
    """One line says that tests/browser was left out; in CI it is not, and fails."""
    if not (CHROMIUM or os.environ.get("CI")):
        terminalreporter.write_line(f"SKIPPED tests/browser: {NO_CHROMIUM}")


def copy_course(target: Path) -> Path:
    """The course as an instructor has it, without anything that was graded in it."""
    shutil.copytree(ROOT / "source", target / "source", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "nbgrader_config.py", target)
    for name in ("rnn_course", *STUDENT_FILES):
        (target / name).symlink_to(ROOT / name)
    return target


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run an nbgrader command as an instructor does."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Path:
    """A released course; tests that grade in it use students of their own."""
    path = copy_course(tmp_path_factory.mktemp("course"))
    Course(path).release(ASSIGNMENT)
    shutil.copy(path / "gradebook.db", path / "gradebook.released")
    return path


def copy_released(course: Path, target: Path) -> Path:
    """A released course of one's own: no submissions, no grades."""
    skip = shutil.ignore_patterns(
        "submitted*", "autograded*", "feedback*", "downloaded", "gradebook*"
    )
    shutil.copytree(course, target, symlinks=True, ignore=skip)
    shutil.copy(course / "gradebook.released", target / "gradebook.db")
    return target


@pytest.fixture
def fresh(course, tmp_path) -> Path:
    """A released course for this test alone."""
    return copy_released(course, tmp_path / "course")


@pytest.fixture(scope="session")
def sandbox():
    """One warm process for all tests that do not break it."""
    with_locks = Sandbox()
    yield with_locks
    with_locks.close()


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A sandbox for this test alone, with a temporary folder of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()
    assert os.listdir(tmp_path) == []
